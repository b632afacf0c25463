import { PaymentsError } from '../core/errors.ts';
import { encodeProblem, httpStatus, type Problem } from '../wire/problem.ts';
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
  // RFC 9110 §12.5.1 and the Accept-Post header of the W3C's Linked Data Platform.
  const { accept } = error.details.metadata ?? {};
  if (error.code === 'unsupported_media_type' && accept) headers['accept-post'] = accept;
}

/** An error as problem details (RFC 9457). */
export function answerProblem(error: PaymentsError, caller: RestCaller, path?: string): Response {
  const headers = headersFor(caller, problemType);
  headers['cache-control'] = cacheControl.never;
  addErrorHeaders(headers, error, caller);
  const problem = encodeProblem(error, { requestId: caller.requestId, instance: path, names });
  return new Response(JSON.stringify(problem), { status: httpStatus[error.code], headers });
}

/** A path that exists, with a method that it does not have (RFC 9110 §15.5.6). */
export function answerMethodNotAllowed(
  caller: RestCaller,
  method: string,
  path: string,
  allow: string,
): Response {
  const headers = headersFor(caller, problemType);
  headers['cache-control'] = cacheControl.never;
  headers.allow = allow;
  // The core knows no methods, so the nearest code of its own: there is no such thing here.
  const error = new PaymentsError('not_found', `Expected one of ${allow} here, got ${method}.`, {
    metadata: { method, allow },
  });
  const problem: Problem = {
    ...encodeProblem(error, { requestId: caller.requestId, instance: path, names }),
    title: 'The method is not allowed',
    status: 405,
  };
  return new Response(JSON.stringify(problem), { status: 405, headers });
}
