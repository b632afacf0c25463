import { flushCompileCache } from 'node:module';
import { setImmediate as turn } from 'node:timers/promises';
import { runInBackground } from './background.ts';
import { type Config, readConfig, type Wire } from './config.ts';
import { type Core, createCore } from './core/invoke.ts';
import type { Ports } from './core/ports.ts';
import type { Store } from './core/store.ts';
import { createDemoMerchants, demoKeys, retailMerchant } from './demo/merchants.ts';
import { createHttpFront, type HttpRooms } from './http.ts';
import { openHttp1, openHttp2 } from './http-servers.ts';
import { catchTheRest } from './last-net.ts';
import { createLog, type Log } from './log.ts';
import { createMetrics } from './metrics.ts';
import { recordCalls } from './observe.ts';
import { createPorts } from './ports.ts';
import { openStore } from './storage/open.ts';
import { readTls, type Tls } from './tls.ts';
import { createAddressOf } from './wire/address.ts';
import type { Drain, Front } from './wire/front.ts';
import { createAllowsOrigin } from './wire/http/origin.ts';

const defaultDrain: Drain = { idleMs: 0, callsMs: 10_000 };
/** How long what is left after closing may keep the process. */
const exitMs = 500;
const invoicesPath = new URL('../bench/data/online-retail-invoices.csv', import.meta.url);

type Close = (drain: Drain) => Promise<void>;

/** A running server. Ports are those really bound. */
export interface Fivewire {
  readonly ports: { readonly http: number; readonly grpc?: number; readonly http2?: number };
  readonly core: Core;
  readonly store: Store;
  /** Logs and counts a failure that belongs to no call. */
  readonly report: Log['failure'];
  /** Ends every wire, after the calls that run. */
  close(drain?: Partial<Drain>): Promise<void>;
}

/**
 * Opens the database and the wires that `config` names; resolves when all of them listen. Where one
 * cannot, all that was opened before it is closed again.
 */
