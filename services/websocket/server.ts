import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type ServerOptions, WebSocketServer } from 'ws';
import type { Core } from '../core/invoke.ts';
import { bearerToken } from '../wire/bearer.ts';
import type { Front } from '../wire/front.ts';
import { requestIdOf } from '../wire/request-id.ts';
import { type Connection, serveConnection } from './connection.ts';
import { subprotocol } from './frames.ts';
import { defaultLimits, type Limits } from './limits.ts';

export interface WebsocketRoom {
  /** Serves an `upgrade` of a node:http server. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Closes every connection with 1012 once its calls are answered; resolves when all are gone. */
  close(): Promise<void>;
}

/** Commands and event subscriptions over WebSocket (RFC 6455), as `schema/asyncapi.yaml` says. */
export function createWebsocketRoom(
  core: Core,
  options: Partial<Limits & Front> = {},
): WebsocketRoom {
  const limits: Limits = { ...defaultLimits, ...options };
  const connections = new Map<Connection, Promise<void>>();
  // `closeTimeout` is missing in the package's types; a variable may hold more than they know.
  const settings: ServerOptions & { readonly closeTimeout: number } = {
    noServer: true,
    clientTracking: false,
    maxPayload: limits.messageBytes,
    closeTimeout: limits.closeMs,
    // Frames are small and it would cost each connection some 300 KiB of zlib state; and
    // compressing secrets together with what others choose gives them away (CRIME).
    perMessageDeflate: false,
    handleProtocols: () => subprotocol,
  };
  const server = new WebSocketServer(settings);
  server.on('headers', (headers, request) => {
    headers.push(`x-request-id: ${request.headers['x-request-id']}`);
  });
  const pulse = setInterval(() => {
    for (const connection of connections.keys()) connection.beat();
  }, limits.pingMs);
  pulse.unref();

  return {
    upgrade(request, socket, head) {
      const { headers } = request;
      const requestId = requestIdOf(headers['x-request-id']?.toString());
      headers['x-request-id'] = requestId;
      const refusal = refusalOf(request);
      if (refusal) return refuse(socket, refusal, requestId);
      server.handleUpgrade(request, socket, head, (ws) => {
        const { authorization, traceparent } = headers;
        const connection = serveConnection(
          core,
          ws,
          socket,
          {
            requestId,
            traceparent: traceparent?.toString(),
            hello: authorization === undefined ? undefined : { key: bearerToken(authorization) },
          },
          limits,
        );
        const closed = new Promise<void>((resolve) => {
          ws.once('close', () => {
            connections.delete(connection);
            resolve();
          });
        });
        connections.set(connection, closed);
      });
    },

    async close() {
      clearInterval(pulse);
      // From now on `ws` answers upgrades with 503.
      server.close();
      const closed = [...connections.values()];
      for (const connection of connections.keys()) connection.restart();
      const force = setTimeout(() => {
        for (const connection of connections.keys()) connection.cutOff();
      }, limits.stopMs);
      await Promise.all(closed);
      clearTimeout(force);
    },
  };
}

interface Refusal {
  readonly status: string;
  readonly message: string;
}

function refusalOf({ headers }: IncomingMessage): Refusal | undefined {
  const { origin, host } = headers;
  // The key is in the first frame and in no cookie, so that a foreign page has nothing to ride on
  // (RFC 6455 §10.2). It is refused all the same, as REST is without CORS: one rule for browsers.
  if (origin !== undefined && !isSameHost(origin, host)) {
    return { status: '403 Forbidden', message: `Expected no origin or that of ${host}.` };
  }
  // A client that names no protocol means this one; one that names others would be misunderstood.
  const offered = headers['sec-websocket-protocol'];
  if (offered !== undefined && !offered.split(',').some((name) => name.trim() === subprotocol)) {
    return { status: '400 Bad Request', message: `Expected the subprotocol ${subprotocol}.` };
  }
  return undefined;
}

const isSameHost = (origin: string, host: string | undefined): boolean =>
  URL.canParse(origin) && new URL(origin).host === host;

/** Answers before the handshake, in HTTP (RFC 6455 §4.2.2). */
function refuse(socket: Duplex, { status, message }: Refusal, requestId: string): void {
  socket.on('error', () => socket.destroy());
  socket.end(
    [
      `HTTP/1.1 ${status}`,
      'Connection: close',
      'Content-Type: text/plain; charset=utf-8',
      `Content-Length: ${Buffer.byteLength(message)}`,
      `x-request-id: ${requestId}`,
      '',
      message,
    ].join('\r\n'),
    () => socket.destroy(),
  );
}
