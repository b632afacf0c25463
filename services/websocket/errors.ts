import { type ErrorCode, type PaymentsError, toPaymentsError } from '../core/errors.ts';
import { encodeProblem } from '../wire/problem.ts';

/**
 * The close code that tells of an error which ends the connection. 1008 to 1013 are registered
 * with IANA; 4000 to 4999 are for private use (RFC 6455 §7.4.2) and follow the HTTP statuses.
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

/** The server ends; the peer may connect again at once. */
export const restarting = 1012;
/** The peer takes less than it is sent; it may connect again and resume. */
export const tooSlow = 1013;

/** The `error` frame of a command, or of the connection where `id` is undefined. */
export const errorFrame = (id: string | undefined, thrown: unknown, requestId: string): string =>
  JSON.stringify({
    id,
    type: 'error',
    error: encodeProblem(toPaymentsError(thrown), { requestId }),
  });

/** Text for a close frame: it takes 123 bytes (RFC 6455 §5.5.1), here of ASCII. */
export const closeReason = (error: PaymentsError): string =>
  error.message.replace(/[^\x20-\x7e]/g, '?').slice(0, 123);
