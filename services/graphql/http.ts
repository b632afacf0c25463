import { hash } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { createYoga, type Plugin } from 'graphql-yoga';
import { PaymentsError } from '../core/errors.ts';
import type { Core, Session } from '../core/invoke.ts';
import { callerOf, type GraphqlCaller } from './caller.ts';
import { type Refusal, refusalOf } from './errors.ts';
import type { Execution, GraphqlRequest, Outcome } from './execution.ts';
import { parseJson, requestIn, requestInUrl } from './request.ts';

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

/** What the room knows of a request by the time that yoga sees it. */
interface YogaContext {
  readonly run: () => Promise<Outcome>;
}

/**
 * The HTTP side of the room (GraphQL over HTTP). `closing` ends the event streams.
 */
export function createHttpListener(
  core: Core,
  execution: Execution,
  closing: AbortSignal,
): RequestListener {
  const yoga = createYoga<YogaContext>({
    schema: execution.schema,
    plugins: [runByRoom],
    // What the room does before yoga, or does not do at all.
    batching: false,
    cors: false,
    graphiql: false,
    landingPage: false,
    logging: false,
    maskedErrors: false,
    multipart: false,
    parserAndValidationCache: false,
  });

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
  outgoing.writeHead(status, {
    'content-type': `${mediaType}; charset=utf-8`,
    'content-length': Buffer.byteLength(body),
    'x-request-id': requestId,
    ...headers,
  });
  outgoing.end(body);
}

/** Headers that a refusal comes with (RFC 9110 §11.6.1, §10.2.3, §15.5.6). */
function refusalHeaders({ errors, status }: Refusal): Record<string, string> {
  const retryAfterMs = errors[0]?.extensions.retryAfterMs;
  return {
    ...(status === 401 && { 'www-authenticate': 'Bearer realm="fivewire"' }),
    ...(status === 405 && { allow: 'GET, POST' }),
    ...(typeof retryAfterMs === 'number' && {
      'retry-after': String(Math.ceil(retryAfterMs / 1000)),
    }),
  };
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
  // What is left of the body is not read: the connection cannot be used again.
  if (!incoming.complete) answerTo.outgoing.setHeader('connection', 'close');
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

/**
 * Makes yoga negotiate the media type and write the answer, and leave the rest to the room: the
 * request was read before, and execution is one for all transports.
 */
const runByRoom: Plugin<YogaContext> = {
  onRequestParse({ setRequestParser }) {
    setRequestParser(() => ({ query: '' }));
  },
  onParams({ setParamsHandler }) {
    setParamsHandler(async ({ context }) => {
      // Yoga's own type of the handler knows nothing of the server's part of the context.
      const outcome = await (context as unknown as YogaContext).run();
      if ('stream' in outcome) return outcome.stream;
      if ('result' in outcome) return outcome.result;
      const { errors, status, wellFormed } = outcome.refusal;
      const http = { status, spec: wellFormed, headers: refusalHeaders(outcome.refusal) };
      for (const error of errors) Object.assign(error.extensions, { http });
      return { errors: [...errors] };
    });
  },
};
