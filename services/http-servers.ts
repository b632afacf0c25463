import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import {
  createServer as createHttp2Server,
  createSecureServer as createHttp2TlsServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type Http2Session,
} from 'node:http2';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Server, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Tls } from './tls.ts';

/** How long calls that run at shutdown may take. */
const drainMs = 3000;
/** How long peers of a protocol that was upgraded to may take to say goodbye. */
const partingMs = 4000;

/** What takes over a connection that asked for another protocol. */
export type Upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

type Http2Listener = (request: Http2ServerRequest, response: Http2ServerResponse) => void;

export interface Place {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** Cleartext where undefined. */
  readonly tls: Tls | undefined;
}

/** A server that listens. */
export interface Listening {
  readonly port: number;
  /** Lets the calls that run end first, for a while. */
  close(): Promise<void>;
}

/** Serves HTTP/1.1. @param upgradeOf undefined where a request is answered as any other */
export async function openHttp1(
  listener: RequestListener,
  upgradeOf: (request: IncomingMessage) => Upgrade | undefined,
  { host, port, tls }: Place,
): Promise<Listening> {
  // Everything else is answered as if it had not asked for more (RFC 9110 §7.8), such as the
  // `Upgrade: h2c` of `curl --http2`.
  const shouldUpgradeCallback = (request: IncomingMessage) => upgradeOf(request) !== undefined;
  const server = tls
    ? createTlsServer({ shouldUpgradeCallback, ...tls }, listener)
    : createServer({ shouldUpgradeCallback }, listener);
  const connections = connectionsOf(server);
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    // The server listens no more to this socket, and an error that nobody hears ends the process.
    socket.on('error', () => socket.destroy());
    upgradeOf(request)?.(request, socket, head);
  });
  return {
    port: await listen(server, port, host),
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      // Connections whose last answer is sent only now become idle.
      const idle = setInterval(() => server.closeIdleConnections(), 50);
      const drained = setTimeout(() => server.closeAllConnections(), drainMs);
      const parted = setTimeout(() => destroyAll(connections), partingMs);
      await closed;
      clearInterval(idle);
      clearTimeout(drained);
      clearTimeout(parted);
    },
  };
}

/** Serves HTTP/2 and nothing else: a client that offers only HTTP/1.1 by ALPN is refused. */
export async function openHttp2(
  listener: RequestListener,
  { host, port, tls }: Place,
): Promise<Listening> {
  // The listener asks nothing of a request that HTTP/2's compatibility API does not have.
  const http2Listener = listener as unknown as Http2Listener;
  const server = tls
    ? createHttp2TlsServer({ ...tls }, http2Listener)
    : createHttp2Server(http2Listener);
  const connections = connectionsOf(server);
  const sessions = new Set<Http2Session>();
  server.on('session', (session: Http2Session) => {
    sessions.add(session);
    session.on('close', () => sessions.delete(session));
  });
  return {
    port: await listen(server, port, host),
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const session of sessions) session.close();
      const drained = setTimeout(() => {
        for (const session of sessions) session.destroy();
        destroyAll(connections);
      }, drainMs);
      await closed;
      clearTimeout(drained);
    },
  };
}

/** Every open TCP connection, also those that HTTP does not know: in a handshake, upgraded. */
function connectionsOf(server: Server): ReadonlySet<Socket> {
  const connections = new Set<Socket>();
  server.on('connection', (socket) => {
    connections.add(socket);
    socket.once('close', () => connections.delete(socket));
  });
  return connections;
}

function destroyAll(connections: ReadonlySet<Socket>): void {
  for (const socket of connections) socket.destroy();
}

const listen = (server: Server, port: number, host: string): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });
