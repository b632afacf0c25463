import { hash } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { PaymentsError } from '../core/errors.ts';
import type { Core, Session } from '../core/invoke.ts';
import { callerOf, type GraphqlCaller } from './caller.ts';
import { type Refusal, refusalHeaders, refusalOf } from './errors.ts';
import type { Execution, GraphqlRequest, Outcome } from './execution.ts';
import { parseJson, requestIn, requestInUrl } from './request.ts';
import type { RoomYoga } from './yoga.ts';

/** The largest request, bytes. Every document of this project's client is below 4 KiB. */
export const maxBodyBytes = 64 * 1024;

type MediaType = 'application/json' | 'application/graphql-response+json';

/** `Accept` as GraphQL clients send it; what it comes to needs no negotiation. */
const plainAccepts: ReadonlyMap<string | undefined, MediaType> = new Map([
  [undefined, 'application/json'],
  ['*/*', 'application/json'],
  ['application/json', 'application/json'],
  ['application/json, application/graphql-response+json', 'application/json'],
  ['application/graphql-response+json', 'application/graphql-response+json'],
  ['application/graphql-response+json, application/json', 'application/graphql-response+json'],
  ['application/graphql-response+json,application/json;q=0.9', 'application/graphql-response+json'],
]);

const isJson = (contentType: string | undefined): boolean =>
  contentType !== undefined &&
  /^application\/(?:json|graphql\+json)(?: *; *charset="?utf-?8"?)?$/i.test(contentType);

/**
 * The HTTP side of the room (GraphQL over HTTP). `closing` ends the event streams.
 *
 * Requests whose media type needs no negotiation are answered here on Node's own request and
 * response; yoga's listener has the rest: q-values and event streams. The reason is what a CPU
 * profile of yoga's own POST path shows (one payment, constant resolver, parse and validation
 * cached), which reaches about a third of the requests of a bare `execute` on node:http. A sixth
 * of its time is execution and JSON. Of the rest, 27 % is node: (over twice what the bare server
 * spends there: body streams, their listeners and ends), 14 % a writev for head and body apart,
 * 15 % garbage collection, 12 % the fetch API's ponyfills and their promise chains, 9 % the hook
 * chains of yoga and envelop (2 % to find the cached document), 4 % DOMExceptions with their stacks
 * for signals that are aborted at the end of each request. What the hooks did for parse and
 * validation is one look-up here (`prepared.ts`), and yoga's executor is called without them
 * (`yoga.ts`).
 */
export function createHttpListener(
  core: Core,
  execution: Execution,
  yoga: RoomYoga,
  closing: AbortSignal,
): RequestListener {
  async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const caller = callerOf(incoming);
    const { accept } = incoming.headers;
    const mediaType = plainAccepts.get(accept);
    const answerTo: AnswerTo = {
      outgoing,
      requestId: caller.requestId,
      mediaType: mediaType ?? 'application/json',
    };
    let session: Session;
    let request: GraphqlRequest;
    try {
      // Before a byte of the body is looked at: strangers cost no more than this.
      session = await core.authenticate(caller.credential);
      request = await readRequest(incoming);
    } catch (thrown) {
      return refuseRequest(answerTo, incoming, thrown);
    }
    const readOnly = incoming.method === 'GET';
    if (mediaType === undefined) {
      const streams = accept?.includes('text/event-stream') ?? false;
      const ended = streams ? endOf(outgoing, closing) : undefined;
      outgoing.setHeader('x-request-id', caller.requestId);
      incoming.headers.accept = byPreference(accept ?? '');
      const run = async () => {
        const outcome = await execution.run(
          request,
          { ...caller, signal: ended },
          session,
          readOnly,
        );
        return streams ? outcome : withoutStream(outcome, caller);
      };
      await yoga(incoming, outgoing, { run });
      return;
    }
    const outcome = withoutStream(await execution.run(request, caller, session, readOnly), caller);
    if ('refusal' in outcome) return sendRefusal(answerTo, outcome.refusal);
    if ('result' in outcome) {
      if (readOnly && request.documentId !== undefined) {
        return sendCacheable(answerTo, incoming, outcome.result);
      }
      send(answerTo, 200, JSON.stringify(outcome.result));
    }
  }

  return (incoming, outgoing) => {
    // `answer` handles every failure that has an answer; what is left is a lost connection.
    answer(incoming, outgoing).catch(() => outgoing.destroy());
  };
}

/**
 * The ranges of an `Accept`, the best first and those not wanted left out (RFC 9110 §12.5.1):
 * yoga takes the first that it can write, and reads no q-values.
 */
function byPreference(accept: string): string {
  const ranges = accept.split(',').map((range) => {
    const quality = Number(/; *q=([\d.]+)/i.exec(range)?.[1] ?? 1);
    return { range: range.replace(/; *q=[^;]*/i, ''), quality };
  });
  return ranges
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality)
    .map(({ range }) => range)
    .join(',');
}

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
 * The answer to a persisted document by GET: an entity that caches can keep. It has no
 * `extensions`, since the throttle state in them is another at each request.
 */
function sendCacheable(
  answerTo: AnswerTo,
  incoming: IncomingMessage,
  { data, errors }: { readonly data?: unknown; readonly errors?: unknown },
): void {
  const body = JSON.stringify({ errors, data });
  if (errors !== undefined) {
    send(answerTo, 200, body, { 'cache-control': 'no-store' });
    return;
  }
  const etag = `"${hash('sha1', body, 'base64url')}"`;
  const headers = {
    etag,
    'cache-control': 'private, no-cache',
    vary: 'Accept, Authorization',
  };
  // Compared weakly (RFC 9110 §13.1.2).
  const known = incoming.headers['if-none-match']?.match(/"[^"]*"/g)?.includes(etag) ?? false;
  if (!known) {
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
      `Expected a body of application/json, got ${encoding ?? ''} ${type ?? 'none'}.`,
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

/** Streams are answered to those who can read them only. */
function withoutStream(outcome: Outcome, { requestId }: GraphqlCaller): Outcome {
  if (!('stream' in outcome)) return outcome;
  void outcome.stream.return?.();
  const error = new PaymentsError(
    'not_acceptable',
    'Expected a subscription over text/event-stream or graphql-transport-ws.',
  );
  return { refusal: refusalOf(error, requestId) };
}
