import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { toPaymentsError } from './core/errors.ts';
import type { Core } from './core/invoke.ts';
import {
  type FrontRefusal,
  http2Only,
  type ParserError,
  refusalOf,
  unmetExpectation,
  unparsed,
  upgradeRequired,
  wrongMethod,
} from './http-guard.ts';
import type { Addressed, AddressOf } from './wire/address.ts';
import { headerText } from './wire/call-headers.ts';
import {
  endWithProblem,
  type ProblemResponse,
  problemResponse,
  sendProblem,
} from './wire/http/problem-response.ts';
import { refusalResponse } from './wire/http/refusal.ts';
import { pathOf } from './wire/http/target.ts';
import { requestIdOf } from './wire/request-id.ts';
import type { HttpRoute, Upgrade } from './wire/room.ts';

export interface HttpFrontParts {
  readonly core: Core;
  /** Where the rooms that are open are found. */
  readonly routes: readonly HttpRoute[];
  readonly addressOf: AddressOf;
  /** Prometheus text of `/metrics`. */
  readonly metrics: () => string;
  /** Why no more requests should be sent here; undefined if all is well. */
  readonly whyNotReady: () => Promise<string | undefined>;
}

/** Handlers for what arrives at an HTTP server. Every member sends its own response. */
export interface HttpFront {
  readonly request: RequestListener;
  /** A client waits for `100 Continue` before it sends its body. */
  readonly checkContinue: RequestListener;
  readonly checkExpectation: RequestListener;
  /** Undefined: the request is served as if it had not asked for another protocol. */
  upgradeOf(request: IncomingMessage): Upgrade | undefined;
  /** CONNECT (RFC 9110 §9.3.6) over HTTP/1.1, which leaves a bare connection, and over HTTP/2. */
  connect(request: IncomingMessage, socket: Duplex): void;
  readonly connectStream: RequestListener;
  /** A client that did not agree on HTTP/2, on the port that has nothing else. */
  otherProtocol(socket: Duplex): void;
  unparsed(error: ParserError, socket: Duplex): void;
  /** From now on every response over HTTP/1.1 is the last of its connection (RFC 9112 §9.6). */
  drain(): void;
}

/** Refuses requests that no room gets; core counts, logs and rate-limits them. */
interface Refuser {
  request(refusal: FrontRefusal, request: IncomingMessage, response: ServerResponse): void;
  /** @param request undefined if the parser found no request */
  connection(refusal: FrontRefusal, socket: Duplex, request?: IncomingMessage): void;
  /** A request that breaks off after a room has got it: the room fails, and core counts, there. */
  rest(refusal: FrontRefusal, socket: Duplex, request: IncomingMessage): void;
}

function createRefuser({ core, addressOf }: HttpFrontParts): Refuser {
  function refused(
    refusal: FrontRefusal,
    from: Addressed,
    request?: IncomingMessage,
  ): Promise<ProblemResponse> {
    const requestId = requestIdOf(headerText(request?.headers['x-request-id']));
    const caller = { requestId, address: addressOf(from) };
    return refusalResponse(core, caller, refusal, request && pathOf(request.url ?? '/'));
  }

  return {
    request(refusal, request, response) {
      const endsConnection = refusal.close && request.httpVersionMajor === 1;
      if (endsConnection) response.setHeader('connection', 'close');
      refused(refusal, request, request).then(
        (problem) => sendProblem(response, problem),
        () => response.destroy(),
      );
    },
    connection(refusal, socket, request) {
      // All requests arrive over TCP.
      const from = request ?? { socket: socket as Socket, headers: {} };
      refused(refusal, from, request).then(
        (problem) => endWithProblem(socket, problem),
        () => socket.destroy(),
      );
    },
    rest({ error, status, headers }, socket, request) {
      const requestId = requestIdOf(headerText(request.headers['x-request-id']));
      const instance = pathOf(request.url ?? '/');
      endWithProblem(socket, problemResponse(error, { requestId, instance }, { status, headers }));
    },
  };
}

/** Passes each request to its room, or responds itself if it belongs to no room. */
function createRouter(
  parts: HttpFrontParts,
  refuser: Refuser,
  isDraining: () => boolean,
): RequestListener {
  const roomAt = byPath(parts.routes);
  const elsewhere = roomAt.get(undefined)?.listener;
  const ownPages = createOwnPages(parts, isDraining);

  function route(incoming: IncomingMessage, response: ServerResponse): unknown {
    if (isDraining() && incoming.httpVersionMajor === 1) response.setHeader('connection', 'close');
    const refusal = refusalOf(incoming);
    if (refusal) return refuser.request(refusal, incoming, response);
    const { url = '/', method, headers } = incoming;
    // HTTP/1.0 needs no Host, but libraries of the rooms build a URL from it.
    if (incoming.httpVersion === '1.0') headers.host ??= 'localhost';
    const path = url.startsWith('/v1/payments') ? '' : pathOf(url);
    const page = ownPages.get(path);
    if (page) {
      if (method === 'GET' || method === 'HEAD') return page(incoming, response);
      return refuser.request(wrongMethod(method, 'GET, HEAD'), incoming, response);
    }
    const room = roomAt.get(path);
    if (room?.listener && (room.takes?.(incoming) ?? true)) {
      return room.listener(incoming, response);
    }
    // HTTP/2 has no upgrade (RFC 9113 §8.6).
    if (room?.upgrade && !room.listener && incoming.httpVersionMajor === 1) {
      const refusal = method === 'GET' ? upgradeRequired : wrongMethod(method, 'GET');
      return refuser.request(refusal, incoming, response);
    }
    // `*` means the server as a whole (RFC 9110 §9.3.7).
    if (path === '*' && method === 'OPTIONS') return respond(incoming, response, 204);
    if (elsewhere) return elsewhere(incoming, response);
    return respond(incoming, response, 404, 'This wire is not open.\n');
  }

  return (incoming, response) => {
    try {
      route(incoming, response);
    } catch (thrown) {
      // A room that throws fails only its own request.
      refuser.request({ error: toPaymentsError(thrown), close: true }, incoming, response);
    }
  };
}

