import { flushCompileCache } from 'node:module';
import { setImmediate as turn } from 'node:timers/promises';
import { announce, type BoundPorts, placeOf } from './announce.ts';
import { runInBackground } from './background.ts';
import { type Config, readConfig, type Wire, wires } from './config.ts';
import { open as openConsole } from './console/server.ts';
import { type Core, createCore } from './core/invoke.ts';
import type { Store } from './core/store.ts';
import { createDemo } from './demo/first-start.ts';
import { createHttpFront } from './http.ts';
import { openHttp1, openHttp2 } from './http-servers.ts';
import { catchTheRest } from './last-net.ts';
import { createPorts } from './ports.ts';
import { createReporting, type Reporting } from './reporting.ts';
import { openStore } from './storage/open.ts';
import { readTls, type Tls } from './tls.ts';
import { createAddressOf } from './wire/address.ts';
import type { Drain, Front } from './wire/front.ts';
import { createAllowsOrigin } from './wire/http/origin.ts';
import type { HttpRoute, OpenRoom } from './wire/room.ts';

/** What a room gets when it opens. */
type Settings = Omit<Config, 'tls'> & Front & { readonly tls: Tls | undefined };
interface Room {
  open(core: Core, settings: Settings): OpenRoom | Promise<OpenRoom>;
}

/**
 * Loaded when their wire opens, so that a server of one wire does not load the libraries of others.
 */
const rooms: Readonly<Record<Wire, () => Promise<Room>>> = {
  rest: () => import('./rest/server.ts'),
  grpc: () => import('./grpc/server.ts'),
  graphql: () => import('./graphql/server.ts'),
  sse: () => import('./sse/server.ts'),
  websocket: () => import('./websocket/server.ts'),
};

const defaultDrain: Drain = { idleMs: 0, callsMs: 10_000 };
/** How long leftovers may keep the process alive after closing. */
const exitMs = 500;

type Close = (drain: Drain) => Promise<void>;

/** A running server. The ports are those actually bound. */
export interface Fivewire {
  readonly ports: BoundPorts;
  readonly core: Core;
  readonly store: Store;
  readonly report: Reporting['report'];
  /** Ends every wire, after the running calls. */
  close(drain?: Partial<Drain>): Promise<void>;
}

/**
 * Opens the database and the wires that `config` names; resolves when all of them listen. If one
 * cannot open, everything opened before it is closed again.
 */
export async function start(config: Config, signal?: AbortSignal): Promise<Fivewire> {
  const tls = config.tls && readTls(config.tls);
  const store = await openStore(config.databaseUrl);
  const closers: Close[] = [];
  const close = async (drain: Partial<Drain> = {}) => {
    await Promise.all(closers.map((closeOne) => closeOne({ ...defaultDrain, ...drain })));
    // The store closes after calls that were cut off have ended.
    await turn();
    await store.close();
  };
  try {
    return { ...(await open({ ...config, tls }, store, closers, signal)), store, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** @param closers gets a function that closes each part, as soon as it is open */
async function open(
  config: Omit<Settings, keyof Front>,
  store: Store,
  closers: Close[],
  signal?: AbortSignal,
): Promise<Pick<Fivewire, 'ports' | 'core' | 'report'>> {
  const { observe, report, metrics } = createReporting(config.log, store);
  closers.push(async () => metrics.close());
  const { addressLimit } = config;
  const ports = await createPorts(store, undefined, { observe, addressLimit });
  const core = createCore(ports);
  if (config.demo) await createDemo(ports, config.databaseUrl, signal);

  const addressOf = createAddressOf(config.trustedProxies);
  const settings = { ...config, addressOf, allowsOrigin: createAllowsOrigin(config.corsOrigins) };
  const bound: { -readonly [Name in keyof BoundPorts]: BoundPorts[Name] } = { http: 0 };
  const routes: HttpRoute[] = [];
  for (const wire of wires.filter((each) => config.wires.has(each))) {
    const room = await (await rooms[wire]()).open(core, settings);
    closers.push((drain) => room.close(drain));
    routes.push(...(room.routes ?? []));
    if (room.port !== undefined) bound[wire] = room.port;
  }

  const place = () => placeOf(bound, config);
  const hasRest = config.wires.has('rest');
  routes.push(...openConsole(core, { addressOf, hasRest, place, reportPath }));

  const whyNotReady = async () => {
    const readiness = await store.ready();
    return readiness.ready ? undefined : readiness.message;
  };
  const http = createHttpFront({ core, routes, addressOf, metrics: metrics.render, whyNotReady });
  const { host, tls, httpPort, http2Port } = config;
  const listen = async (how: typeof openHttp1, port: number) => {
    const server = await how(http, { host, tls, port });
    closers.push(server.close);
    return server.port;
  };
  bound.http = await listen(openHttp1, httpPort);
  if (http2Port !== undefined) bound.http2 = await listen(openHttp2, http2Port);
  closers.unshift(async () => http.drain());
  closers.push(
    runInBackground(core.background, (name, error) => report('background', error, name)),
  );
  return { ports: bound, core, report };
}

/** The page of the last run of the bench, if this copy of the project has made one. */
const reportPath = new URL('../bench/results/latest/report.html', import.meta.url);

/** Tidies up after loading: saves compiled code for a later start, and collects garbage. */
function finishLoading(): void {
  flushCompileCache();
  // `gc` exists under --expose-gc. Only a full collection shrinks the young generation, which
  // loading made grow, and no request waits for it yet.
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
  announce(fivewire.ports, config);
  if (!stop.signal.aborted) {
    await new Promise((resolve) => stop.signal.addEventListener('abort', resolve, { once: true }));
  }
  await fivewire.close({ idleMs: term ? config.drainMs : 0 });
  // grpc-js does not know clients that have not ended their TLS handshake, and so does not
  // disconnect them.
  setTimeout(() => process.exit(), exitMs).unref();
}

/**
 * Serves as the environment configures, until SIGINT or SIGTERM; if it cannot, prints the reason in
 * one line.
 */
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
