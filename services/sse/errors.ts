import type { ServerResponse } from 'node:http';
import { PaymentsError, toPaymentsError } from '../core/errors.ts';
import type { Caller } from '../core/invoke.ts';
import { encodeProblem, type Problem } from '../wire/problem.ts';
import { encodeMessage } from './event-stream.ts';

function send(
  response: ServerResponse,
  problem: Problem,
  headers: Readonly<Record<string, string | number>>,
): void {
  const body = JSON.stringify(problem);
  response.writeHead(problem.status, {
    'content-type': 'application/problem+json',
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    ...headers,
  });
  response.end(body);
}

/** Answers with an error instead of a stream, as REST does (RFC 9457). */
export function answerProblem(
  response: ServerResponse,
  thrown: unknown,
  caller: Caller,
  path: string,
): void {
  const error = toPaymentsError(thrown);
  const { retryAfterMs } = error.details;
  // RFC 6750 §3.1: no error code where no credential was given.
  const refused = caller.credential === undefined ? '' : ', error="invalid_token"';
  send(response, encodeProblem(error, { requestId: caller.requestId, instance: path }), {
    ...(error.code === 'unauthenticated' && {
      'www-authenticate': `Bearer realm="payments"${refused}`,
    }),
    // Whole seconds (RFC 9110 §10.2.3), rounded up, so that who waits is not too early.
    ...(retryAfterMs !== undefined && { 'retry-after': Math.ceil(retryAfterMs / 1000) }),
  });
}

/** RFC 9110 §15.5.6. A stream has no length and no end: `HEAD` of it would tell nothing either. */
export function answerMethodNotAllowed(
  response: ServerResponse,
  method: string | undefined,
  caller: Caller,
  path: string,
): void {
  // The core knows no methods, so the nearest code of its own: there is no such thing here.
  const error = new PaymentsError('not_found', `Expected GET here, got ${method}.`);
  const problem = encodeProblem(error, { requestId: caller.requestId, instance: path });
  send(response, { ...problem, title: 'The method is not allowed', status: 405 }, { allow: 'GET' });
}

/**
 * The last message of a stream that began well: its status is sent already. An EventSource hands
 * it to `onerror`, connects again, and is told the same by a status then.
 */
export const errorMessage = (thrown: unknown, { requestId }: Caller): string =>
  encodeMessage({
    event: 'error',
    data: JSON.stringify(encodeProblem(toPaymentsError(thrown), { requestId })),
  });
