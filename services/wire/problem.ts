import {
  type ErrorCode,
  type ErrorDetails,
  isErrorCode,
  isRetryable,
  PaymentsError,
  titleOf,
  type Violation,
} from '../core/errors.ts';
import { toCamel, toSnake } from './names.ts';

/** The HTTP status of every code (RFC 9110, RFC 6585). */
export const httpStatus: Readonly<Record<ErrorCode, number>> = {
  validation_failed: 400,
  unauthenticated: 401,
  permission_denied: 403,
  not_found: 404,
  invalid_state: 409,
  version_mismatch: 412,
  precondition_required: 428,
  idempotency_key_missing: 400,
  idempotency_key_reused: 422,
  idempotency_in_flight: 409,
  card_declined: 422,
  insufficient_funds: 422,
  card_expired: 422,
  refund_exceeds_payment: 422,
  rate_limited: 429,
  query_too_costly: 422,
  failed_dependency: 424,
  position_out_of_range: 409,
  payload_too_large: 413,
  unsupported_media_type: 415,
  not_acceptable: 406,
  method_not_allowed: 405,
  overloaded: 503,
  processor_unavailable: 503,
  timeout: 504,
  internal: 500,
};

/** Problem details (RFC 9457) with this system's extension members. */
export interface Problem {
  /** A page that this server serves. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** The request path, where the wire has one. */
  readonly instance?: string;
  readonly code: ErrorCode;
  readonly request_id: string;
  readonly retryable: boolean;
  /** Milliseconds until a retry may succeed. */
  readonly retry_after_ms?: number;
  readonly metadata?: Readonly<Record<string, string>>;
  /** Every fault of the input; `pointer` is a JSON Pointer as a URI fragment (RFC 6901 §6). */
  readonly errors?: readonly {
    readonly pointer: string;
    readonly code: string;
    readonly detail: string;
  }[];
}

const pointerOf = ({ path }: Violation): string =>
  [
    '#',
    ...path.map((step, depth) =>
      (depth === 0 ? toSnake(String(step)) : String(step)).toWellFormed(),
    ),
  ]
    .map((step) => encodeURI(step.replaceAll('~', '~0').replaceAll('/', '~1')))
    .join('/');

const pathOf = (pointer: string): string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((step) => decodeURI(step).replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((step, depth) => (depth === 0 ? toCamel(step) : step));

/** An error as the problem object of REST, SSE and WebSocket. */
export function encodeProblem(
  error: PaymentsError,
  request: { readonly requestId: string; readonly instance?: string | undefined },
): Problem {
  const { violations, retryAfterMs, metadata } = error.details;
  return {
    type: `/docs/errors/${error.code}`,
    title: titleOf(error.code),
    status: httpStatus[error.code],
    detail: error.message,
    ...(request.instance !== undefined && { instance: request.instance }),
    code: error.code,
    request_id: request.requestId,
    retryable: isRetryable(error.code),
    ...(retryAfterMs !== undefined && { retry_after_ms: retryAfterMs }),
    ...(metadata && { metadata }),
    ...(violations && {
      errors: violations.map((fault) => ({
        pointer: pointerOf(fault),
        code: fault.code,
        detail: fault.message,
      })),
    }),
  };
}

/** The error that a problem object tells of; `internal` where the object is not one of ours. */
export function decodeProblem(problem: Partial<Problem> | null | undefined): PaymentsError {
  if (!problem || !isErrorCode(problem.code)) {
    return new PaymentsError('internal', 'Expected a problem object with a known code.');
  }
  const details: ErrorDetails = {
    ...(problem.errors && {
      violations: problem.errors.map(({ pointer, code, detail }) => ({
        path: pathOf(pointer),
        code,
        message: detail,
      })),
    }),
    ...(problem.retry_after_ms !== undefined && { retryAfterMs: problem.retry_after_ms }),
    ...(problem.metadata && { metadata: problem.metadata }),
  };
  return new PaymentsError(problem.code, problem.detail ?? '', details);
}
