import type { IncomingMessage, ServerResponse } from 'node:http';
import { isRetryable, type PaymentsError } from '../core/errors.ts';
import type { Caller, Receipt } from '../core/invoke.ts';
import { addReceipt } from '../wire/call-headers.ts';
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
import { pathOf } from '../wire/http/target.ts';
import { encodeProblem } from '../wire/problem.ts';
import { lastEventId } from './events.ts';

/** The request that caused the error. */
export interface RefusedRequest {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly caller: Caller & { readonly receipt: Receipt };
  readonly timings: Timings;
}

/** Inputs that are headers are named as such. */
const requestOf = ({ request, caller }: RefusedRequest): ProblemRequest => ({
  requestId: caller.requestId,
  credential: caller.credential,
  instance: pathOf(request.url ?? '/'),
  names: lastEventId(request.headers) === undefined ? {} : { after: 'Last-Event-ID' },
});

/**
 * Sends an error instead of a stream, as REST does (RFC 9457). An EventSource never reconnects
 * after any status but 200 (WHATWG HTML §9.2.3). So one that resumes, and may succeed later, gets a
 * stream that ends at once and requests a longer pause before the next try.
 */
export function answerError(error: PaymentsError, refused: RefusedRequest): void {
  const { request, response, caller, timings } = refused;
  const headers: Record<string, string> = {};
  addReceipt(headers, caller.receipt);
  if (lastEventId(request.headers) !== undefined && isRetryable(error.code)) {
    const { retryAfterMs = 0 } = error.details;
    response.writeHead(200, { ...eventStreamHeaders, ...headers });
    response.write(retryField(Math.max(timings.busyRetryMs, retryAfterMs)));
    response.end(errorMessage(error, refused));
    return;
  }
  const problem = problemResponse(error, requestOf(refused), { headers });
  sendProblem(response, problem);
}

/**
 * The last message of a stream whose status 200 is already sent. An EventSource passes it to
 * `onerror`, reconnects, and then gets the same error by a status.
 */
export const errorMessage = (error: PaymentsError, refused: RefusedRequest): string =>
  encodeMessage({
    event: 'error',
    data: JSON.stringify(encodeProblem(error, requestOf(refused))),
  });
