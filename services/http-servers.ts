import { createServer, type IncomingMessage } from 'node:http';
import {
  createServer as createHttp2Server,
  createSecureServer as createHttp2TlsServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type Http2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Server, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import type { HttpFront } from './http.ts';
import { breakStalled, cancelStalled, inTurn, mostStreams, stalledMs } from './http-pace.ts';
import { ResponseWithoutTrailers } from './http2-response.ts';
import type { Tls } from './tls.ts';
import type { Drain } from './wire/front.ts';
import { cannotListen, type Listener } from './wire/listen.ts';

/** How much longer than calls the peers of an upgraded connection may take to close. */
const partingMs = 1000;
/** How often a draining server looks for connections that have become idle. */
const lookMs = 50;

type Http2Listener = (request: Http2ServerRequest, response: Http2ServerResponse) => void;

export interface ListenOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** Defaults to cleartext. */
  readonly tls: Tls | undefined;
  /** How long a client may take to read. Defaults to a minute. */
  readonly stalledMs?: number;
}

/** A server that listens. */
export interface Listening {
  readonly port: number;
  /** Closes the server, after giving running calls time to end. */
  close(drain: Drain): Promise<void>;
}

/** Serves HTTP/1.1. */
export async function openHttp1(front: HttpFront, place: ListenOptions): Promise<Listening> {
  const { host, port, tls } = place;
  const options = {
    // Other upgrade requests are served as if they had not asked for it (RFC 9110 §7.8), such as
    // the `Upgrade: h2c` of `curl --http2`.
    shouldUpgradeCallback: (request: IncomingMessage) => front.upgradeOf(request) !== undefined,
    // The front refuses it with an error of the contract.
    requireHostHeader: false,
    // Above the idle timeouts of common proxies (60 s for nginx and AWS load balancers), so that
    // the server does not close a connection on which a request is on its way.
    keepAliveTimeout: 75_000,
  };
  const server = tls ? createTlsServer({ ...options, ...tls }) : createServer(options);
  const connections = connectionsOf(server);
  // With TLS, the inner socket does the writing.
  const writers = tls ? connectionsOf(server, 'secureConnection') : connections;
  const stalled = breakStalled(writers, place.stalledMs ?? stalledMs);
  server.on('request', inTurn(front.request));
  server.on('checkContinue', inTurn(front.checkContinue));
  server.on('checkExpectation', inTurn(front.checkExpectation));
  server.on('clientError', front.unparsed);
  server.on('connect', front.connect);
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    // The server no longer listens to this socket, and an unhandled error event ends the process.
    socket.on('error', () => socket.destroy());
    front.upgradeOf(request)?.(request, socket, head);
  });
  return {
    port: await listen(server, { port, host }, { what: 'HTTP', setting: 'HTTP_PORT' }),
    async close({ idleMs, callsMs }) {
      if (idleMs > 0) await sleep(idleMs);
      await nobodyConnecting(server);
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      const closeIdle = whenQuiet(connections, idleMs, () => server.closeIdleConnections());
      const drained = setTimeout(() => server.closeAllConnections(), callsMs);
      const parted = setTimeout(() => destroyAll(connections), callsMs + partingMs);
      await closed;
      clearInterval(stalled);
      clearInterval(closeIdle);
      clearTimeout(drained);
      clearTimeout(parted);
    },
  };
}

/** How long to look for a turn without a new connection. */
const connectingMs = 1000;

/**
 * Resolves in a turn of the event loop in which no connection arrived, if there is one soon:
 * closing the listener resets connections that the kernel has accepted and the process has not.
 */
async function nobodyConnecting(server: Server): Promise<void> {
  const endMs = performance.now() + connectingMs;
  let came: boolean;
  const onConnection = () => {
    came = true;
  };
  server.on('connection', onConnection);
  do {
    came = false;
    await turn();
  } while (came && performance.now() < endMs);
  server.off('connection', onConnection);
}

/**
 * Calls `act` repeatedly, whenever nothing was read or written for `quietMs`: a response that was
 * begun before the drain does not announce that it is the last of its connection.
 */
function whenQuiet(
  connections: ReadonlySet<Socket>,
  quietMs: number,
  act: () => void,
): NodeJS.Timeout {
  let last = 0;
  let lastMs = performance.now();
  return setInterval(() => {
    let bytes = 0;
    for (const socket of connections) bytes += socket.bytesRead + socket.bytesWritten;
    const nowMs = performance.now();
    if (bytes !== last && quietMs > 0) {
      last = bytes;
      lastMs = nowMs;
    }
    if (nowMs - lastMs >= quietMs) act();
  }, lookMs);
}

/** Serves only HTTP/2: a client that offers just HTTP/1.1 by ALPN is refused. */
export async function openHttp2(front: HttpFront, place: ListenOptions): Promise<Listening> {
  const { host, port, tls } = place;
  const options = {
    settings: { maxConcurrentStreams: mostStreams },
    Http2ServerResponse: ResponseWithoutTrailers,
  };
  const server = tls ? createHttp2TlsServer({ ...options, ...tls }) : createHttp2Server(options);
  // The front uses nothing of a request that HTTP/2's compatibility API lacks.
  const listen2 = (listener: HttpFront['request']) => listener as unknown as Http2Listener;
  server.on('request', listen2(front.request));
  server.on('checkContinue', listen2(front.checkContinue));
  server.on('checkExpectation', listen2(front.checkExpectation));
  server.on('connect', listen2(front.connectStream));
  server.on('unknownProtocol', front.otherProtocol);
  const connections = connectionsOf(server);
  const sessions = new Set<Http2Session>();
  server.on('session', (session: Http2Session) => {
    sessions.add(session);
    session.on('close', () => sessions.delete(session));
  });
  const streams = new Set<ServerHttp2Stream>();
  server.on('stream', (stream: ServerHttp2Stream) => {
    streams.add(stream);
    stream.once('close', () => streams.delete(stream));
  });
  const stalled = cancelStalled(streams, place.stalledMs ?? stalledMs);
  return {
    port: await listen(server, { port, host }, { what: 'HTTP/2', setting: 'HTTP2_PORT' }),
    async close({ idleMs, callsMs }) {
      if (idleMs > 0) {
        // Streams that are already under way are still served (RFC 9113 §6.8).
        for (const session of sessions) session.goaway(0, maxStreamId);
        await sleep(idleMs);
      }
      await nobodyConnecting(server);
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const session of sessions) session.close();
      const drained = setTimeout(() => {
        for (const session of sessions) session.destroy();
        destroyAll(connections);
      }, callsMs);
      await closed;
      clearInterval(stalled);
      clearTimeout(drained);
    },
  };
}

/** RFC 9113 §5.1.1. */
const maxStreamId = 2 ** 31 - 1;

/** Every open TCP connection, including those that HTTP does not know: in a handshake, upgraded. */
function connectionsOf(server: Server, event = 'connection'): ReadonlySet<Socket> {
  const connections = new Set<Socket>();
  server.on(event, (socket: Socket) => {
    connections.add(socket);
    socket.once('close', () => connections.delete(socket));
  });
  return connections;
}

function destroyAll(connections: ReadonlySet<Socket>): void {
  for (const socket of connections) socket.destroy();
}

/** @throws Error that names the address, and why the server cannot listen on it */
const listen = (
  server: Server,
  place: Pick<ListenOptions, 'port' | 'host'>,
  listener: Listener,
): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', (cause) => reject(cannotListen(listener, place, cause)));
    server.listen(place.port, place.host, () => resolve((server.address() as AddressInfo).port));
  });