/** Routes requests to the rooms, and responds to those that belong to no room. */
export function createHttpFront(parts: HttpFrontParts): HttpFront {
  let draining = false;
  const isDraining = () => draining;
  const refuser = createRefuser(parts);
  const request = createRouter(parts, refuser, isDraining);
  const roomAt = byPath(parts.routes);

  return {
    request,

    checkContinue(incoming, response) {
      continueWhenRead(incoming, response, isDraining);
      request(incoming, response);
    },

    checkExpectation: (incoming, response) =>
      refuser.request(unmetExpectation(incoming), incoming, response),

    upgradeOf(incoming) {
      if (!asksToUpgrade(incoming)) return undefined;
      const upgrade = roomAt.get(pathOf(incoming.url ?? '/'))?.upgrade;
      if (!upgrade) return undefined;
      const refusal = refusalOf(incoming);
      if (refusal) return (_, socket) => refuser.connection(refusal, socket, incoming);
      return (request, socket, head) => {
        try {
          upgrade(request, socket, head);
        } catch (thrown) {
          refuser.connection({ error: toPaymentsError(thrown) }, socket, request);
        }
      };
    },

    connect: (incoming, socket) => refuser.connection(noProxy, socket, incoming),
    connectStream: (incoming, response) => refuser.request(noProxy, incoming, response),
    otherProtocol: (socket) => refuser.connection(http2Only, socket),

    unparsed(error, socket) {
      const refusal = unparsed(error);
      // node:http itself looks here: it keeps the response under way nowhere else.
      const answering = (socket as { _httpMessage?: ServerResponse | null })._httpMessage;
      if (!refusal || !socket.writable || answering?.headersSent) {
        socket.destroy();
      } else if (answering?.req.complete) {
        // The requests before it were complete, and the first of them has no response yet.
        answering.setHeader('connection', 'close');
      } else if (answering) {
        refuser.rest(refusal, socket, answering.req);
      } else {
        refuser.connection(refusal, socket);
      }
    },

    drain() {
      draining = true;
    },
  };
}

const noProxy = wrongMethod('CONNECT', 'GET, HEAD, POST, OPTIONS');

const byPath = (routes: readonly HttpRoute[]): ReadonlyMap<string | undefined, HttpRoute> =>
  new Map(routes.map((route) => [route.path, route]));

/** Whether a request asks for WebSocket, where a server may heed it. */
const asksToUpgrade = ({ headers, httpVersionMinor }: IncomingMessage): boolean =>
  // A server ignores the field in HTTP/1.0 (RFC 9110 §7.8).
  httpVersionMinor !== 0 && headers.upgrade?.toLowerCase() === 'websocket';

/** The pages that belong to no room. */
function createOwnPages(
  { metrics, whyNotReady }: HttpFrontParts,
  isDraining: () => boolean,
): ReadonlyMap<string, RequestListener> {
  const notReady = async () => (isDraining() ? 'the server is shutting down' : whyNotReady());
  const ready: RequestListener = (request, response) => {
    notReady().then(
      (reason) => {
        if (reason === undefined) respond(request, response, 200, 'ready\n');
        else respond(request, response, 503, `${reason}\n`);
      },
      () => respond(request, response, 503, 'the server does not know\n'),
    );
  };
  return new Map<string, RequestListener>([
    ['/healthz', (request, response) => respond(request, response, 200, 'ok\n')],
    ['/readyz', ready],
    [
      '/metrics',
      (request, response) =>
        respond(request, response, 200, metrics(), 'text/plain; version=0.0.4'),
    ],
  ]);
}

/**
 * Sends `100 Continue` when a room begins to read the body, and not before: a request that is
 * refused for its headers gets its response at once (RFC 9110 §10.1.1). Its connection is then
 * closed, because the client may send the body anyway.
 */
function continueWhenRead(
  request: IncomingMessage,
  response: ServerResponse,
  isLast: () => boolean,
): void {
  if (request.httpVersionMajor === 1) response.setHeader('connection', 'close');
  const ask = (event: string) => {
    if (event !== 'data' && event !== 'readable') return;
    request.off('newListener', ask);
    if (response.headersSent) return;
    if (!isLast()) response.removeHeader('connection');
    response.writeContinue();
  };
  request.on('newListener', ask);
}

function respond(
  { headers }: IncomingMessage,
  response: ServerResponse,
  status: number,
  body = '',
  contentType = 'text/plain; charset=utf-8',
): void {
  const requestId = requestIdOf(headerText(headers['x-request-id']));
  response.writeHead(status, {
    ...(body !== '' && {
      'content-type': contentType,
      'content-length': Buffer.byteLength(body),
      'cache-control': 'no-store',
    }),
    'x-request-id': requestId,
  });
  response.end(body);
}
