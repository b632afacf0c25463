import type { status } from '@grpc/grpc-js';
import type { ErrorCode } from '../core/errors.ts';

/** The gRPC status of every code, by name: a page lists them without loading the library. */
export const grpcStatusName: Readonly<Record<ErrorCode, keyof typeof status>> = {
  validation_failed: 'INVALID_ARGUMENT',
  unauthenticated: 'UNAUTHENTICATED',
  permission_denied: 'PERMISSION_DENIED',
  not_found: 'NOT_FOUND',
  invalid_state: 'FAILED_PRECONDITION',
  version_mismatch: 'ABORTED',
  precondition_required: 'INVALID_ARGUMENT',
  idempotency_key_missing: 'INVALID_ARGUMENT',
  idempotency_key_reused: 'FAILED_PRECONDITION',
  idempotency_in_flight: 'ABORTED',
  card_declined: 'FAILED_PRECONDITION',
  insufficient_funds: 'FAILED_PRECONDITION',
  card_expired: 'FAILED_PRECONDITION',
  refund_exceeds_payment: 'FAILED_PRECONDITION',
  rate_limited: 'RESOURCE_EXHAUSTED',
  query_too_costly: 'INVALID_ARGUMENT',
  failed_dependency: 'ABORTED',
  position_out_of_range: 'OUT_OF_RANGE',
  payload_too_large: 'RESOURCE_EXHAUSTED',
  unsupported_media_type: 'INVALID_ARGUMENT',
  not_acceptable: 'INVALID_ARGUMENT',
  method_not_allowed: 'UNIMPLEMENTED',
  overloaded: 'UNAVAILABLE',
  processor_unavailable: 'UNAVAILABLE',
  timeout: 'DEADLINE_EXCEEDED',
  internal: 'INTERNAL',
};
