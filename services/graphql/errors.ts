import { GraphQLError } from 'graphql';
import {
  type ErrorCode,
  invalid,
  isErrorCode,
  isRetryable,
  PaymentsError,
  toPaymentsError,
  type Violation,
} from '../core/errors.ts';
import { httpStatus } from '../wire/problem.ts';

/** Where a code is told: by this type of a mutation's result, or in `errors`. */
const answeredBy: Readonly<Record<ErrorCode, FailureType | 'errors'>> = {
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

type FailureType =
  | 'ValidationFailed'
  | 'NotFound'
  | 'InvalidState'
  | 'IdempotencyFailed'
  | 'CardDeclined'
  | 'RefundExceedsPayment';

/** A thrown error as a member of a mutation's result. @throws what is told in `errors` */
export function toFailure(thrown: unknown) {
  if (!(thrown instanceof PaymentsError)) throw thrown;
  const type = answeredBy[thrown.code];
  if (type === 'errors') throw thrown;
  const { violations, retryAfterMs, metadata } = thrown.details;
  return {
    __typename: type,
    code: thrown.code,
    message: thrown.message,
    retryable: isRetryable(thrown.code),
    // Not `metadata`: a payment has a field of that name and another type in the same union.
    details: metadata,
    retryAfterMs,
    violations: violations && encodeViolations(violations),
  };
}

/** The arguments of connections under their names here (`limit` is `first`). */
const argumentNames: ReadonlyMap<unknown, string> = new Map([
  ['limit', 'first'],
  ['cursor', 'after'],
]);

const encodeViolations = (violations: readonly Violation[]) =>
  violations.map(({ path, code, message }) => ({
    path: path.map((step, depth) => (depth === 0 && argumentNames.get(step)) || String(step)),
    code,
    message,
  }));

type Place = Pick<GraphQLError, 'nodes' | 'source' | 'positions' | 'path'>;

/** An error as `errors` tells it, at its place in the document and the answer. */
export function toWireError(error: PaymentsError, requestId: string, place?: Place): GraphQLError {
  const { code, details } = error;
  const violations = details.violations && encodeViolations(details.violations);
  const extensions = { code, requestId, retryable: isRetryable(code), ...details };
  return violations
    ? new GraphQLError(invalid(...violations).message, {
        ...place,
        extensions: { ...extensions, violations },
      })
    : new GraphQLError(error.message, { ...place, extensions });
}

/**
 * An error of parsing, validation, coercion or a resolver as the client is told it. What the
 * document or its variables did wrong is `validation_failed`; what is not a PaymentsError is
 * `internal`, masked, and handed to `report`.
 */
export function toResponseError(
  error: GraphQLError,
  requestId: string,
  report: (cause: unknown, requestId: string) => void,
): GraphQLError {
  const { nodes, source, positions, path } = error;
  const place = { nodes, source, positions, path };
  const cause = error.originalError;
  if (cause === undefined || cause instanceof GraphQLError) {
    return toWireError(
      faultOf(error.message) ?? new PaymentsError('validation_failed', error.message),
      requestId,
      place,
    );
  }
  const known = toPaymentsError(cause);
  if (known !== cause) report(cause, requestId);
  return toWireError(known, requestId, place);
}

const absentVariable = /^Variable "\$(\w+)" of (?:required|non-null) type /;
const invalidVariable =
  /^Variable "\$(\w+)" got invalid value .*?(?: at "\w+((?:\.\w+|\[\d+\])+)")?; (Expected .*|\w+ cannot .*|Value .*)$/s;
const objectFault = /(required|unknown) field "(\w+)"/;

/**
 * A variable's fault as a violation, read from the executor's message: its error carries no path
 * in the value. The variable `input` stands for the operation's input itself.
 */
function faultOf(text: string): PaymentsError | undefined {
  const absent = absentVariable.exec(text)?.[1];
  if (absent !== undefined) {
    return invalid({ path: [absent], code: 'required', message: 'expected a value, got nothing' });
  }
  const match = invalidVariable.exec(text);
  if (!match) return undefined;
  const [, variable = '', at = '', message = ''] = match;
  const [, kind, field] = objectFault.exec(message) ?? [];
  const steps = at.match(/\w+/g) ?? [];
  const path = [...(variable === 'input' ? [] : [variable]), ...steps, ...(field ? [field] : [])];
  switch (kind) {
    case 'unknown':
      return invalid({ path, code: 'unknown_field', message: 'expected no such field' });
    case 'required':
      return invalid({ path, code: 'required', message: 'expected a value, got nothing' });
    default:
      return invalid({ path, code: 'invalid_type', message });
  }
}

/** How an answer that never ran is told by HTTP; the errors alone say it on other transports. */
export interface Refusal {
  readonly errors: readonly GraphQLError[];
  readonly status: number;
  /**
   * True where the request was well-formed GraphQL over HTTP: a client that accepts only
   * `application/json` is then answered 200 (GraphQL over HTTP §6.4.1).
   */
  readonly wellFormed: boolean;
}

/** Refused although well-formed: by HTTP these are 400, since nothing ran. */
const documentFaults: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'validation_failed',
  'query_too_costly',
  'not_found',
]);

/** Errors in the place of an answer; the first one's code decides. */
export function refusalWith(errors: readonly GraphQLError[]): Refusal {
  const code = errors[0]?.extensions.code;
  if (!isErrorCode(code)) return { errors, status: httpStatus.internal, wellFormed: false };
  const wellFormed = documentFaults.has(code);
  return { errors, status: wellFormed ? 400 : httpStatus[code], wellFormed };
}

/** An error before the execution of a document. */
export function refusalOf(thrown: unknown, requestId: string): Refusal {
  return refusalWith([toWireError(toPaymentsError(thrown), requestId)]);
}

/** Headers that a refusal comes with (RFC 9110 §11.6.1, §10.2.3, §15.5.6). */
export function refusalHeaders({ errors, status }: Refusal): Record<string, string> {
  const retryAfterMs = errors[0]?.extensions.retryAfterMs;
  return {
    ...(status === 401 && { 'www-authenticate': 'Bearer realm="fivewire"' }),
    ...(status === 405 && { allow: 'GET, POST' }),
    ...(typeof retryAfterMs === 'number' && {
      'retry-after': String(Math.ceil(retryAfterMs / 1000)),
    }),
  };
}
