import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { type ClientOptions, WebSocket } from 'ws';
import type { Core } from '../../services/core/invoke.ts';
import type { Ports } from '../../services/core/ports.ts';
import type { Limits } from '../../services/websocket/limits.ts';
import { createWebsocketRoom, type WebsocketRoom } from '../../services/websocket/server.ts';
import type { Front } from '../../services/wire/front.ts';
import { adminKey, openHouse } from '../house.ts';

/** A room on a port of its own. */
export async function serve(room: WebsocketRoom) {
  const sockets = new Set<Socket>();
  const server = createServer();
  server.on('upgrade', room.upgrade);
  server.on('connection', (socket) => sockets.add(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    room,
    /** The server's side of every connection so far. */
    sockets,
    port,
    url: `ws://127.0.0.1:${port}/ws`,
    async close() {
      await room.close();
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

/** A room with a house of its own, on a port of its own. */
export async function openRoom(
  limits: Partial<Limits & Front> = {},
  coreOf: (core: Core) => Core = (core) => core,
  changes: Partial<Ports> = {},
) {
  const house = await openHouse('sqlite::memory:', changes);
  const served = await serve(createWebsocketRoom(coreOf(house.core), limits));
  return {
    ...house,
    ...served,
    async close() {
      await served.close();
      await house.close();
    },
  };
}

export type Room = Awaited<ReturnType<typeof openRoom>>;

/** A frame of the server; tests say what they expect in it. */
export type Frame = { readonly id?: string; readonly type: string } & Readonly<
  Record<string, unknown>
>;

/** A client at the level of frames. */
export interface Peer {
  readonly ws: WebSocket;
  /** Objects are sent as JSON, texts and bytes as they are. */
  send(frame: object | string | Buffer): void;
  /** The next frame, which may have come already. */
  next(): Promise<Frame>;
  /** Every received frame that `next` has not returned. */
  readonly frames: readonly Frame[];
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
}

/** Connects; says nothing yet. @throws Error when the upgrade is refused */
export async function connect(
  { url }: Pick<Room, 'url'>,
  options: ClientOptions = {},
  protocols: string[] = ['payments.v1.json'],
): Promise<Peer> {
  const ws = new WebSocket(url, protocols, options);
  const frames: Frame[] = [];
  const waiting: ((frame: Frame) => void)[] = [];
  ws.on('message', (data: Buffer) => {
    const frame = JSON.parse(data.toString()) as Frame;
    const first = waiting.shift();
    if (first) first(frame);
    else frames.push(frame);
  });
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    ws.on('close', (code, reason) => resolve({ code, reason: reason.toString() }));
  });
  await once(ws, 'open');
  ws.on('error', () => {});
  return {
    ws,
    frames,
    closed,
    send: (frame) =>
      ws.send(typeof frame === 'string' || Buffer.isBuffer(frame) ? frame : JSON.stringify(frame)),
    next() {
      const frame = frames.shift();
      if (frame) return Promise.resolve(frame);
      return new Promise((resolve) => waiting.push(resolve));
    },
  };
}

/** Connects and is welcome. */
export async function enter(room: Pick<Room, 'url'>, key = adminKey): Promise<Peer> {
  const peer = await connect(room);
  peer.send({ type: 'hello', key });
  const welcome = await peer.next();
  if (welcome.type !== 'welcome') throw new Error(`Expected welcome, got ${welcome.type}`);
  return peer;
}

/** A payment's input in JSON. */
export const payment = {
  amount: 1200,
  currency: 'GBP',
  payment_method: 'pm_card_ok',
};
