import type { PaymentsError } from '../core/errors.ts';
import { problemResponse, problemType } from '../wire/http/problem-response.ts';
import type { RestCaller } from './caller.ts';
import { headersFor } from './headers.ts';

/** Inputs that are headers. */
const names = { idempotencyKey: 'Idempotency-Key', paymentsVersion: 'Payments-Version' };

/**
 * An error as problem details (RFC 9457).
 *
 * @param path as it was sent; undefined if the request has none
 */
export function answerProblem(
  error: PaymentsError,
  caller: Pick<RestCaller, 'requestId' | 'credential' | 'receipt'>,
  path?: string,
): Response {
  const { requestId, credential } = caller;
  const request = { requestId, credential, instance: path, names };
  const headers = headersFor(caller, problemType);
  const problem = problemResponse(error, request, { headers });
  return new Response(problem.body, { status: problem.status, headers: problem.headers });
}
