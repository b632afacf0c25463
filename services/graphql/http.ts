import { hash } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { ExecutionResult } from 'graphql';
import { PaymentsError, toPaymentsError } from '../core/errors.ts';
import type { Core, Session } from '../core/invoke.ts';
import type { AddressOf } from '../wire/address.ts';
import { jsonOf, maxBodyBytes, readBytes } from '../wire/http/body.ts';
import { isPlain, parseMediaType } from '../wire/http/media-type.ts';
import { acceptedBy, type ResponseType } from './accept.ts';
import { callerOf, type GraphqlCaller, type HttpCaller } from './caller.ts';
import { type Refusal, refusalHeaders, refusalOf } from './errors.ts';
import type { Execution, GraphqlRequest } from './execution.ts';
import { requestIn, requestInUrl } from './request.ts';
import type { ResultStream } from './subscription.ts';
import type { RoomYoga } from './yoga.ts';

/** Whether the body says that it is JSON, in UTF-8 if it names a charset. */
function isJson(contentType: string | undefined): boolean {
  if (contentType === 'application/json') return true;
  const type = contentType === undefined ? undefined : parseMediaType(contentType);
  return type !== undefined && /^application\/(?:graphql\+)?json$/.test(type.name) && isPlain(type);
}

/** What all requests of the room share. */
interface HttpRoom {
  readonly core: Core;
  readonly addressOf: AddressOf;
  /** How long a client may take to read an answer. */
  readonly readMs: number;
  /** How long the reader of an event stream may take nothing. */
  readonly blockedMs: number;
}

/**
 * The HTTP side of the room (GraphQL over HTTP). `closing` ends the event streams.
 *
 * Event streams are written by yoga; all else is answered here on Node's own request and response.
 * The reason is what a CPU profile of yoga's own POST path shows (one payment, constant resolver,
 * parse and validation cached), which reaches about a third of the requests of a bare `execute` on
 * node:http. A sixth of its time is execution and JSON. Of the rest, 27 % is node: (over twice what
 * the bare server spends there: body streams, their listeners and ends), 14 % a writev for head and
 * body apart, 15 % garbage collection, 12 % the fetch API's ponyfills and their promise chains, 9 %
 * the hook chains of yoga and envelop (2 % to find the cached document), 4 % DOMExceptions with
 * their stacks for signals that are aborted at the end of each request. What the hooks did for
 * parse and validation is one look-up here (`prepared.ts`), and yoga's executor is called without
 * them (`yoga.ts`).
 */
export function createHttpListener(
  { core, addressOf, readMs, blockedMs }: HttpRoom,
  execution: Execution,
  yoga: RoomYoga,
  closing: AbortSignal,
): RequestListener {
  async function answer(
    incoming: IncomingMessage,
    outgoing: ServerResponse,
    caller: HttpCaller,
  ): Promise<void> {
    const { requestId } = caller;
    const { json, streams } = acceptedBy(incoming.headers.accept);
    // Who reads event streams only is told a refusal by its status, as the newer type has it.
    const mediaType = json ?? (streams ? 'application/graphql-response+json' : 'application/json');
    const answerTo: AnswerTo = { outgoing, requestId, mediaType, readMs };
    const sendEvents = async (results: ExecutionResult | ResultStream): Promise<void> => {
      outgoing.setHeader('x-request-id', requestId);
      incoming.headers.accept = 'text/event-stream';
      // Yoga makes a URL of both, and answers with its own error where there is none to be made.
      incoming.headers.host = 'localhost';
      incoming.url = '/graphql';
      // Resolves when the stream flows; before that, yoga takes every timeout off the socket.
      await yoga(incoming, outgoing, { results });
      // Heartbeats are written to whoever takes them, so that only a stopped reader is idle.
      outgoing.setTimeout(blockedMs, () => outgoing.destroy());
    };
    let session: Session | undefined;
    let request: GraphqlRequest;
    try {
      // Before a byte of the body is looked at: strangers cost no more than this.
      session = await core.authenticate(caller);
      if (!json && !streams) throw notAcceptable();
      request = await readRequest(incoming);
    } catch (thrown) {
      const error = await core.refuse({ ...caller, session }, toPaymentsError(thrown));
      return refuseRequest(answerTo, incoming, error);
    }
    const readOnly = incoming.method === 'GET';
    const signal = streams ? AbortSignal.any([caller.signal, closing]) : caller.signal;
    const outcome = await execution.run(request, { ...caller, signal }, session, readOnly);
    if ('refusal' in outcome) return sendRefusal(answerTo, outcome.refusal);
    if ('stream' in outcome) {
      if (streams) return sendEvents(outcome.stream);
      await outcome.stream.return?.();
      const error = await core.refuse({ ...caller, session }, notAcceptable());
      return sendRefusal(answerTo, refusalOf(error, requestId));
    }
    if (!json) return sendEvents(outcome.result);
    if (readOnly) return sendToCache(answerTo, incoming, request, outcome.result);
    send(answerTo, 200, JSON.stringify(outcome.result));
  }

  /** The last net: what broke here is logged, and answered where nothing was said yet. */
  async function answerBroken(thrown: unknown, outgoing: ServerResponse, caller: GraphqlCaller) {
    const error = await core.refuse(caller, toPaymentsError(thrown));
    if (outgoing.headersSent) return outgoing.destroy();
    const { requestId } = caller;
    const answerTo: AnswerTo = { outgoing, requestId, mediaType: 'application/json', readMs };
    return sendRefusal(answerTo, refusalOf(error, requestId));
  }

  return (incoming, outgoing) => {
    const left = new AbortController();
    outgoing.on('close', () => {
      if (!outgoing.writableFinished) left.abort();
    });
    const caller = callerOf(incoming, addressOf(incoming), left.signal);
    answer(incoming, outgoing, caller)
      .catch((thrown: unknown) => answerBroken(thrown, outgoing, caller))
      .catch(() => outgoing.destroy());
  };
}

