import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { toPaymentsError } from '../core/errors.ts';
import type { Core } from '../core/invoke.ts';
import { addReceipt } from '../wire/call-headers.ts';
import type { Front } from '../wire/front.ts';
import {
  defaultTimings,
  eventStreamHeaders,
  heartbeat,
  retryField,
  type Timings,
} from '../wire/http/event-stream.ts';
import { methodNotAllowed } from '../wire/http/method.ts';
import type { OpenRoom } from '../wire/room.ts';
import { prefersEventStream } from './accept.ts';
import { callerOf } from './caller.ts';
import { answerError, errorMessage } from './errors.ts';
import { decodeWatch, watched, writeEvents } from './events.ts';

export interface SseOptions extends Partial<Timings & Front> {
  /** Ends every open stream, so that a server can stop; clients reconnect by themselves. */
  readonly signal?: AbortSignal;
}

const streamHeaders = {
  ...eventStreamHeaders,
  // The same URL has the list as JSON.
  vary: 'Accept, Authorization, Last-Event-ID',
};

const allow = 'GET, HEAD, OPTIONS';

/**
 * Serves `GET /v1/events` as a stream (WHATWG HTML §9.2, `schema/asyncapi.yaml`). An error before
 * the stream is a response as in REST; a later one is the last message, `event: error`. Also serves
 * HTTP/2 requests, through the compatibility API of node:http2.
 */
export function createSseListener(core: Core, options: SseOptions = {}): RequestListener {
  const { signal: stop, addressOf, allowsOrigin: _allowsOrigin, ...given } = options;
  const timings: Timings = { ...defaultTimings, ...given };

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const lost = new AbortController();
    response.once('close', () => lost.abort());
    const signal = stop ? AbortSignal.any([stop, lost.signal]) : lost.signal;
    const caller = callerOf(core, request, signal, addressOf);
    response.setHeader('x-request-id', caller.requestId);
    try {
      requireMethod(request);
      if (request.method === 'OPTIONS') {
        response.writeHead(204, { allow }).end();
        return;
      }
      const events = await core.watch(watched, caller, decodeWatch(request));
      if (lost.signal.aborted) return;
      const headers: Record<string, string> = { ...streamHeaders };
      addReceipt(headers, caller.receipt);
      response.writeHead(200, headers);
      if (request.method !== 'HEAD') await writeEvents(response, events, timings);
      if (lost.signal.aborted) return;
      response.end(retryField(timings.retryMs) + heartbeat(events.position));
    } catch (thrown) {
      const error = await core.refuse(caller, toPaymentsError(thrown));
      const refused = { request, response, caller, timings };
      if (response.headersSent) response.end(errorMessage(error, refused));
      else answerError(error, refused);
    } finally {
      caller.observation.end('ok');
    }
  }

  return (request, response) => {
    // A failure while an error is sent ends only this connection.
    serve(request, response).catch(() => response.destroy());
  };
}

/** Serves the path of the list of events, to clients that prefer a stream. */
export function open(core: Core, { addressOf, allowsOrigin }: Front): OpenRoom {
  const closing = new AbortController();
  const { signal } = closing;
  const listener = createSseListener(core, { addressOf, allowsOrigin, signal });
  const takes = ({ headers }: IncomingMessage) => prefersEventStream(headers.accept);
  return {
    routes: [{ path: '/v1/events', takes, listener }],
    close: async () => closing.abort(),
  };
}

/** @throws PaymentsError `method_not_allowed` (RFC 9110 §15.5.6) */
function requireMethod({ method = '' }: IncomingMessage): void {
  if (allow.split(', ').includes(method)) return;
  throw methodNotAllowed(method, allow);
}
