import { PaymentsError } from '../core/errors.ts';
import { errorHeaders, problemType } from '../wire/http/problem-response.ts';
import { encodeProblem, httpStatus } from '../wire/problem.ts';
import { cacheControl } from './answer.ts';
import type { RestCaller } from './caller.ts';
import { headersFor } from './headers.ts';

/** Inputs that are headers. */
const names = { idempotencyKey: 'Idempotency-Key', paymentsVersion: 'Payments-Version' };

/**
 * An error as problem details (RFC 9457).
 *
 * @param path as it was sent; undefined where the request has none
 */
export function answerProblem(error: PaymentsError, caller: RestCaller, path?: string): Response {
  const headers = headersFor(caller, problemType);
  headers['cache-control'] = cacheControl.never;
  Object.assign(headers, errorHeaders(error, caller.credential));
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