const notAcceptable = (): PaymentsError =>
  new PaymentsError(
    'not_acceptable',
    'Expected an Accept of application/json, application/graphql-response+json or, for ' +
      'subscriptions, text/event-stream; those go over graphql-transport-ws too.',
  );

interface AnswerTo {
  readonly outgoing: ServerResponse;
  readonly requestId: string;
  readonly mediaType: ResponseType;
  readonly readMs: number;
}

function send(
  { outgoing, requestId, mediaType, readMs }: AnswerTo,
  status: number,
  body: string,
  headers?: Readonly<Record<string, string>>,
): void {
  const length = Buffer.byteLength(body);
  outgoing.writeHead(status, {
    'content-type': `${mediaType}; charset=utf-8`,
    'content-length': length,
    'x-request-id': requestId,
    ...headers,
  });
  // Text of one byte a character is copied, and not transcoded.
  outgoing.end(body, length === body.length ? 'latin1' : 'utf8');
  if (length > heldBytes) requireReader(outgoing, readMs);
}

/** What an answer may hold in memory for a client that does not read it, or only slowly. */
const heldBytes = 64 * 1024;

/** Breaks the connection of a client that has not read its answer in time. */
function requireReader(outgoing: ServerResponse, readMs: number): void {
  if (outgoing.writableFinished) return;
  const deadline = setTimeout(() => outgoing.destroy(), readMs);
  outgoing.once('close', () => clearTimeout(deadline));
}

function sendRefusal(answerTo: AnswerTo, refusal: Refusal): void {
  const tolerant = refusal.wellFormed && answerTo.mediaType === 'application/json';
  const body = JSON.stringify({ errors: refusal.errors });
  send(answerTo, tolerant ? 200 : refusal.status, body, refusalHeaders(refusal));
}

/** A refusal of the HTTP request itself, whatever is in it. */
function refuseRequest(answerTo: AnswerTo, incoming: IncomingMessage, error: PaymentsError): void {
  const refusal = refusalOf(error, answerTo.requestId);
  // Node reads past a body that nobody wants; past one without an end the connection is closed.
  const ends = incoming.complete || Number(incoming.headers['content-length']) <= maxBodyBytes;
  if (!ends) answerTo.outgoing.setHeader('connection', 'close');
  sendRefusal(answerTo, { ...refusal, wellFormed: false });
}

/**
 * An answer to GET. That to a persisted document is an entity that caches can keep: it has no
 * `extensions`, since the throttle state in them is another at each request. No other is kept.
 */
function sendToCache(
  answerTo: AnswerTo,
  incoming: IncomingMessage,
  { query }: GraphqlRequest,
  result: ExecutionResult,
): void {
  if (query !== undefined || result.errors !== undefined) {
    send(answerTo, 200, JSON.stringify(result), { 'cache-control': 'no-store' });
    return;
  }
  const body = JSON.stringify({ data: result.data });
  const etag = `"${hash('sha1', body, 'base64url')}"`;
  const headers = {
    etag,
    'cache-control': 'private, no-cache',
    vary: 'Accept, Authorization',
  };
  // Compared weakly (RFC 9110 §13.1.2).
  const known = incoming.headers['if-none-match']?.match(/"[^"]*"|^\s*\*\s*$/g) ?? [];
  if (!known.some((tag) => tag === etag || tag.trim() === '*')) {
    send(answerTo, 200, body, headers);
    return;
  }
  answerTo.outgoing.writeHead(304, { ...headers, 'x-request-id': answerTo.requestId });
  answerTo.outgoing.end();
}

async function readRequest(incoming: IncomingMessage): Promise<GraphqlRequest> {
  const { method, headers } = incoming;
  if (method === 'GET') return requestInUrl(incoming.url ?? '');
  if (method !== 'POST') {
    throw new PaymentsError('method_not_allowed', `Expected GET or POST, got ${method}.`);
  }
  // JSON only: what a form of another site can send without asking first changes nothing here.
  const type = headers['content-type'];
  if (!isJson(type)) {
    throw new PaymentsError(
      'unsupported_media_type',
      `Expected a body of application/json, got ${type?.slice(0, 100) ?? 'none named'}.`,
    );
  }
  return requestIn(jsonOf(await readBytes(incoming)));
}
