import { invalid, isErrorCode, notFound, PaymentsError, type Violation } from '../core/errors.ts';
import { closeCode } from '../wire/close-codes.ts';

/** The results of the room's documents, and the errors that the client throws for them. */

export type Json = Readonly<Record<string, unknown>>;

export interface WireError {
  readonly message: string;
  readonly extensions?: Json;
}

interface WireResult {
  readonly data?: { readonly result: unknown } | null;
  readonly errors?: readonly WireError[];
}

export function lost(target: string, cause: unknown): Error {
  const message = cause instanceof Error ? cause.message : String(cause);
  return new Error(`Expected an answer from ${target}, lost the connection: ${message}`, { cause });
}

/** Returns the `result` of a response. @throws PaymentsError if it has errors, or is a failure */
export function resultOf(
  { status, body }: { readonly status: number; readonly body: string },
  inputNames?: InputNames,
): unknown {
  let answer: WireResult;
  try {
    answer = JSON.parse(body) as WireResult;
  } catch {
    throw new Error(`Expected JSON, got status ${status} and '${body.slice(0, 80)}'.`);
  }
  const { data, errors } = answer;
  if (errors) throw decodeErrors(errors, inputNames);
  const result = data?.result;
  if (isFailure(result)) throw decodeFailure(result, inputNames);
  return result;
}

/** A null result means `not_found`, reported in core's words. */
export function found(result: unknown, what: string, id: unknown): unknown {
  if (result === null || result === undefined) throw notFound(what, String(id));
  return result;
}

type FailureJson = Json & { readonly code: string; readonly message: string };

const isFailure = (result: unknown): result is FailureJson =>
  typeof result === 'object' && result !== null && '__typename' in result && 'code' in result;

interface ViolationJson {
  readonly path: readonly string[];
  readonly code: string;
  readonly message: string;
}

/** Core's names of arguments that have another name here. */
export type InputNames = Readonly<Record<string, string>>;

function decodeViolations(violations: readonly ViolationJson[], names: InputNames): Violation[] {
  return violations.map(({ path, code, message }) => ({
    path: path.map((step, depth) => (depth === 0 && names[step]) || step),
    code,
    message,
  }));
}

function decodeFailure(
  failure: Json & { readonly message: string },
  inputNames: InputNames = {},
): PaymentsError {
  const { code, message, violations, retryAfterMs } = failure;
  // In `errors` under core's name; in a union under a name that does not clash with a payment's.
  const metadata = failure.metadata ?? failure.details;
  if (!isErrorCode(code)) return new PaymentsError('internal', message);
  if (code === 'validation_failed' && Array.isArray(violations)) {
    return invalid(...decodeViolations(violations as ViolationJson[], inputNames));
  }
  return new PaymentsError(code, message, {
    ...(typeof retryAfterMs === 'number' && { retryAfterMs }),
    // Sent by our own server; null if the union's member does not have it.
    ...(metadata ? { metadata: metadata as Record<string, string> } : undefined),
  });
}

/** The error that `errors` reports; the violations of several are one list. */
export function decodeErrors(errors: readonly WireError[], inputNames?: InputNames): PaymentsError {
  const [first] = errors;
  const violations = errors.flatMap(({ extensions }) => extensions?.violations ?? []);
  const failure = {
    ...first?.extensions,
    message: first?.message ?? 'Expected a message in errors, got none.',
    ...(violations.length > 0 && { violations }),
  };
  return decodeFailure(failure, inputNames);
}

/** What graphql-ws throws: the errors of an operation, a close event or the socket's error. */
export function toError(target: string, thrown: unknown): Error {
  if (Array.isArray(thrown)) return decodeErrors(thrown as WireError[]);
  const { code, reason, message } = (thrown ?? {}) as Json;
  if (code === closeCode.unauthenticated)
    return new PaymentsError('unauthenticated', String(reason));
  if (typeof code === 'number') {
    return new Error(`Expected the stream of ${target} to go on, was closed: ${code} ${reason}`);
  }
  return lost(target, new Error(String(message ?? thrown)));
}
