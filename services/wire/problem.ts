import {
  describe,
  type ErrorCode,
  invalid,
  isErrorCode,
  isRetryable,
  PaymentsError,
  titleOf,
  type Violation,
} from '../core/errors.ts';
import { renameFields, toCamel, toSnake } from './names.ts';

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
  /** A page of this server. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** The request path, if the wire has one. */
  readonly instance?: string;
  readonly code: ErrorCode;
  readonly request_id: string;
  readonly retryable: boolean;
  /** Milliseconds until a retry may succeed. */
  readonly retry_after_ms?: number;
  readonly metadata?: Readonly<Record<string, string>>;
  /** The violations of the input; `pointer` is a JSON Pointer as a URI fragment (RFC 6901 §6). */
  readonly errors?: readonly {
    readonly pointer: string;
    readonly code: string;
    readonly detail: string;
  }[];
}

/** Names in JSON: the first step is a field of an input, the rest are as the caller sent them. */
function stepsOf({ path }: Pick<Violation, 'path'>, { members = {} }: ProblemOf): string[] {
  const [first, ...rest] = path.map(String);
  if (first === undefined) return [];
  const name = Object.hasOwn(members, first) ? members[first] : undefined;
  return [name ?? toSnake(first), ...rest];
}

/** `encodeURI` keeps `#`, which a fragment must not contain (RFC 3986 §3.5). */
const encodeStep = (step: string): string =>
  encodeURI(step.toWellFormed().replaceAll('~', '~0').replaceAll('/', '~1')).replaceAll('#', '%23');

const pointerOf = (violation: Violation, request: ProblemOf): string =>
  ['#', ...stepsOf(violation, request).map(encodeStep)].join('/');

function decodeStep(step: string): string {
  try {
    return decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~');
  } catch {
    return step;
  }
}

function pathOf(pointer: string, members: Members): string[] {
  const [first, ...rest] = pointer.split('/').slice(1).map(decodeStep);
  if (first === undefined) return [];
  const known = Object.entries(members).find(([, spelling]) => spelling === first);
  return [known?.[0] ?? toCamel(first), ...rest];
}

/**
 * Formats a path as a URI reference (RFC 9457 §3.1.5, RFC 3986 §2): escaped parts stay as sent, and
 * characters that a URI cannot contain are escaped. Units up to 0xff are bytes of a request line.
 */
const uriReference = (path: string): string =>
  path.replace(/%(?![\dA-Fa-f]{2})|[^\w\-.~:/?[\]@!$&'()*+,;=%]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code > 0xff
      ? encodeURIComponent(character.toWellFormed())
      : `%${code.toString(16).toUpperCase().padStart(2, '0')}`;
  });

/** Members of a wire's JSON that are not in snake case, by core's names. */
type Members = Readonly<Record<string, string>>;

/** The request that a problem is the response to. */
export interface ProblemOf {
  readonly requestId: string;
  /** The path, as it was sent. */
  readonly instance?: string | undefined;
  /**
   * The wire's names of inputs that are not fields of its JSON, such as headers, by core's names.
   */
  readonly names?: Readonly<Record<string, string>>;
  readonly members?: Members;
}

const fieldOf = (path: Violation['path'], request: ProblemOf): string => {
  const { names = {} } = request;
  const [first] = path;
  return typeof first === 'string' && Object.hasOwn(names, first)
    ? String(names[first])
    : stepsOf({ path }, request)
        .map((step) => step || '""')
        .join('.');
};

/** An error as the problem object of REST, SSE and WebSocket. Any text can be in the error. */
export function encodeProblem(error: PaymentsError, request: ProblemOf): Problem {
  const { retryAfterMs, metadata } = error.details;
  const { instance } = request;
  const { message, violations } = describe(error, { field: (path) => fieldOf(path, request) });
  return {
    type: `/docs/errors/${error.code}`,
    title: titleOf(error.code),
    status: httpStatus[error.code],
    detail: message,
    ...(instance !== undefined && { instance: uriReference(instance) }),
    code: error.code,
    request_id: request.requestId,
    retryable: isRetryable(error.code),
    ...(retryAfterMs !== undefined && { retry_after_ms: retryAfterMs }),
    ...(metadata && { metadata: renameFields(metadata, toSnake) }),
    ...(violations && {
      errors: violations.map((violation) => ({
        pointer: pointerOf(violation, request),
        code: violation.code,
        detail: violation.message,
      })),
    }),
  };
}

/**
 * Reads the error of a problem object, in core's words; `internal` if it is not a problem object.
 * An unknown code comes from a newer server, and is passed on.
 */
export function decodeProblem(
  problem: Partial<Problem> | null | undefined,
  members: Members = {},
): PaymentsError {
  if (typeof problem?.code !== 'string') {
    return new PaymentsError('internal', 'Expected a problem object with a code.');
  }
  const { code, detail = '', errors, metadata, retry_after_ms: retryAfterMs } = problem;
  const violations = errors?.map(({ pointer, code, detail }) => ({
    path: pathOf(pointer, members),
    code,
    message: detail,
  }));
  const isOurs = isErrorCode(code) && violations !== undefined && violations.length > 0;
  const message = isOurs ? invalid(...violations).message : detail;
  return new PaymentsError(code, message, {
    ...(violations && { violations }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(metadata && { metadata: renameFields(metadata, toCamel) }),
  });
}
