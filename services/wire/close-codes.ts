import type { ErrorCode } from '../core/errors.ts';

/**
 * The close code for an error that ends a WebSocket connection. 1008 to 1013 are registered with
 * IANA; 4000 to 4999 are for private use (RFC 6455 §7.4.2) and follow the HTTP statuses.
 */
export const closeCode: Readonly<Record<ErrorCode, number>> = {
  validation_failed: 4400,
  unauthenticated: 4401,
  permission_denied: 4403,
  not_found: 1008,
  invalid_state: 1008,
  version_mismatch: 1008,
  precondition_required: 1008,
  idempotency_key_missing: 1008,
  idempotency_key_reused: 1008,
  idempotency_in_flight: 1008,
  card_declined: 1008,
  insufficient_funds: 1008,
  card_expired: 1008,
  refund_exceeds_payment: 1008,
  rate_limited: 4429,
  query_too_costly: 1008,
  failed_dependency: 1008,
  position_out_of_range: 1008,
  payload_too_large: 1009,
  unsupported_media_type: 1008,
  not_acceptable: 1008,
  method_not_allowed: 1008,
  overloaded: 1013,
  processor_unavailable: 1013,
  timeout: 4408,
  internal: 1011,
};

/** The server shuts down; the peer may connect again at once. */
export const restarting = 1012;
/** The peer reads more slowly than it is sent to; it may connect again and resume. */
export const tooSlow = 1013;

/** Maximum bytes of UTF-8 in a close frame's reason (RFC 6455 §5.5). */
const maxReasonBytes = 123;
const encoder = new TextEncoder();

/** Shortens text to fit into a close frame, without cutting a character. */
export const closeReason = (text: string): string =>
  text.slice(0, encoder.encodeInto(text, new Uint8Array(maxReasonBytes)).read).toWellFormed();
