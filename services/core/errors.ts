/**
 * Every way a call can fail, as the core names it. No wire's number is here: each room maps
 * these codes once, in its own `errors.ts`, by a `Record<ErrorCode, …>`.
 */
const traits = {
  validation_failed: { title: 'The input is not valid', retryable: false },
  unauthenticated: { title: 'A valid API key is required', retryable: false },
  permission_denied: { title: 'The API key lacks the scope', retryable: false },
  not_found: { title: 'No such resource', retryable: false },
  invalid_state: { title: 'The state does not allow this', retryable: false },
  version_mismatch: { title: 'The resource has changed', retryable: false },
  precondition_required: { title: 'A precondition is required', retryable: false },
  idempotency_key_missing: { title: 'An idempotency key is required', retryable: false },
  idempotency_key_reused: {
    title: 'The idempotency key was used with other input',
    retryable: false,
  },
  idempotency_in_flight: {
    title: 'The first call with this idempotency key has not ended',
    retryable: true,
  },
  card_declined: { title: 'The card was declined', retryable: false },
  insufficient_funds: { title: 'The card has insufficient funds', retryable: false },
  card_expired: { title: 'The card has expired', retryable: false },
  refund_exceeds_payment: { title: 'The refund exceeds what is left', retryable: false },
  rate_limited: { title: 'Too many requests', retryable: true },
  query_too_costly: { title: 'The query costs too much', retryable: false },
  payload_too_large: { title: 'The message is too large', retryable: false },
  unsupported_media_type: { title: 'The media type is not supported', retryable: false },
  not_acceptable: { title: 'No acceptable representation', retryable: false },
  processor_unavailable: { title: 'The card network is unavailable', retryable: true },
  timeout: { title: 'The time allowed ran out', retryable: true },
  internal: { title: 'Internal error', retryable: true },
} as const satisfies Record<string, { readonly title: string; readonly retryable: boolean }>;

export type ErrorCode = keyof typeof traits;

export const errorCodes = Object.keys(traits) as readonly ErrorCode[];

export const isErrorCode = (value: unknown): value is ErrorCode =>
  typeof value === 'string' && Object.hasOwn(traits, value);

/** The short, fixed text of a code; the same for every occurrence (RFC 9457 §3.1.3 `title`). */
export const titleOf = (code: ErrorCode): string => traits[code].title;

/** Whether the same call, unchanged, may succeed later. */
export const isRetryable = (code: ErrorCode): boolean => traits[code].retryable;

/** One fault of one field. `path` uses the core's camelCase names; a room renames them. */
export interface Violation {
  readonly path: readonly (string | number)[];
  readonly code: string;
  readonly message: string;
}

/** What a caller may be told beside code and message. Never a secret, never a stack. */
export interface ErrorDetails {
  /** Every fault of the input at once; only with `validation_failed`. */
  readonly violations?: readonly Violation[];
  /** When a retry may succeed, milliseconds from now. */
  readonly retryAfterMs?: number;
  /** Dynamic values of the message, for machines (AIP-193 `metadata`). */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** The one error that core throws and every client throws again on the other side of a wire. */
export class PaymentsError extends Error {
  override readonly name = 'PaymentsError';
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message);
    this.code = code;
    this.details = details;
  }
}

/** `validation_failed` with the faults given. */
export const invalid = (...violations: readonly Violation[]): PaymentsError =>
  new PaymentsError(
    'validation_failed',
    violations.map((fault) => `${fault.path.join('.') || 'input'}: ${fault.message}`).join('; '),
    { violations },
  );

/** `not_found`; says the same of an id that does not exist and of another merchant's. */
export const notFound = (what: string, id: string): PaymentsError =>
  new PaymentsError('not_found', `No ${what} '${id.slice(0, 64)}'.`, {
    metadata: { id: id.slice(0, 64) },
  });

/**
 * Any thrown value as a PaymentsError. What is not one already becomes `internal` without its
 * message, so that nothing leaks; the cause stays on the error for the log.
 */
export function toPaymentsError(thrown: unknown): PaymentsError {
  if (thrown instanceof PaymentsError) return thrown;
  const error = new PaymentsError('internal', 'The server failed; the request id is in the log.');
  error.cause = thrown;
  return error;
}
