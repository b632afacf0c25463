import type { IncomingMessage, ServerResponse } from 'node:http';
import { isRetryable, type PaymentsError } from '../core/errors.ts';
import type { Caller } from '../core/invoke.ts';
import {
  encodeMessage,
  eventStreamHeaders,
  retryField,
  type Timings,
} from '../wire/http/event-stream.ts';
import {
  type ProblemRequest,
  problemResponse,
  sendProblem,
} from '../wire/http/problem-response.ts';
import { encodeProblem } from '../wire/problem.ts';
import { rateLimitHeaders } from '../wire/rate-limit.ts';
import { lastEventId } from './events.ts';

/** What an error is answered to. */
export interface Refused {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly caller: Caller;
  readonly timings: Timings;
}

/** Inputs that are headers are named as such. */
const requestOf = ({ request, caller }: Refused): ProblemRequest => ({
  requestId: caller.requestId,
  credential: caller.credential,
  instance: request.url?.split('?', 1)[0] ?? '/',
  names: lastEventId(request.headers) === undefined ? {} : { after: 'Last-Event-ID' },
});

/**
 * Answers with an error instead of a stream, as REST does (RFC 9457). To an EventSource any status
 * but 200 is the last word (WHATWG HTML §9.2.3): it never connects again. So one that resumes, and
 * may succeed later, gets a stream that ends at once and says to come back after a longer pause.
 */
export function answerError(error: PaymentsError, refused: Refused): void {
  const { request, response, caller, timings } = refused;
  const rate = rateLimitHeaders(caller.receipt?.rate);
  if (lastEventId(request.headers) !== undefined && isRetryable(error.code)) {
    const { retryAfterMs = 0 } = error.details;
    response.writeHead(200, { ...eventStreamHeaders, ...rate });
    response.write(retryField(Math.max(timings.busyRetryMs, retryAfterMs)));
    response.end(errorMessage(error, refused));
    return;
  }
  const problem = problemResponse(error, requestOf(refused), { headers: rate });
  sendProblem(response, problem);
}

/**
 * The last message of a stream that began well: its status is sent already. An EventSource hands
 * it to `onerror`, connects again, and is told the same by a status then.
 */
export const errorMessage = (error: PaymentsError, refused: Refused): string =>
  encodeMessage({
    event: 'error',
    data: JSON.stringify(encodeProblem(error, requestOf(refused))),
  });
