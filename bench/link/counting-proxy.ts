import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { LinkCount } from './link-count.ts';

export { countedBetween, type LinkCount } from './link-count.ts';

/** A link between client and server that counts what goes over it. */
export interface CountingProxy {
  readonly port: number;
  count(): LinkCount;
  close(): Promise<void>;
}

/**
 * Forwards TCP and counts payload, headers and framing of the application included, those of TCP
 * and IP not. It is never in a timed path.
 */
export async function startCountingProxy(targetPort: number): Promise<CountingProxy> {
  let sentBytes = 0;
  let receivedBytes = 0;
  let connections = 0;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    connections += 1;
    const upstream = connect(targetPort, '127.0.0.1');
    client.on('data', (chunk) => {
      sentBytes += chunk.length;
    });
    upstream.on('data', (chunk) => {
      receivedBytes += chunk.length;
    });
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      from.setNoDelay(true).pipe(to);
      from.on('error', () => to.destroy());
      from.on('close', () => sockets.delete(from));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    // A TCP server that listens has an address with a port.
    port: (server.address() as AddressInfo).port,
    count: () => ({ sentBytes, receivedBytes, connections }),
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
