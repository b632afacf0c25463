import type { IncomingMessage, ServerResponse } from 'node:http';
import { isRetryable, type PaymentsError } from '../core/errors.ts';
import type { Caller } from '../core/invoke.ts';
import { encodeMessage, retryField, type Timings } from '../wire/event-stream.ts';
import { eventStreamHeaders } from '../wire/event-stream-headers.ts';
import { encodeProblem, httpStatus } from '../wire/problem.ts';
import { lastEventId } from './events.ts';

/** What an error is answered to. */
export interface Refused {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly caller: Caller;
  readonly timings: Timings;
}

/** Inputs that are headers. */
const namesIn = ({ headers }: IncomingMessage): Readonly<Record<string, string>> =>
  lastEventId(headers) === undefined ? {} : { after: 'Last-Event-ID' };

function problemOf(error: PaymentsError, { request, caller }: Refused): string {
  const names = namesIn(request);
  const instance = request.url?.split('?', 1)[0] ?? '/';
  return JSON.stringify(encodeProblem(error, { requestId: caller.requestId, instance, names }));
}

function headersOf(
  error: PaymentsError,
  caller: Caller,
): Readonly<Record<string, string | number>> {
  const { retryAfterMs, metadata } = error.details;
  // RFC 6750 §3.1: no error code where no credential was given.
  const refused = caller.credential === undefined ? '' : ', error="invalid_token"';
  return {
    ...(error.code === 'unauthenticated' && {
      'www-authenticate': `Bearer realm="payments"${refused}`,
    }),
    // Whole seconds (RFC 9110 §10.2.3), rounded up, so that who waits is not too early.
    ...(retryAfterMs !== undefined && { 'retry-after': Math.ceil(retryAfterMs / 1000) }),
    ...(error.code === 'method_not_allowed' && metadata?.allow && { allow: metadata.allow }),
  };
}

/**
 * Answers with an error instead of a stream, as REST does (RFC 9457). To an EventSource any status
 * but 200 is the last word (WHATWG HTML §9.2.3): it never connects again. So one that resumes, and
 * may succeed later, gets a stream that ends at once and says to come back after a longer pause.
 */
export function answerError(error: PaymentsError, refused: Refused): void {
  const { request, response, caller, timings } = refused;
  const problem = problemOf(error, refused);
  if (lastEventId(request.headers) !== undefined && isRetryable(error.code)) {
    const { retryAfterMs = 0 } = error.details;
    const pause = retryField(Math.max(timings.busyRetryMs, retryAfterMs));
    response.writeHead(200, eventStreamHeaders);
    response.end(pause + encodeMessage({ event: 'error', data: problem }));
    return;
  }
  response.writeHead(httpStatus[error.code], {
    'content-type': 'application/problem+json',
    'content-length': Buffer.byteLength(problem),
    'cache-control': 'no-store',
    ...headersOf(error, caller),
  });
  response.end(problem);
}

/**
 * The last message of a stream that began well: its status is sent already. An EventSource hands
 * it to `onerror`, connects again, and is told the same by a status then.
 */
export const errorMessage = (error: PaymentsError, refused: Refused): string =>
  encodeMessage({ event: 'error', data: problemOf(error, refused) });
