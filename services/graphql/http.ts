import { hash } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { ExecutionResult } from 'graphql';
import { PaymentsError } from '../core/errors.ts';
import type { Core, Session } from '../core/invoke.ts';
import { acceptedBy, type MediaType } from './accept.ts';
import { callerOf } from './caller.ts';
import { type Refusal, refusalHeaders, refusalOf } from './errors.ts';
import type { Execution, GraphqlRequest, ResultStream } from './execution.ts';
import { parseJson, requestIn, requestInUrl } from './request.ts';
import type { RoomYoga } from './yoga.ts';

/** The largest request, bytes. Every document of this project's client is below 4 KiB. */
export const maxBodyBytes = 64 * 1024;

const isJson = (contentType: string | undefined): boolean =>
  contentType !== undefined &&
  /^application\/(?:json|graphql\+json)(?: *; *charset="?utf-?8"?)?$/i.test(contentType);

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
  core: Core,
  execution: Execution,
  yoga: RoomYoga,
  closing: AbortSignal,
): RequestListener {
  async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const caller = callerOf(incoming);
    const { requestId } = caller;
    const { json, streams } = acceptedBy(incoming.headers.accept);
    // Who reads event streams only is told a refusal by its status, as the newer type has it.
    const mediaType = json ?? (streams ? 'application/graphql-response+json' : 'application/json');
    const answerTo: AnswerTo = { outgoing, requestId, mediaType };
    const sendEvents = async (results: ExecutionResult | ResultStream): Promise<void> => {
      outgoing.setHeader('x-request-id', requestId);
      incoming.headers.accept = 'text/event-stream';
      await yoga(incoming, outgoing, { results });
    };
    let session: Session;
    let request: GraphqlRequest;
    try {
      // Before a byte of the body is looked at: strangers cost no more than this.
      session = await core.authenticate(caller);
      if (!json && !streams) throw notAcceptable;
      request = await readRequest(incoming);
    } catch (thrown) {
      return refuseRequest(answerTo, incoming, thrown);
    }
    const readOnly = incoming.method === 'GET';
    const runner = streams ? { ...caller, signal: endOf(outgoing, closing) } : caller;
    const outcome = await execution.run(request, runner, session, readOnly);
    if ('refusal' in outcome) return sendRefusal(answerTo, outcome.refusal);
    if ('stream' in outcome) {
      if (streams) return sendEvents(outcome.stream);
      void outcome.stream.return?.();
      return sendRefusal(answerTo, refusalOf(notAcceptable, requestId));
    }
    if (!json) return sendEvents(outcome.result);
    if (readOnly) return sendToCache(answerTo, incoming, request, outcome.result);
    send(answerTo, 200, JSON.stringify(outcome.result));
  }

  return (incoming, outgoing) => {
    // `answer` handles every failure that has an answer; what is left is a lost connection.
    answer(incoming, outgoing).catch(() => outgoing.destroy());
  };
}

const notAcceptable = new PaymentsError(
  'not_acceptable',
  'Expected an Accept of application/json, application/graphql-response+json or, for ' +
    'subscriptions, text/event-stream; those go over graphql-transport-ws too.',
);

interface AnswerTo {
  readonly outgoing: ServerResponse;
  readonly requestId: string;
  readonly mediaType: MediaType;
}

function send(
  { outgoing, requestId, mediaType }: AnswerTo,
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
}

function sendRefusal(answerTo: AnswerTo, refusal: Refusal): void {
  const tolerant = refusal.wellFormed && answerTo.mediaType === 'application/json';
  const body = JSON.stringify({ errors: refusal.errors });
  send(answerTo, tolerant ? 200 : refusal.status, body, refusalHeaders(refusal));
}

/** A refusal of the HTTP request itself, whatever is in it. */
function refuseRequest(answerTo: AnswerTo, incoming: IncomingMessage, thrown: unknown): void {
  const refusal = refusalOf(thrown, answerTo.requestId);
  const status = incoming.method === 'GET' || incoming.method === 'POST' ? refusal.status : 405;
  // Node reads past a body that nobody wants; past one without an end the connection is closed.
  const ends = incoming.complete || Number(incoming.headers['content-length']) <= maxBodyBytes;
  if (!ends) answerTo.outgoing.setHeader('connection', 'close');
  sendRefusal(answerTo, { ...refusal, status, wellFormed: false });
}

/**
 * An answer to GET. That to a persisted document is an entity that caches can keep: it has no
 * `extensions`, since the throttle state in them is another at each request. No other is kept.
 */
function sendToCache(
  answerTo: AnswerTo,
  incoming: IncomingMessage,
  { documentId }: GraphqlRequest,
  result: ExecutionResult,
): void {
  if (documentId === undefined || result.errors !== undefined) {
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
  if (incoming.method === 'GET') return requestInUrl(incoming.url ?? '');
  if (incoming.method !== 'POST') {
    throw new PaymentsError('validation_failed', `Expected GET or POST, got ${incoming.method}.`);
  }
  // JSON only: what a form of another site can send without asking first changes nothing here.
  const type = incoming.headers['content-type'];
  const encoding = incoming.headers['content-encoding'];
  if (!isJson(type) || encoding !== undefined) {
    throw new PaymentsError(
      'unsupported_media_type',
      `Expected a body of application/json, got ${[encoding, type ?? 'none'].join(' ').trim()}.`,
    );
  }
  const text = await readBody(incoming);
  const body = parseJson(text);
  if (body === undefined) {
    throw new PaymentsError('validation_failed', 'Expected a body of JSON, got something else.');
  }
  return requestIn(body);
}

function readBody(incoming: IncomingMessage): Promise<string> {
  const tooLarge = () =>
    new PaymentsError('payload_too_large', `Expected a body of at most ${maxBodyBytes} bytes.`);
  if (Number(incoming.headers['content-length']) > maxBodyBytes) return Promise.reject(tooLarge());
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    incoming.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= maxBodyBytes) chunks.push(chunk);
      else {
        incoming.removeAllListeners('data').pause();
        reject(tooLarge());
      }
    });
    incoming.on('end', () => {
      const [first] = chunks;
      resolve((chunks.length === 1 && first ? first : Buffer.concat(chunks)).toString());
    });
    incoming.on('error', reject);
  });
}

/** Aborts when the answer ends, by the client or by `closing`. */
function endOf(outgoing: ServerResponse, closing: AbortSignal): AbortSignal {
  const lost = new AbortController();
  outgoing.on('close', () => lost.abort());
  return AbortSignal.any([lost.signal, closing]);
}
