import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createHttp2Server, type Http2Server, type Http2Session } from 'node:http2';
import { flushCompileCache } from 'node:module';
import type { AddressInfo, Server as NetServer } from 'node:net';
import type { Duplex } from 'node:stream';
import { type Config, readConfig, type Wire } from './config.ts';
import { type Core, createCore } from './core/invoke.ts';
import type { CallRecord, Ports, Store } from './core/ports.ts';
import { createDemoMerchants, demoKeys, retailMerchant } from './demo/merchants.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { createPorts } from './ports.ts';
import { prefersEventStream } from './sse/accept.ts';
import { openStore } from './storage/open.ts';
import { requestIdOf } from './wire/request-id.ts';

const settleEveryMs = 250;
const forgetEveryMs = 60 * 60 * 1000;
const invoicesPath = new URL('../bench/data/online-retail-invoices.csv', import.meta.url);
/** How long calls that run at shutdown may take. */
const drainMs = 3000;
/** How long peers of a protocol that was upgraded to may take to say goodbye. */
const partingMs = 4000;

/** What one HTTP server is made of; a wire that is not open is absent. */
interface HttpRooms {
  readonly rest?: RequestListener;
  readonly sse?: RequestListener;
  readonly graphql?: { readonly listener: RequestListener; readonly upgrade: Upgrade };
  readonly websocket?: { readonly upgrade: Upgrade };
}

type Upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
type Close = () => Promise<void>;

/** A running server. Ports are those really bound. */
export interface Fivewire {
  readonly ports: { readonly http: number; readonly grpc?: number; readonly http2?: number };
  readonly core: Core;
  readonly store: Store;
  close(): Promise<void>;
}

/**
 * Opens the database and the wires that `config` names; resolves when all of them listen. Where one
 * cannot, all that was opened before it is closed again.
 */
export async function start(config: Config, signal?: AbortSignal): Promise<Fivewire> {
  const store = await openStore(config.databaseUrl);
  const closers: Close[] = [];
  const close = async () => {
    await Promise.all(closers.map((closeOne) => closeOne()));
    await store.close();
  };
  try {
    return { ...(await open(config, store, closers, signal)), store, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** @param closers gets what closes each part, as soon as it is open */
async function open(
  config: Config,
  store: Store,
  closers: Close[],
  signal?: AbortSignal,
): Promise<Pick<Fivewire, 'ports' | 'core'>> {
  const metrics = createMetrics(store);
  const ports = await createPorts(store, undefined, (call) => {
    metrics.record(call);
    if (config.log !== 'off') logCall(call, config.log);
  });
  const core = createCore(ports);
  if (config.demo) await createDemo(ports, config, signal);

  const rooms: HttpRooms = {};
  const streams = new AbortController();
  closers.push(async () => streams.abort());
  const bound: { http: number; grpc?: number; http2?: number } = { http: 0 };
  const ifOpen = async (wire: Wire, how: () => Promise<void>) => {
    if (config.wires.has(wire)) await how();
  };

  // Rooms are loaded when their wire is open: a server of one wire pays for no other's library.
  await ifOpen('rest', async () => {
    const { createRestListener } = await import('./rest/server.ts');
    Object.assign(rooms, { rest: createRestListener(core) });
  });
  await ifOpen('sse', async () => {
    const { createSseListener } = await import('./sse/server.ts');
    Object.assign(rooms, { sse: createSseListener(core, { signal: streams.signal }) });
  });
  await ifOpen('graphql', async () => {
    const { createGraphqlRoom } = await import('./graphql/server.ts');
    const graphql = createGraphqlRoom(core, { loaders: config.graphqlLoaders });
    Object.assign(rooms, { graphql });
    closers.push(graphql.close);
  });
  await ifOpen('websocket', async () => {
    const { createWebsocketRoom } = await import('./websocket/server.ts');
    const websocket = createWebsocketRoom(core);
    Object.assign(rooms, { websocket });
    closers.push(websocket.close);
  });
  await ifOpen('grpc', async () => {
    const { startGrpcServer } = await import('./grpc/server.ts');
    const grpc = await startGrpcServer(core, { host: config.host, port: config.grpcPort });
    bound.grpc = grpc.port;
    closers.push(grpc.close);
  });

  const listener = httpListener(rooms, store, metrics);
  const upgraded = new Set<Duplex>();
  const server = createServer(
    // Everything else is answered as if it had not asked for more (RFC 9110 §7.8), such as the
    // `Upgrade: h2c` of `curl --http2`.
    { shouldUpgradeCallback: (request) => upgradeOf(rooms, request) !== undefined },
    listener,
  );
  server.on('upgrade', (request, socket, head) => {
    // The server listens no more to this socket, and an error that nobody hears ends the process.
    socket.on('error', () => socket.destroy());
    upgraded.add(socket);
    socket.once('close', () => upgraded.delete(socket));
    upgradeOf(rooms, request)?.(request, socket, head);
  });
  bound.http = await listen(server, config.httpPort, config.host);
  closers.push(() => closeHttp(server, upgraded));
  if (config.http2Port !== undefined) {
    // The listener asks nothing of a request that HTTP/2's compatibility API does not have.
    const http2 = createHttp2Server(listener as unknown as Parameters<typeof createHttp2Server>[0]);
    const sessions = new Set<Http2Session>();
    http2.on('session', (session) => {
      sessions.add(session);
      session.on('close', () => sessions.delete(session));
    });
    bound.http2 = await listen(http2, config.http2Port, config.host);
    closers.push(() => closeHttp2(http2, sessions));
  }

  const timers = [
    setInterval(() => background(() => core.settleDue()), settleEveryMs),
    setInterval(() => background(() => store.deleteExpiredRecords(Date.now())), forgetEveryMs),
  ];
  closers.push(async () => {
    for (const timer of timers) clearInterval(timer);
  });
  return { ports: bound, core };
}

/** The demo merchants; on an empty database also the real invoices, with their progress. */
async function createDemo(ports: Ports, config: Config, signal?: AbortSignal): Promise<void> {
  await createDemoMerchants(ports);
  if ((await ports.store.read.lastSequence(retailMerchant)) > 0) return;
  if (config.databaseUrl === 'sqlite::memory:') {
    const { importDemo } = await import('./demo/import.ts');
    await importDemo(ports, { csvPath: invoicesPath, signal });
    return;
  }
  // The memory that an import takes goes with its process.
  const { importApart } = await import('./demo/import-apart.ts');
  await importApart(config.databaseUrl, signal);
}

function httpListener(rooms: HttpRooms, store: Store, metrics: Metrics): RequestListener {
  return (request, response) => {
    const url = request.url ?? '/';
    const path = url.startsWith('/v1/payments') ? '' : pathOf(url);
    switch (path) {
      case '/graphql':
        if (rooms.graphql) return rooms.graphql.listener(request, response);
        break;
      case '/v1/events':
        if (rooms.sse && prefersEventStream(request.headers.accept)) {
          return rooms.sse(request, response);
        }
        break;
      case '/healthz':
        return respond(request, response, 200, 'ok\n');
      case '/readyz':
        store.merchant(retailMerchant).then(
          () => respond(request, response, 200, 'ready\n'),
          () => respond(request, response, 503, 'the database does not answer\n'),
        );
        return;
      case '/metrics':
        return respond(request, response, 200, metrics.render(), 'text/plain; version=0.0.4');
    }
    if (rooms.rest) return rooms.rest(request, response);
    respond(request, response, 404, 'This wire is not open.\n');
  };
}

/** What takes over the connection of a request that asks for another protocol, if anything. */
function upgradeOf(rooms: HttpRooms, { url = '/', headers }: IncomingMessage): Upgrade | undefined {
  if (headers.upgrade?.toLowerCase() !== 'websocket') return undefined;
  switch (pathOf(url)) {
    case '/ws':
      return rooms.websocket?.upgrade;
    case '/graphql':
      return rooms.graphql?.upgrade;
    default:
      return undefined;
  }
}

/** Without its query; a client may also name the whole URL (RFC 9112 §3.2.2). */
const pathOf = (url: string): string =>
  url.replace(/^https?:\/\/[^/?]*/i, '').split('?', 1)[0] || '/';

function respond(
  { headers }: IncomingMessage,
  response: Parameters<RequestListener>[1],
  status: number,
  body: string,
  contentType = 'text/plain; charset=utf-8',
): void {
  const requestId = requestIdOf(headers['x-request-id']?.toString());
  response.writeHead(status, { 'content-type': contentType, 'x-request-id': requestId }).end(body);
}

const listen = (server: NetServer, port: number, host: string): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });

async function closeHttp(server: Server, upgraded: ReadonlySet<Duplex>): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  // Connections whose last answer is sent only now become idle.
  const idle = setInterval(() => server.closeIdleConnections(), 50);
  const drained = setTimeout(() => server.closeAllConnections(), drainMs);
  const parted = setTimeout(() => {
    for (const socket of upgraded) socket.destroy();
  }, partingMs);
  await closed;
  clearInterval(idle);
  clearTimeout(drained);
  clearTimeout(parted);
}

