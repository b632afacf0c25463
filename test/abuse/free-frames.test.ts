import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { createGraphqlRoom } from '../../services/graphql/server.ts';
import { createWebsocketRoom } from '../../services/websocket/server.ts';
import { createAddressOf } from '../../services/wire/address.ts';
import { createAllowsOrigin } from '../../services/wire/http/origin.ts';
import type { FreeFrames } from '../../services/wire/reading.ts';
import { openHouse } from '../house.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** A frame of a client, masked with zeros. */
const frame = (opcode: number, text = ''): Buffer =>
  Buffer.concat([Buffer.from([0x80 | opcode, 0x80 | text.length, 0, 0, 0, 0]), Buffer.from(text)]);

const rooms = {
  'payments.v1.json': '/ws',
  'graphql-transport-ws': '/graphql',
};
type Protocol = keyof typeof rooms;

/** One room over a port of its own, and the server's side of one connection to it. */
async function connected(protocol: Protocol, limits: FreeFrames) {
  const house = await openHouse();
  const front = { addressOf: createAddressOf([]), allowsOrigin: createAllowsOrigin([]) };
  const room =
    protocol === 'payments.v1.json'
      ? createWebsocketRoom(house.core, { ...front, ...limits })
      : createGraphqlRoom(house.core, { ...front, sockets: limits });
  const server = createServer((_, response) => void response.end());
  server.on('upgrade', room.upgrade);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const arrived = once(server, 'connection') as Promise<[Socket]>;
  const ws = new WebSocket(`ws://127.0.0.1:${port}${rooms[protocol]}`, protocol);
  ws.on('error', () => {});
  await once(ws, 'open');
  const [socket] = await arrived;
  closers.push(async () => {
    ws.terminate();
    socket.destroy();
    await room.close();
    server.close();
    await house.close();
  });
  /** Another client's request, from its start to its end. */
  const roundTrip = async () => {
    const asked = request({ port, agent: false }).end();
    const [response] = await once(asked, 'response');
    await once(response.resume(), 'end');
  };
  return { socket, raw: (ws as unknown as { readonly _socket: Socket })._socket, roundTrip };
}

const floods: readonly (readonly [what: string, Protocol, first: Buffer | undefined, Buffer])[] = [
  ['pings', 'payments.v1.json', undefined, frame(0x9)],
  ['pongs', 'payments.v1.json', undefined, frame(0xa)],
  ['commands after one that ended it', 'payments.v1.json', frame(0x1, '?'), frame(0x1, '?')],
  ['pings', 'graphql-transport-ws', undefined, frame(0x9)],
  ['pongs', 'graphql-transport-ws', undefined, frame(0xa)],
  ['pings of the protocol', 'graphql-transport-ws', undefined, frame(0x1, '{"type":"ping"}')],
  ['pongs of the protocol', 'graphql-transport-ws', undefined, frame(0x1, '{"type":"pong"}')],
  [
    'ends of nothing',
    'graphql-transport-ws',
    undefined,
    frame(0x1, '{"type":"complete","id":"1"}'),
  ],
  ['messages after one that ended it', 'graphql-transport-ws', frame(0x1, '?'), frame(0x1, '?')],
];
const floodBytes = 2_000_000;
/** What was read before the server could stop, and what the socket holds. */
const readAtMost = floodBytes / 4;

describe('a WebSocket that is flooded with frames that take no tokens', () => {
  test.each(floods)('is not read without a pause: %s, %s', async (_, protocol, first, one) => {
    const long = { freeFrames: 100, freeFramesMs: 3_600_000 };
    const { socket, raw, roundTrip } = await connected(protocol, long);
    if (first) raw.write(first);
    const flood = Buffer.concat(Array<Buffer>(Math.ceil(floodBytes / one.length)).fill(one));
    raw.write(flood);
    // Without the limit, all of it would be read while the other client is served.
    for (let trip = 0; trip < 100 && socket.bytesRead < flood.length; trip += 1) await roundTrip();
    expect(socket.bytesRead).toBeLessThan(readAtMost);
  });

  test.each(floods)(
    'is read to the end in small portions: %s, %s',
    async (_, protocol, __, one) => {
      const { socket, raw, roundTrip } = await connected(protocol, {
        freeFrames: 100,
        freeFramesMs: 5,
      });
      const before = socket.bytesRead;
      const flood = Buffer.concat(Array<Buffer>(2000).fill(one));
      raw.write(flood);
      while (socket.bytesRead < before + flood.length && !socket.destroyed) await roundTrip();
      expect(socket.bytesRead).toBeGreaterThanOrEqual(before + flood.length);
    },
  );
});
