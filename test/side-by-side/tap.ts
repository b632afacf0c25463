import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What went over one connection, by direction. */
export interface Tapped {
  readonly request: Buffer;
  readonly response: Buffer;
}

/** A link to a server that keeps the bytes of all of its connections, in their order. */
export interface Tap {
  readonly port: number;
  /** Resolves when nothing has come for a while. */
  quiet(): Promise<void>;
  connections(): Tapped[];
  close(): void;
}

const quietMs = 40;

export async function openTap(to: number): Promise<Tap> {
  const sockets = new Set<Socket>();
  const kept: { request: Buffer[]; response: Buffer[] }[] = [];
  let received = 0;
  const server = createServer((client) => {
    const chunks: (typeof kept)[number] = { request: [], response: [] };
    kept.push(chunks);
    const upstream = connect(to, '127.0.0.1');
    for (const [from, into, side] of [
      [client, upstream, chunks.request],
      [upstream, client, chunks.response],
    ] as const) {
      sockets.add(from);
      from.setNoDelay();
      from.on('data', (bytes: Buffer) => {
        received += 1;
        side.push(bytes);
        into.write(bytes);
      });
      from.on('end', () => into.end());
      from.on('error', () => into.destroy());
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    // A server on a port has an address with one.
    port: (server.address() as AddressInfo).port,
    async quiet() {
      for (let seen = -1; seen !== received; ) {
        seen = received;
        await sleep(quietMs);
      }
    },
    connections: () =>
      kept.map(({ request, response }) => ({
        request: Buffer.concat(request),
        response: Buffer.concat(response),
      })),
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
