import { type AddressInfo, createServer, type Server, Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { createAlarm } from './alarm.ts';
import {
  createDelayLine,
  createTransmitter,
  handshake,
  type Timer,
  type Transmitter,
} from './delay-line.ts';
import type { LinkCount } from './link-count.ts';
import type { LinkOptions, LinkOrder, LinkReply } from './links.ts';

/**
 * The network between client and server, a process of its own: forwards TCP, delays it by half a
 * round trip each path, lets no more than its bandwidth pass, and counts the payload (headers and
 * framing of the application included, those of TCP and IP not).
 *
 * Not modelled: loss, congestion and slow start. A real connection starts with about 14 KB a round
 * trip (RFC 6928), sends again what was lost, and shares its path with others; this one never does.
 * Acknowledgements cost nothing, and the names of hosts are looked up at once.
 *
 * It takes orders, a line of JSON each, on the port that it reports to the process that started it.
 * The links of a control connection end with it; this process ends with the one that started it.
 */

const host = '127.0.0.1';

interface OpenLink {
  readonly port: number;
  count(): LinkCount;
  close(): void;
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, host, resolve);
  });
  // A TCP server that listens has an address with a port.
  return (server.address() as AddressInfo).port;
}

interface Direction {
  readonly timer: Timer;
  readonly delayMs: number;
  readonly transmit: Transmitter;
  count(bytes: number): void;
}

/** Sends on what `from` says to `to`, as soon as `from` is resumed. */
function join(from: Socket, to: Socket, { count, ...direction }: Direction): void {
  const line = createDelayLine({
    ...direction,
    deliver(passage, taken) {
      if (passage === 'end') to.end();
      else if (passage === 'reset') to.resetAndDestroy();
      else to.write(passage, taken);
    },
    pause: () => from.pause(),
    resume: () => from.resume(),
  });
  from.setNoDelay(true);
  from.on('data', (chunk: Buffer) => {
    count(chunk.length);
    line.send(chunk);
  });
  from.on('end', () => line.send('end'));
  // What is wrong is in the event that follows.
  from.on('error', () => {});
  from.on('close', (isBroken) => {
    if (isBroken || !from.readableEnded) line.send('reset');
  });
}

/** All that the connections of a link have in common. */
interface LinkPath {
  readonly timer: Timer;
  readonly target: { readonly host: string; readonly port: number };
  readonly rttMs: number;
  readonly there: Direction;
  readonly back: Direction;
}

/** Connects the two, and lets them speak when a handshake would have let them. */
function introduce(client: Socket, upstream: Socket, path: LinkPath): void {
  const { timer, target, rttMs, there, back } = path;
  join(client, upstream, there);
  join(upstream, client, back);
  // For the client's kernel, the connection is open already, without a round trip. So what both
  // sides send waits in their sockets.
  const { synArrivesMs, clientSendsMs, serverSendsMs } = handshake(timer.now(), rttMs);
  timer.at(synArrivesMs, () => {
    if (!client.destroyed) upstream.connect(target);
  });
  timer.at(clientSendsMs, () => client.resume());
  timer.at(serverSendsMs, () => upstream.resume());
}

/** JSON makes null of a number that is none. */
const isWithin = (value: number | null, least: number, most = Number.MAX_VALUE) =>
  value !== null && value >= least && value <= most;

function checkOptions({ targetPort, rttMs, bytesPerSecond = 1 }: LinkOptions): void {
  if (!isWithin(targetPort, 1, 65_535))
    throw new Error(`Expected a port to forward to, got ${targetPort}.`);
  if (!isWithin(rttMs, 0)) throw new Error(`Expected a round trip of 0 ms or more, got ${rttMs}.`);
  if (!isWithin(bytesPerSecond, 1))
    throw new Error(`Expected a bandwidth of 1 byte/s or more, got ${bytesPerSecond}.`);
}

/** @throws Error if the options are not those of a link */
async function openLink(timer: Timer, options: LinkOptions): Promise<OpenLink> {
  checkOptions(options);
  const { host: targetHost = host, targetPort, rttMs, bytesPerSecond } = options;
  const counted = { sentBytes: 0, receivedBytes: 0, connections: 0 };
  const direction = (field: 'sentBytes' | 'receivedBytes'): Direction => ({
    timer,
    delayMs: rttMs / 2,
    transmit: createTransmitter(bytesPerSecond),
    count: (bytes) => {
      counted[field] += bytes;
    },
  });
  const path: LinkPath = {
    timer,
    target: { host: targetHost, port: targetPort },
    rttMs,
    there: direction('sentBytes'),
    back: direction('receivedBytes'),
  };
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (client) => {
    counted.connections += 1;
    const upstream = new Socket({ allowHalfOpen: true }).pause();
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
    }
    introduce(client, upstream, path);
  });
  const port = await listen(server);
  return {
    port,
    count: () => ({ ...counted }),
    close() {
      server.close();
      for (const socket of sockets) socket.resetAndDestroy();
    },
  };
}

type OpenLinks = Map<number, OpenLink>;

async function obey(timer: Timer, links: OpenLinks, { id, wish }: LinkOrder): Promise<LinkReply> {
  if ('open' in wish) {
    const link = await openLink(timer, wish.open);
    links.set(link.port, link);
    return { id, port: link.port, count: link.count() };
  }
  const port = 'count' in wish ? wish.count : wish.close;
  const link = links.get(port);
  if (!link) throw new Error(`Expected the port of an open link, got ${port}.`);
  if ('close' in wish) {
    link.close();
    links.delete(port);
  }
  return { id, port, count: link.count() };
}

function takeOrders(timer: Timer, control: Socket): void {
  const links: OpenLinks = new Map();
  const closeAll = () => {
    for (const link of links.values()) link.close();
    links.clear();
  };
  createInterface({ input: control }).on('line', async (line) => {
    // Only `links.ts` sends orders.
    const order = JSON.parse(line) as LinkOrder;
    const answer = await obey(timer, links, order).catch(
      (error: Error): LinkReply => ({ id: order.id, error: error.message }),
    );
    if (control.writable) control.write(`${JSON.stringify(answer)}\n`);
    // Whoever ordered a link that was not open yet is gone.
    else closeAll();
  });
  control.on('error', () => {});
  control.on('close', closeAll);
  // Its own end shows that all is closed.
  control.on('end', () => {
    closeAll();
    control.end();
  });
}

// A terminal interrupts the whole group; the process that started this one decides.
process.on('SIGINT', () => {});
process.once('disconnect', () => process.exit());
// It may have gone while this was loading.
if (!process.connected) process.exit();
const timer = await createAlarm();
const server = createServer({ allowHalfOpen: true }, (control) => takeOrders(timer, control));
process.send?.({ control: await listen(server) });
