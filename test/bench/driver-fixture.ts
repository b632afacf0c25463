import { once } from 'node:events';
import type { AddressInfo, Server, Socket } from 'node:net';
import { createServer as createTcpServer } from 'node:net';
import { onTestFinished } from 'vitest';
import type { Driver, DriverReply, HttpRequest, ReplyCheck } from '../../bench/drivers/driver.ts';
import { type DriverRequest, openDriver } from '../../bench/drivers/open-driver.ts';

export const host = '127.0.0.1';
export const marker = '5f17e3c0-0000-4000-8000-000000000001';
export const get: HttpRequest = {
  method: 'GET',
  path: '/v1/payments/pay_1?expand=customer',
  headers: { authorization: 'Bearer sk_test_reader', 'x-key': marker },
  body: Buffer.alloc(0),
};
export const post = (body: Uint8Array): HttpRequest => ({ ...get, method: 'POST', body });

/** @param sockets gets the connections */
export async function listening(server: Server, sockets: Set<Socket> = new Set()): Promise<number> {
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
  });
  server.listen(0, host);
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  // A server on a port has an address with one.
  return (server.address() as AddressInfo).port;
}

export interface DriverOpening {
  readonly connections?: number;
  readonly check?: ReplyCheck;
  readonly marker?: string;
  readonly ca?: string;
  readonly timeoutMs?: number;
}

export async function opened(
  prepared: DriverRequest,
  port: number,
  opening: DriverOpening = {},
): Promise<Driver> {
  const options = { host, port, connections: 2, check: () => true, ...opening };
  return closedAtTheEnd(await openDriver(prepared, options));
}

export function closedAtTheEnd(driver: Driver): Driver {
  onTestFinished(() => driver.close());
  return driver;
}

/** Checks one body, and keeps the sizes of what it was shown. */
export const isText = (text: string) => (reply: DriverReply) =>
  reply.status === 200 && Buffer.from(reply.body).toString() === text;

export const times = (count: number, call: () => Promise<void>) =>
  Promise.all(Array.from({ length: count }, call));

export const allDiffer = (texts: readonly unknown[]) => new Set(texts).size === texts.length;

/** A server of bytes: says what `answer` gives for each chunk of requests that it is sent. */
export const rawServer = (onSocket: (socket: Socket) => void) =>
  listening(createTcpServer({ noDelay: true }, onSocket));
