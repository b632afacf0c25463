import { PaymentsError } from '../core/errors.ts';
import { encodeProblem, httpStatus } from '../wire/problem.ts';
import { cacheControl } from './answer.ts';
import type { RestCaller } from './caller.ts';
import { headersFor, type OutgoingHeaders } from './headers.ts';

const problemType = 'application/problem+json';

/** Inputs that are headers. */
const names = { idempotencyKey: 'Idempotency-Key', paymentsVersion: 'Payments-Version' };

/** The headers that some codes bring along. */
function addErrorHeaders(headers: OutgoingHeaders, error: PaymentsError, caller: RestCaller): void {
  const { retryAfterMs } = error.details;
  // Whole seconds (RFC 9110 §10.2.3), rounded up, so that who waits is not too early.
  if (retryAfterMs !== undefined) headers['retry-after'] = String(Math.ceil(retryAfterMs / 1000));
  if (error.code === 'unauthenticated') {
    // RFC 6750 §3.1: no error code where no credential was given.
    const refused = caller.credential === undefined ? '' : ', error="invalid_token"';
    headers['www-authenticate'] = `Bearer realm="payments"${refused}`;
  }
  const { accept, acceptEncoding, scope, allow } = error.details.metadata ?? {};
  if (error.code === 'permission_denied' && scope) {
    headers['www-authenticate'] =
      `Bearer realm="payments", error="insufficient_scope", scope="${scope}"`;
  }
  if (error.code === 'unsupported_media_type') {
    // RFC 9110 §15.5.16, and the Accept-Post header of the W3C's Linked Data Platform.
    if (acceptEncoding) headers['accept-encoding'] = acceptEncoding;
    if (accept) headers['accept-post'] = accept;
  }
  if (error.code === 'method_not_allowed' && allow) headers.allow = allow;
}

/**
 * An error as problem details (RFC 9457).
 *
 * @param path as it was sent; undefined where the request has none
 */
export function answerProblem(error: PaymentsError, caller: RestCaller, path?: string): Response {
  const headers = headersFor(caller, problemType);
  headers['cache-control'] = cacheControl.never;
  addErrorHeaders(headers, error, caller);
  const { requestId } = caller;
  const problem = encodeProblem(error, { requestId, instance: path, names });
  return new Response(JSON.stringify(problem), { status: httpStatus[error.code], headers });
}

/** For a path that exists, with a method that it does not have (RFC 9110 §15.5.6). */
export const methodNotAllowed = (method: string, allow: string): PaymentsError =>
  new PaymentsError(
    'method_not_allowed',
    `Expected one of ${allow} here, got ${method.slice(0, 40)}.`,
    { metadata: { method: method.slice(0, 40), allow } },
  );
