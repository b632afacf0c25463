import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Core } from '../core/invoke.ts';
import type { Front } from '../wire/front.ts';
import { callerOf } from './caller.ts';
import { answerMethodNotAllowed, answerProblem, errorMessage } from './errors.ts';
import { decodeWatch, defaultTimings, type Timings, writeEvents } from './events.ts';

export interface SseOptions extends Partial<Timings & Front> {
  /** Ends every open stream, so that a server can stop; clients connect again by themselves. */
  readonly signal?: AbortSignal;
}

const streamHeaders = {
  'content-type': 'text/event-stream',
  // `no-transform` keeps proxies from compressing, which holds back what does not fill a block.
  'cache-control': 'no-cache, no-transform',
  // nginx gathers an answer before it passes it on unless the answer itself says not to.
  'x-accel-buffering': 'no',
  // The same URL has the list as JSON.
  vary: 'Accept, Authorization',
};

/**
 * `GET /v1/events` as a stream (WHATWG HTML §9.2, `schema/asyncapi.yaml`). Errors before the stream
 * are answers as REST gives them; those after its start are its last message, `event: error`.
 * Serves HTTP/2 requests too, through the compatibility API of node:http2.
 */
export function createSseListener(core: Core, options: SseOptions = {}): RequestListener {
  const { signal: stop, ...given } = options;
  const timings: Timings = { ...defaultTimings, ...given };

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const lost = new AbortController();
    response.once('close', () => lost.abort());
    const caller = callerOf(request, stop ? AbortSignal.any([stop, lost.signal]) : lost.signal);
    response.setHeader('x-request-id', caller.requestId);
    const path = request.url?.split('?', 1)[0] ?? '/';
    if (request.method !== 'GET') {
      answerMethodNotAllowed(response, request.method, caller, path);
      return;
    }
    try {
      const events = await core.watch('watchEvents', caller, decodeWatch(request));
      if (lost.signal.aborted) return;
      response.writeHead(200, streamHeaders);
      await writeEvents(response, events, timings);
      if (!lost.signal.aborted) response.end();
    } catch (thrown) {
      if (response.headersSent) response.end(errorMessage(thrown, caller));
      else answerProblem(response, thrown, caller, path);
    }
  }

  return (request, response) => {
    // The last net: what breaks while an error is answered ends this connection alone.
    serve(request, response).catch(() => response.destroy());
  };
}