export async function start(config: Config, signal?: AbortSignal): Promise<Fivewire> {
  const tls = config.tls && readTls(config.tls);
  const store = await openStore(config.databaseUrl);
  const closers: Close[] = [];
  const close = async (drain: Partial<Drain> = {}) => {
    await Promise.all(closers.map((closeOne) => closeOne({ ...defaultDrain, ...drain })));
    // Calls that were cut off end before the store does.
    await turn();
    await store.close();
  };
  try {
    return { ...(await open(config, tls, store, closers, signal)), store, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** @param closers gets what closes each part, as soon as it is open */
async function open(
  config: Config,
  tls: Tls | undefined,
  store: Store,
  closers: Close[],
  signal?: AbortSignal,
): Promise<Pick<Fivewire, 'ports' | 'core' | 'report'>> {
  const metrics = createMetrics(store);
  closers.push(async () => metrics.close());
  const log = createLog(config.log);
  const observe = recordCalls((call) => {
    metrics.record(call);
    log.call(call);
  });
  const report: Log['failure'] = (kind, error, work) => {
    metrics.failed(kind);
    log.failure(kind, error, work);
  };
  const { addressLimit } = config;
  const ports = await createPorts(store, undefined, { observe, addressLimit });
  const core = createCore(ports);
  if (config.demo) await createDemo(ports, config, signal);

  const front: Front = {
    addressOf: createAddressOf(config.trustedProxies),
    allowsOrigin: createAllowsOrigin(config.corsOrigins),
  };
  const place = { host: config.host, tls };
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
    Object.assign(rooms, { rest: createRestListener(core, front) });
  });
  await ifOpen('sse', async () => {
    const { createSseListener } = await import('./sse/server.ts');
    Object.assign(rooms, { sse: createSseListener(core, { ...front, signal: streams.signal }) });
  });
  await ifOpen('graphql', async () => {
    const { createGraphqlRoom } = await import('./graphql/server.ts');
    const { graphqlHost: host, graphqlLoaders: loaders } = config;
    const graphql = createGraphqlRoom(core, { ...front, host, loaders });
    Object.assign(rooms, { graphql });
    closers.push(graphql.close);
  });
  await ifOpen('websocket', async () => {
    const { createWebsocketRoom } = await import('./websocket/server.ts');
    const websocket = createWebsocketRoom(core, front);
    Object.assign(rooms, { websocket });
    closers.push(websocket.close);
  });
  await ifOpen('grpc', async () => {
    const { startGrpcServer } = await import('./grpc/server.ts');
    const grpc = await startGrpcServer(core, { ...place, port: config.grpcPort }, front);
    bound.grpc = grpc.port;
    closers.push(grpc.close);
  });

  const http = createHttpFront({
    core,
    rooms,
    addressOf: front.addressOf,
    metrics: metrics.render,
    whyNotReady: async () => {
      const readiness = await store.ready();
      return readiness.ready ? undefined : readiness.message;
    },
  });
  const http1 = await openHttp1(http, { ...place, port: config.httpPort });
  bound.http = http1.port;
  closers.push(http1.close);
  if (config.http2Port !== undefined) {
    const http2 = await openHttp2(http, { ...place, port: config.http2Port });
    bound.http2 = http2.port;
    closers.push(http2.close);
  }
  closers.unshift(async () => http.drain());

  closers.push(
    runInBackground(core.background, (name, error) => report('background', error, name)),
  );
  return { ports: bound, core, report };
}

/** The demo merchants; on an empty database also the real invoices, with their progress. */
async function createDemo(ports: Ports, config: Config, signal?: AbortSignal): Promise<void> {
  await createDemoMerchants(ports);
  if ((await ports.store.of(retailMerchant).lastSequence()) > 0) return;
  if (config.databaseUrl === 'sqlite::memory:') {
    const { importDemo } = await import('./demo/import.ts');
    await importDemo(ports, { csvPath: invoicesPath, signal });
    return;
  }
  // The memory that an import takes goes with its process.
  const { importApart } = await import('./demo/import-apart.ts');
  await importApart(config.databaseUrl, signal);
}

function announce({ ports }: Fivewire, config: Config): void {
  if (!process.stdout.isTTY) {
    console.log(`ready ${JSON.stringify({ ...ports, ...(config.tls && { scheme: 'https' }) })}`);
    return;
  }
  const scheme = config.tls ? 'https' : 'http';
  console.log(`HTTP    ${scheme}://${config.host}:${ports.http}`);
  if (ports.http2 !== undefined) console.log(`HTTP/2  ${scheme}://${config.host}:${ports.http2}`);
  if (ports.grpc !== undefined) {
    console.log(`gRPC    ${config.host}:${ports.grpc}${config.tls ? ' (TLS)' : ''}`);
  }
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
  let term = false;
  process.once('SIGINT', () => stop.abort());
  process.once('SIGTERM', () => {
    term = true;
    stop.abort();
  });
  const config = readConfig(process.env);
  const fivewire = await start(config, stop.signal);
  catchTheRest(fivewire.report);
  finishLoading();
  announce(fivewire, config);
  if (!stop.signal.aborted) {
    await new Promise((resolve) => stop.signal.addEventListener('abort', resolve, { once: true }));
  }
  await fivewire.close({ idleMs: term ? config.drainMs : 0 });
  // grpc-js does not know a client that has not ended its TLS handshake, and so parts with none.
  setTimeout(() => process.exit(), exitMs).unref();
}

/** Serves as the environment asks, until SIGINT or SIGTERM; says in one line why it cannot. */
export async function main(): Promise<void> {
  try {
    await serve();
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    // A value or a path that an error repeats may have several lines.
    console.error(said.replace(/\s*\n\s*/g, ' '));
    process.exitCode = 1;
  }
}

if (import.meta.main) await main();
