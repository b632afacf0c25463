import type { ErrorCode } from '../core/errors.ts';

/** The types of a mutation's result that report an expected failure. */
export type FailureType =
  | 'ValidationFailed'
  | 'NotFound'
  | 'InvalidState'
  | 'IdempotencyFailed'
  | 'CardDeclined'
  | 'RefundExceedsPayment';

/** Where a code is reported: by this type of a mutation's result, or in `errors`. */
export const answeredBy: Readonly<Record<ErrorCode, FailureType | 'errors'>> = {
  validation_failed: 'ValidationFailed',
  unauthenticated: 'errors',
  permission_denied: 'errors',
  not_found: 'NotFound',
  invalid_state: 'InvalidState',
  version_mismatch: 'InvalidState',
  precondition_required: 'errors',
  idempotency_key_missing: 'IdempotencyFailed',
  idempotency_key_reused: 'IdempotencyFailed',
  idempotency_in_flight: 'IdempotencyFailed',
  card_declined: 'CardDeclined',
  insufficient_funds: 'CardDeclined',
  card_expired: 'CardDeclined',
  refund_exceeds_payment: 'RefundExceedsPayment',
  rate_limited: 'errors',
  query_too_costly: 'errors',
  failed_dependency: 'errors',
  position_out_of_range: 'errors',
  payload_too_large: 'errors',
  unsupported_media_type: 'errors',
  not_acceptable: 'errors',
  method_not_allowed: 'errors',
  overloaded: 'errors',
  processor_unavailable: 'errors',
  timeout: 'errors',
  internal: 'errors',
};

/**
 * Codes of well-formed documents that are refused: over HTTP these are 400, because nothing ran.
 */
export const documentCodes: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'validation_failed',
  'query_too_costly',
  'not_found',
]);