async function closeHttp2(server: Http2Server, sessions: ReadonlySet<Http2Session>): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  for (const session of sessions) session.close();
  const drained = setTimeout(() => {
    for (const session of sessions) session.destroy();
  }, drainMs);
  await closed;
  clearTimeout(drained);
}

/** Work between calls: its failure is logged and tried again at the next turn. */
function background(work: () => Promise<unknown>): void {
  work().catch((error: unknown) => console.error(error));
}

function logCall(call: CallRecord, level: 'errors' | 'calls'): void {
  if (level === 'errors' && call.code !== 'internal') return;
  const { cause, ...fields } = call;
  console.error(
    JSON.stringify({ ...fields, ...(cause !== undefined && { cause: String(cause) }) }),
  );
  if (call.code === 'internal') console.error(cause);
}

function announce({ ports }: Fivewire, config: Config): void {
  if (!process.stdout.isTTY) {
    console.log(`ready ${JSON.stringify(ports)}`);
    return;
  }
  console.log(`HTTP    http://${config.host}:${ports.http}`);
  if (ports.http2 !== undefined) console.log(`HTTP/2  http://${config.host}:${ports.http2}`);
  if (ports.grpc !== undefined) console.log(`gRPC    ${config.host}:${ports.grpc}`);
  if (!config.demo) return;
  for (const key of demoKeys) console.log(`key     ${key.secret}  (${key.merchant}, ${key.name})`);
}

/** What loading leaves: compiled code for a later start, and garbage. */
function finishLoading(): void {
  flushCompileCache();
  // There under --expose-gc. Nothing less gives the space back that loading made the young
  // generation grow to, and no request waits for it yet.
  globalThis.gc?.({ type: 'major', flavor: 'last-resort' });
}

async function serve(): Promise<void> {
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  process.once('SIGTERM', () => stop.abort());
  const config = readConfig(process.env);
  const fivewire = await start(config, stop.signal);
  finishLoading();
  announce(fivewire, config);
  if (!stop.signal.aborted) {
    await new Promise((resolve) => stop.signal.addEventListener('abort', resolve, { once: true }));
  }
  await fivewire.close();
}

/** Serves as the environment asks, until SIGINT or SIGTERM; says in one line why it cannot. */
export async function main(): Promise<void> {
  try {
    await serve();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}

if (import.meta.main) await main();
