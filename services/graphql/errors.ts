import { GraphQLError, type SourceLocation } from 'graphql';
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
import { answeredBy, documentCodes } from './failures.ts';
import type { Places } from './places.ts';
import { documentLimits } from './prepared.ts';

/**
 * Converts a thrown error to a member of a mutation's result. @throws errors that belong in
 * `errors`
 */
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

/** Where an error is, in the document and in the response. */
interface Place {
  readonly locations?: readonly SourceLocation[] | undefined;
  readonly path?: GraphQLError['path'];
}

/** Formats an error for `errors`, with its place in the document and the response. */
export function toWireError(
  error: PaymentsError,
  requestId: string,
  { path, locations }: Place = {},
): GraphQLError {
  const { code, details } = error;
  const violations = details.violations && encodeViolations(details.violations);
  const extensions = {
    code,
    requestId,
    retryable: isRetryable(code),
    ...details,
    ...(violations && { violations }),
  };
  const message = violations ? invalid(...violations).message : error.message;
  const wired = new GraphQLError(message, { path, extensions });
  // Set here, because the error would scan the document for the place of a node.
  return locations ? Object.assign(wired, { locations }) : wired;
}

/** What converting a document's errors needs. */
export interface ErrorContext {
  readonly requestId: string;
  /** Reports the cause of an error that clients see as `internal`. */
  readonly report: (cause: unknown, requestId: string) => void;
  readonly places: Places | undefined;
}

/**
 * Converts errors of parsing, validation, coercion or resolvers for the client, at most as many as
 * a response lists: each takes time, and there may be many more than fields of the document. Errors
 * of the document or its variables become `validation_failed`; anything but a PaymentsError becomes
 * `internal`, masked, and is reported.
 */
export function toResponseErrors(
  errors: readonly GraphQLError[],
  context: ErrorContext,
): readonly GraphQLError[] {
  const { errors: most } = documentLimits;
  const listed = errors.slice(0, most).map((error) => toResponseError(error, context));
  const [first] = listed;
  const left = errors.length - listed.length;
  if (left === 0 || !first) return listed;
  const more = `${left} more fields failed, and are null without an error of their own.`;
  const { code, requestId, retryable } = first.extensions;
  return [...listed, new GraphQLError(more, { extensions: { code, requestId, retryable } })];
}

function toResponseError(
  error: GraphQLError,
  { requestId, report, places }: ErrorContext,
): GraphQLError {
  const { nodes, path } = error;
  const found = nodes?.flatMap((node) => places?.(node) ?? []);
  const locations = found && found.length > 0 ? found : error.locations;
  const cause = error.originalError;
  if (cause === undefined || cause instanceof GraphQLError) {
    const invalidDocument = new PaymentsError('validation_failed', error.message);
    return toWireError(invalidDocument, requestId, { path, locations });
  }
  const known = toPaymentsError(cause);
  if (known !== cause) report(cause, requestId);
  return toWireError(known, requestId, { path, locations });
}

/** How HTTP reports a document that never ran; on other transports the errors alone report it. */
export interface Refusal {
  readonly errors: readonly GraphQLError[];
  readonly status: number;
  /**
   * True if the request was well-formed GraphQL over HTTP: a client that accepts only
   * `application/json` then gets status 200 (GraphQL over HTTP §6.4.1).
   */
  readonly wellFormed: boolean;
}

/** The violations of a document, none of whose fields ran. */
export class InvalidDocument extends Error {
  override readonly name = 'InvalidDocument';
  /**
   * Not called `errors`: Yoga takes objects with that field for an AggregateError, and splits them.
   */
  readonly violations: readonly GraphQLError[];
  /** Undefined if the errors have their own places. */
  readonly places: Places | undefined;

  constructor(violations: readonly GraphQLError[], places?: Places | undefined) {
    super(violations[0]?.message ?? 'Invalid document.');
    this.violations = violations;
    this.places = places;
  }
}

/** Stops the processing of a document whose refusal is known and counted. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.errors[0]?.message);
    this.refusal = refusal;
  }
}

/** The first error's code decides. */
export function codeOf({ errors }: Pick<Refusal, 'errors'>): ErrorCode {
  const code = errors[0]?.extensions.code;
  return isErrorCode(code) ? code : 'internal';
}

/** Errors instead of a result. */
export function refusalWith(errors: readonly GraphQLError[]): Refusal {
  const code = codeOf({ errors });
  const wellFormed = documentCodes.has(code);
  return { errors, status: wellFormed ? 400 : httpStatus[code], wellFormed };
}

/** An error before the execution of a document. */
export function refusalOf(thrown: unknown, requestId: string): Refusal {
  return refusalWith([toWireError(toPaymentsError(thrown), requestId)]);
}

/** The refusal of a hash that names no document, in the words of Apollo's protocol. */
export const askForText = (refusal: Refusal): Refusal => ({
  ...refusal,
  errors: refusal.errors.map(
    ({ extensions }) =>
      new GraphQLError('PersistedQueryNotFound', {
        extensions: { ...extensions, code: 'PERSISTED_QUERY_NOT_FOUND' },
      }),
  ),
});

/** Headers that a refusal comes with (RFC 9110 §11.6.1, §10.2.3, §15.5.6). */
export function refusalHeaders({ errors, status }: Refusal): Record<string, string> {
  const retryAfterMs = errors[0]?.extensions.retryAfterMs;
  return {
    // Over GET a refusal may have status 200, 404 or 405, which caches store by default.
    'cache-control': 'no-store',
    ...(status === 401 && { 'www-authenticate': 'Bearer realm="fivewire"' }),
    ...(status === 405 && { allow: 'GET, POST' }),
    ...(typeof retryAfterMs === 'number' && {
      'retry-after': String(Math.ceil(retryAfterMs / 1000)),
    }),
  };
}
