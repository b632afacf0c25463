import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { createSseListener, type SseOptions } from '../../services/sse/server.ts';
import type { House } from '../house.ts';

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
    /** Breaks every connection off. */
    cut,
    close() {
      cut();
      server.close();
    },
  };
}

export type Room = Awaited<ReturnType<typeof openRoom>>;
