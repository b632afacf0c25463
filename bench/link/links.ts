import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { endNode, keepLastWords, startNode } from '../process/child.ts';
import { median } from '../statistics/paired.ts';
import type { LinkCount } from './link-count.ts';

export interface LinkOptions {
  /** Of the target; defaults to this machine. */
  readonly host?: string;
  readonly targetPort: number;
  /** There and back, half of it each way. */
  readonly rttMs: number;
  /** Of each direction, for all connections together; unlimited if omitted. */
  readonly bytesPerSecond?: number;
}

/** What is said on the control connection. A link is known by its port. */
export interface LinkOrder {
  readonly id: number;
  readonly wish: Wish;
}
type Wish =
  | { readonly open: LinkOptions }
  | { readonly count: number }
  | { readonly close: number };
export type LinkReply =
  | { readonly id: number; readonly port: number; readonly count: LinkCount }
  | { readonly id: number; readonly error: string };

/** A port on this machine that leads to the target, with a network in between. */
export interface Link {
  readonly port: number;
  /** Payload as it entered the link, since it was opened. */
  count(): Promise<LinkCount>;
  /** Breaks what is connected, and takes no more connections. */
  close(): Promise<void>;
}

/** The links that one process has open. */
export interface Links {
  /** @throws Error if the options are not those of a link */
  open(options: LinkOptions): Promise<Link>;
  /** Closes them all. */
  close(): Promise<void>;
}

export interface LinkProcess {
  readonly pid: number;
  readonly controlPort: number;
  stop(): Promise<void>;
}

const localhost = '127.0.0.1';
const path = fileURLToPath(new URL('./proxy.ts', import.meta.url));

/** Starts the process that the links are in. @throws Error with its last words */
export async function startLinkProcess(): Promise<LinkProcess> {
  const child = startNode({ args: [path], core: 1, ipc: true });
  const lastWords = keepLastWords(child);
  const controlPort = await new Promise<number>((resolve, reject) => {
    const fail = (what: unknown) =>
      reject(new Error(`Expected the link's control port, got ${what}. ${lastWords()}`));
    child.once('error', fail);
    child.once('close', (code, signal) => fail(`its end by ${signal ?? code}`));
    // The process says nothing else.
    child.once('message', (said) => resolve((said as { readonly control: number }).control));
  });
  // A process that said something has an id.
  return { pid: child.pid as number, controlPort, stop: () => endNode(child) };
}

/** Connects to the process that the links are in. What is opened ends with this connection. */
export async function connectLinks(controlPort: number): Promise<Links> {
  const control = connect(controlPort, localhost);
  const asked = new Map<number, (answer: LinkReply) => void>();
  await once(control, 'connect');
  createInterface({ input: control }).on('line', (line) => {
    // Only the proxy answers here.
    const answer = JSON.parse(line) as LinkReply;
    asked.get(answer.id)?.(answer);
    asked.delete(answer.id);
  });
  control.on('error', () => {});
  control.on('close', () => {
    for (const [id, answer] of asked)
      answer({ id, error: 'Expected a reply of the links, got their end.' });
  });

  let lastId = 0;
  async function ask(wish: Wish) {
    lastId += 1;
    const order: LinkOrder = { id: lastId, wish };
    const answer = await new Promise<LinkReply>((resolve) => {
      asked.set(order.id, resolve);
      control.write(`${JSON.stringify(order)}\n`, (error) => {
        if (error) resolve({ id: order.id, error: error.message });
      });
    });
    if ('error' in answer) throw new Error(answer.error);
    return answer;
  }
  return {
    async open(options) {
      const { port } = await ask({ open: options });
      let closed: Promise<unknown> | undefined;
      return {
        port,
        count: async () => (await ask({ count: port })).count,
        async close() {
          closed ??= ask({ close: port });
          await closed;
        },
      };
    },
    async close() {
      if (control.destroyed) return;
      const closed = once(control, 'close');
      control.end();
      await closed;
    },
  };
}

/**
 * The round-trip time that a link achieves, milliseconds: the median of `times` bytes, sent one
 * after the other over one connection to a server that says them again.
 */
export async function measureRtt(links: Links, rttMs: number, times: number): Promise<number> {
  const server = createServer((socket) => {
    socket
      .setNoDelay(true)
      .on('error', () => {})
      .pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, localhost, resolve));
  // A TCP server that listens has an address with a port.
  const { port: targetPort } = server.address() as AddressInfo;
  const link = await links.open({ targetPort, rttMs });
  const socket = connect({ port: link.port, host: localhost, noDelay: true });
  try {
    const takenMs: number[] = [];
    // The first one has the handshake in it.
    for (let turn = 0; turn <= times; turn += 1) {
      const sentMs = performance.now();
      socket.write('x');
      await once(socket, 'data');
      if (turn > 0) takenMs.push(performance.now() - sentMs);
    }
    return median(takenMs);
  } finally {
    socket.on('error', () => {}).destroy();
    await link.close();
    server.close();
  }
}
