import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type ServerOptions, WebSocketServer } from 'ws';
import type { Core } from '../core/invoke.ts';
import { bearerToken } from '../wire/bearer.ts';
import type { Front } from '../wire/front.ts';
import { createAllowsOrigin } from '../wire/http/origin.ts';
import type { HttpRefusal } from '../wire/http/refusal.ts';
import {
  answerRefusal,
  closing,
  foreignOrigin,
  malformed,
  otherSubprotocol,
} from '../wire/http/upgrade.ts';
import { requestIdOf } from '../wire/request-id.ts';
import type { OpenRoom } from '../wire/room.ts';
import { type ClientConnection, serveConnection } from './connection.ts';
import { subprotocol } from './frames.ts';
import type { UpgradeRequest } from './hello.ts';
import { defaultLimits, type Limits } from './limits.ts';
import { StrictSocket } from './strict-socket.ts';

export interface WebsocketRoom {
  /** Serves an `upgrade` of a node:http server. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Closes every connection with 1012 once its calls have ended; resolves when all are closed. */
  close(): Promise<void>;
}

/** Commands and event subscriptions over WebSocket (RFC 6455), as `schema/asyncapi.yaml` says. */
export function createWebsocketRoom(
  core: Core,
  options: Partial<Limits & Front> = {},
): WebsocketRoom {
  const { addressOf, allowsOrigin = createAllowsOrigin([]), ...given } = options;
  const limits: Limits = { ...defaultLimits, ...given };
  const connections = new Map<ClientConnection, Promise<void>>();
  let isClosing = false;
  const server = new WebSocketServer(settingsOf(limits));
  server.on('headers', (headers, request) => {
    headers.push(`x-request-id: ${request.headers['x-request-id']}`);
  });
  server.on('wsClientError', ({ message }, socket, request) => {
    refuse(request, socket, malformed(message, request));
  });
  const pulse = setInterval(() => {
    for (const connection of connections.keys()) connection.beat();
  }, limits.pingMs);
  pulse.unref();

  function refuse(request: IncomingMessage, socket: Duplex, refusal: HttpRefusal): void {
    // A failure while an error is sent ends only this connection.
    const { hello, ...caller } = upgradeOf(request);
    const credential = hello?.key;
    answerRefusal(core, { ...caller, credential }, socket, refusal).catch(() => socket.destroy());
  }

  /** Parses the upgrade request; its request id stays the same, however often it is read. */
  function upgradeOf(request: IncomingMessage): UpgradeRequest {
    const { headers } = request;
    const { authorization, traceparent } = headers;
    const requestId = requestIdOf(headers['x-request-id']?.toString());
    headers['x-request-id'] = requestId;
    return {
      requestId,
      traceparent: traceparent?.toString(),
      address: addressOf?.(request),
      hello: authorization === undefined ? undefined : { key: bearerToken(authorization) },
    };
  }

  function serve(ws: StrictSocket, socket: Duplex, upgrade: UpgradeRequest): void {
    const connection = serveConnection(core, ws, socket, upgrade, limits);
    const closed = new Promise<void>((resolve) => {
      ws.once('close', () => {
        connections.delete(connection);
        resolve();
      });
    });
    connections.set(connection, closed);
  }

  return {
    upgrade(request, socket, head) {
      const upgrade = upgradeOf(request);
      const refusal = isClosing
        ? closing()
        : // A client that names no subprotocol means this one.
          (foreignOrigin(request, allowsOrigin) ?? otherSubprotocol(request, subprotocol));
      if (refusal) refuse(request, socket, refusal);
      else server.handleUpgrade(request, socket, head, (ws) => serve(ws, socket, upgrade));
    },

    async close() {
      clearInterval(pulse);
      isClosing = true;
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

/** Serves only upgrades. */
export function open(core: Core, { addressOf, allowsOrigin }: Front): OpenRoom {
  const { upgrade, close } = createWebsocketRoom(core, { addressOf, allowsOrigin });
  return { routes: [{ path: '/ws', upgrade }], close };
}

// `closeTimeout` is missing in the package's types; a variable may have more members than they
// declare.
const settingsOf = (
  limits: Limits,
): ServerOptions<typeof StrictSocket> & { readonly closeTimeout: number } => ({
  noServer: true,
  clientTracking: false,
  WebSocket: StrictSocket,
  // The outbox sends pongs, because it bounds what waits for the peer.
  autoPong: false,
  maxPayload: limits.messageBytes,
  closeTimeout: limits.closeMs,
  // Frames are small, and compression would cost each connection some 300 KiB of zlib state.
  // Compressing secrets together with text that others choose also leaks them (CRIME).
  perMessageDeflate: false,
  handleProtocols: () => subprotocol,
});
