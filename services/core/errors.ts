/**
 * Every way a call can fail, as the core names it. This file has no number of any wire: each room
 * maps these codes once, in its own `errors.ts`, by a `Record<ErrorCode, …>`.
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
  failed_dependency: { title: 'Another item of the batch failed', retryable: false },
  position_out_of_range: { title: 'No such event position', retryable: false },
  payload_too_large: { title: 'The message is too large', retryable: false },
  unsupported_media_type: { title: 'The media type is not supported', retryable: false },
  not_acceptable: { title: 'No acceptable representation', retryable: false },
  method_not_allowed: { title: 'The method is not allowed', retryable: false },
  overloaded: { title: 'The server is overloaded', retryable: true },
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

/** What is wrong with one field. `path` uses the core's camelCase names; a room renames them. */
export interface Violation {
  readonly path: readonly (string | number)[];
  readonly code: string;
  readonly message: string;
  /** The values that were expected, in the core's words, if the field takes only some. */
  readonly options?: readonly string[];
  /** What was received, as an excerpt; present only beside `options`. */
  readonly got?: string;
}

/** What a caller gets beside code and message. Never a secret, never a stack. */
export interface ErrorDetails {
  /**
   * What is wrong with the input, all at once up to `maxViolations`; with `validation_failed` and
   * `idempotency_key_missing`.
   */
  readonly violations?: readonly Violation[];
  /** When a retry may succeed, milliseconds from now. */
  readonly retryAfterMs?: number;
  /** Dynamic values of the message, for machines (AIP-193 `metadata`). */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** Maximum length of a message and of a field name that an error repeats, in UTF-16 units. */
const maxMessageLength = 2000;
const maxNameLength = 64;
/** Maximum violations per error: enough for an honest mistake, bounded for hostile input. */
export const maxViolations = 32;
/** Number of violations that a message lists; the rest are in the details. */
const maxViolationsInMessage = 8;

/**
 * Makes text that every wire can carry: replaces half of a surrogate pair (UTF-8 has no form for
 * it), and cuts what is longer than `maxLength`, so that no error is much larger than its request.
 */
const carried = (text: string, maxLength: number): string =>
  (text.length > maxLength ? `${text.slice(0, maxLength - 1)}…` : text).toWellFormed();

const carriedViolation = (violation: Violation): Violation => ({
  ...violation,
  path: violation.path.map((step) =>
    typeof step === 'string' ? carried(step, maxNameLength) : step,
  ),
  message: carried(violation.message, maxMessageLength),
});

/**
 * The only error that core throws, and that every client throws on the other side of a wire. Its
 * texts are made valid for every wire here, so that no encoder has to.
 */
export class PaymentsError extends Error {
  override readonly name = 'PaymentsError';
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(carried(message, maxMessageLength));
    this.code = code;
    const { violations } = details;
    this.details = violations
      ? { ...details, violations: violations.map(carriedViolation) }
      : details;
  }
}

/** How a wire names fields and their values. */
export interface Naming {
  /** The field at this path; `path` is empty for the input as a whole. */
  field(path: Violation['path']): string;
  /** Renames one of the values that the field at this path takes. Defaults to the core's name. */
  option?(path: Violation['path'], value: string): string;
}

/** An error's message and violations in the words of one wire. */
export function describe(
  error: Pick<PaymentsError, 'message' | 'details'>,
  naming: Naming,
): { readonly message: string; readonly violations?: readonly Violation[] } {
  const { violations } = error.details;
  if (!violations) return { message: error.message };
  const named = violations.map((violation) => renamed(violation, naming));
  return { message: listed(named, naming), violations: named };
}

function renamed(violation: Violation, { option }: Naming): Violation {
  const { path, options, got } = violation;
  if (!options || !option) return violation;
  const words = options.map((value) => option(path, value));
  return { ...violation, options: words, message: expectedOneOf(words, got) };
}

/** What the message of a violation with `options` says. */
export const expectedOneOf = (options: readonly string[], got = 'nothing'): string =>
  `expected one of ${options.join(', ')}, got ${got}`;

function listed(violations: readonly Violation[], { field }: Naming): string {
  const shown = violations
    .slice(0, maxViolationsInMessage)
    .map(({ path, message }) => `${field(path) || 'input'}: ${message}`);
  const isAll = shown.length === violations.length;
  return [...shown, ...(isAll ? [] : [andMore(violations.length, shown.length)])].join('; ');
}

/**
 * Returns how many violations are not shown. An error with the maximum may have left out others, so
 * its message says "at least".
 */
export function andMore(violations: number, shown: number): string {
  const atLeast = violations < maxViolations ? '' : 'at least ';
  return `and ${atLeast}${violations - shown} more`;
}

const coreNaming: Naming = { field: (path) => path.join('.') };

/** `validation_failed` with these violations, of which it keeps the first `maxViolations`. */
export function invalid(...given: readonly Violation[]): PaymentsError {
  const violations = given.slice(0, maxViolations);
  return new PaymentsError('validation_failed', listed(violations, coreNaming), { violations });
}

/** `not_found`, with the same text for an id that does not exist and for another merchant's id. */
export const notFound = (what: string, id: string): PaymentsError =>
  new PaymentsError('not_found', `No ${what} '${carried(id, maxNameLength)}'.`, {
    metadata: { id: carried(id, maxNameLength) },
  });

/**
 * @throws PaymentsError if nobody waits for the response any more: the signal's own reason, such as
 *   a deadline, or `timeout`
 */
export function requireWaiting(signal: AbortSignal | undefined): void {
  if (!signal?.aborted) return;
  if (signal.reason instanceof PaymentsError) throw signal.reason;
  throw new PaymentsError('timeout', 'The caller left before the call began: nothing was done.');
}

/**
 * Converts any thrown value to a PaymentsError. Other values become `internal` without their
 * message, so that nothing leaks; the cause stays on the error for the log.
 */
export function toPaymentsError(thrown: unknown): PaymentsError {
  if (thrown instanceof PaymentsError) return thrown;
  const error = new PaymentsError('internal', 'The server failed; the request id is in the log.');
  error.cause = thrown;
  return error;
}
