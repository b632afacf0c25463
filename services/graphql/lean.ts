import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { ExecutionResult } from 'graphql';
import type { Session } from '../core/invoke.ts';
import { eventStreamHeaders } from '../wire/http/event-stream.ts';
import { endOfTurn } from '../wire/turn.ts';
import { type Accepted, acceptedBy } from './accept.ts';
import { callerOf, type Sender } from './caller.ts';
import { eventStreamOf } from './event-stream.ts';
import { notAcceptable } from './execution.ts';
import type { HttpHost } from './host.ts';
import { type GraphqlRequest, readRequest } from './request.ts';
import {
  cacheableResponse,
  closeAfterUnread,
  type HttpResponse,
  mediaTypeOf,
  refusalResponse,
  requireReader,
  resultResponse,
  signalOf,
} from './responses.ts';
import type { ResultStream } from './subscription.ts';

/**
 * The lean host: GraphQL over HTTP on Node's own request and response, beside the Yoga host
 * (`yoga.ts`) and over the same execution. It shows what Yoga's HTTP layer costs: body streams and
 * their listeners, head and body in separate writes, the fetch API's ponyfills, chains of hooks.
 */
export function createLeanListener({
  core,
  execution,
  addressOf,
  readMs,
  blockedMs,
  events,
}: HttpHost): RequestListener {
  async function answer(
    incoming: IncomingMessage,
    outgoing: ServerResponse,
    caller: Sender,
    accepted: Accepted,
  ): Promise<void> {
    const { requestId } = caller;
    const { json, streams } = accepted;
    const mediaType = mediaTypeOf(accepted);
    const respond = (response: HttpResponse) => send(outgoing, response, readMs);
    const sendEvents = (results: ExecutionResult | ResultStream) => {
      const idle = () => outgoing.setTimeout(blockedMs, () => outgoing.destroy());
      const stream = eventStreamOf(results, events, caller, idle);
      outgoing.writeHead(200, { ...eventStreamHeaders, 'x-request-id': requestId });
      outgoing.once('close', () => stream.destroy());
      stream.pipe(outgoing);
    };
    let session: Session | undefined;
    let request: GraphqlRequest;
    try {
      // Before a byte of the body is looked at: strangers cost no more than this.
      session = await core.authenticate(caller);
      if (!json && !streams) throw notAcceptable();
      request = await readRequest(incoming);
    } catch (thrown) {
      closeAfterUnread(incoming, outgoing);
      const refusal = await execution.refuse(thrown, { ...caller, session });
      return respond(refusalResponse(refusal, false, mediaType, requestId));
    }
    const known = { ...caller, session };
    const isGet = incoming.method === 'GET';
    const outcome = await execution.run(request, known, { readOnly: isGet, streams });
    if ('refusal' in outcome) {
      return respond(refusalResponse(outcome.refusal, true, mediaType, requestId));
    }
    if ('stream' in outcome) return sendEvents(outcome.stream);
    const { result } = outcome;
    await endOfTurn();
    if (!json) return sendEvents(result);
    const ifNoneMatch = incoming.headers['if-none-match'];
    respond(
      isGet
        ? cacheableResponse(request, result, ifNoneMatch, json, requestId)
        : resultResponse(result, json, requestId),
    );
    caller.observation.end('ok');
  }

  /** The last net: what broke here is logged, and answered where nothing was said yet. */
  async function answerBroken(thrown: unknown, outgoing: ServerResponse, caller: Sender) {
    const refusal = await execution.refuse(thrown, caller);
    if (outgoing.headersSent) return outgoing.destroy();
    const response = refusalResponse(refusal, true, 'application/json', caller.requestId);
    return send(outgoing, response, readMs);
  }

  return (incoming, outgoing) => {
    const accepted = acceptedBy(incoming.headers.accept);
    const signal = signalOf(outgoing, accepted, events.closing);
    const caller = callerOf(core, incoming, addressOf(incoming), signal);
    answer(incoming, outgoing, caller, accepted)
      .catch((thrown: unknown) => answerBroken(thrown, outgoing, caller))
      .catch(() => outgoing.destroy());
  };
}

function send(
  outgoing: ServerResponse,
  { status, headers, body, length }: HttpResponse,
  readMs: number,
): void {
  outgoing.writeHead(status, headers);
  outgoing.end(body);
  requireReader(outgoing, length, readMs);
}
