import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { createSseListener, type SseOptions } from '../../services/sse/server.ts';
import { adminKey, type House, openHouse } from '../house.ts';

/** The room of a house, on a port of its own. */
export async function openRoom(house: Pick<House, 'core'>, options: SseOptions = {}) {
  const sockets = new Set<Socket>();
  const server = createServer(createSseListener(house.core, options));
  server.on('connection', (socket) => sockets.add(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port,
    /** The server's side of every connection so far. */
    sockets,
    url: `http://127.0.0.1:${port}/v1/events`,
    /** Destroys every connection. */
    cut,
    close() {
      cut();
      server.close();
    },
  };
}

export type Room = Awaited<ReturnType<typeof openRoom>>;

/** A room and its house, with a way to create events. */
export interface SseHouse {
  readonly house: House;
  readonly room: Room;
  /** Creates a confirmed payment, which gives two events. */
  pay(metadata?: Record<string, string>): Promise<void>;
  lastSequence(): Promise<number>;
  close(): Promise<void>;
}

export const caller = { credential: adminKey, requestId: 'test' };

export async function openSseHouse(): Promise<SseHouse> {
  const house = await openHouse();
  const room = await openRoom(house, { retryMs: 20 });
  let made = 0;
  return {
    house,
    room,
    async pay(metadata = {}) {
      made += 1;
      await house.core.invoke(
        'createPayment',
        { ...caller, idempotencyKey: `pay-${made}` },
        { amount: 100, currency: 'GBP', paymentMethod: 'pm_card_ok', confirm: true, metadata },
      );
    },
    lastSequence: async () => await house.store.of('acct_retail').lastSequence(),
    async close() {
      room.close();
      await house.close();
    },
  };
}

/** The `count` whole numbers from `from` on. */
export const upwards = (from: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => from + i);
