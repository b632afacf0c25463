import { countedBetween, startCountingProxy } from '../link/counting-proxy.ts';
import type { HttpRequest } from '../load/autocannon.ts';
import { type ClosedLoopResult, runClosedLoop } from '../load/closed-loop.ts';
import { createMetronome } from '../load/metronome.ts';
import { runOpenLoop } from '../load/open-loop.ts';
import { poissonSchedule } from '../load/schedule.ts';
import type {
  AutocannonSample,
  ClosedLoopSample,
  OpenLoopSample,
  WireSample,
} from '../report/result.ts';
import { encodeHistogram } from '../statistics/histogram.ts';
import { createRandom } from '../statistics/random.ts';
import { metered } from '../subject/meter.ts';
import type { Address } from '../subject/subject.ts';
import type { Work } from './scenario.ts';

/** The parts that a measurement is put together from. All of them run in the load generator. */

const timeoutMs = 2000;
const maxInFlight = 1024;

/** Runs `work` and tells which share of a core this process, the client, took for it. */
async function withClientCpu<Result>(work: () => Promise<Result>) {
  const startedMs = performance.now();
  const before = process.cpuUsage();
  const result = await work();
  const { user, system } = process.cpuUsage(before);
  const elapsedMs = performance.now() - startedMs;
  return { result, elapsedMs, clientCpuShare: (user + system) / 1000 / elapsedMs };
}

const windowMs = 100;
const fewestWindows = 5;
/**
 * V8 brings the functions of a call to its last tier only after many calls: on Node 26 a REST read
 * gets faster until some 60,000 were made, and more than twice as fast as it began.
 */
const fewestCalls = 40_000;
/** A window that has not grown by more than this over those before it is level with them. */
const growing = 1.05;

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** Whether enough calls were made, and the last two windows are level with the three before. */
const isLevel = (windows: readonly number[], calls: number): boolean =>
  calls >= fewestCalls &&
  windows.length >= fewestWindows &&
  mean(windows.slice(-2)) <= growing * mean(windows.slice(-fewestWindows, -2));

/**
 * Calls without being measured, until throughput has stopped growing or the time is up: code that
 * runs for the first time is not what users meet. Libraries differ in how long that takes.
 */
async function warmUp(work: Pick<Work, 'call'>, inFlight: number, atMostMs: number) {
  const startedMs = performance.now();
  const windows: number[] = [];
  const failures: Record<string, number> = {};
  let failed = 0;
  let calls = 0;
  while (!isLevel(windows, calls) && performance.now() - startedMs + windowMs <= atMostMs) {
    const call = () => work.call();
    const window = await runClosedLoop({ call, inFlight, durationMs: windowMs });
    windows.push(window.perSecond);
    calls += window.completed;
    Object.assign(failures, window.failures);
    failed += window.failed;
    if (window.failed > 0) break;
  }
  return { failed, failures, elapsedMs: performance.now() - startedMs };
}

export interface ClosedPhase {
  readonly connections: number;
  readonly inFlight: number;
  /** At most. */
  readonly warmUpMs: number;
  readonly durationMs: number;
}

/** Capacity: N calls under way, over as many connections as the client was opened with. */
export async function measureClosed(
  address: Address,
  work: Pick<Work, 'call'>,
  { connections, inFlight, warmUpMs, durationMs }: ClosedPhase,
): Promise<ClosedLoopSample> {
  const warm = await warmUp(work, inFlight, warmUpMs);
  const { result, spent } = await metered(address, () =>
    withClientCpu(() => runClosedLoop({ call: () => work.call(), inFlight, durationMs })),
  );
  const loop: ClosedLoopResult = result.result;
  return {
    connections,
    inFlight,
    warmUpMs: warm.elapsedMs,
    elapsedMs: loop.elapsedMs,
    completed: loop.completed,
    // A failure while warming up says the same of the contender as one after it.
    failed: loop.failed + warm.failed,
    failures: { ...warm.failures, ...loop.failures },
    perSecond: loop.perSecond,
    drift: Number.isFinite(loop.drift) ? loop.drift : null,
    latency: encodeHistogram(loop.latency),
    serverCpuMicros: spent.cpuMicros,
    serverCpuShare: spent.cpuMicros / 1000 / result.elapsedMs,
    clientCpuShare: result.clientCpuShare,
  };
}

/** Latency and cost at a rate that is the same for every contender: independent arrivals. */
export async function measureOpen(
  address: Address,
  work: Pick<Work, 'call'>,
  phase: { readonly perSecond: number; readonly durationMs: number; readonly seed: number },
): Promise<OpenLoopSample> {
  const schedule = poissonSchedule(phase.perSecond, phase.durationMs, createRandom(phase.seed));
  const pacer = await createMetronome();
  try {
    const { result, spent } = await metered(address, () =>
      withClientCpu(() =>
        runOpenLoop({ schedule, pacer, call: () => work.call(), maxInFlight, timeoutMs }),
      ),
    );
    const { response, service, lateness, ...counts } = result.result;
    return {
      perSecond: phase.perSecond,
      arrivals: 'poisson',
      ...counts,
      response: encodeHistogram(response),
      service: encodeHistogram(service),
      lateness: encodeHistogram(lateness),
      serverCpuMicros: spent.cpuMicros,
      clientCpuShare: result.clientCpuShare,
    };
  } finally {
    await pacer.close();
  }
}

/** Capacity of HTTP/1.1 by a client that costs less than ours and checks no more than the body. */
export async function measureByAutocannon(
  address: Address,
  phase: {
    readonly request: HttpRequest;
    readonly connections: number;
    readonly warmUpMs: number;
    readonly durationMs: number;
    readonly headersOf?: () => Readonly<Record<string, string>>;
    readonly expectBody?: string;
  },
): Promise<AutocannonSample> {
  const { runAutocannon } = await import('../load/autocannon.ts');
  const { warmUpMs, durationMs, ...rest } = phase;
  const options = { origin: `http://127.0.0.1:${address.http}`, ...rest };
  await runAutocannon({ ...options, durationMs: warmUpMs });
  const { result, spent } = await metered(address, () =>
    withClientCpu(() => runAutocannon({ ...options, durationMs })),
  );
  return {
    connections: phase.connections,
    ...result.result,
    serverCpuMicros: spent.cpuMicros,
    serverCpuShare: spent.cpuMicros / 1000 / result.elapsedMs,
    clientCpuShare: result.clientCpuShare,
  };
}

/**
 * Bytes, requests and database statements of one call, by calls one after the other on a client of
 * their own, through the counting link. Nothing here is timed.
 */
export async function measureWire(
  address: Address,
  port: number,
  open: (port: number) => Promise<Work>,
  calls: number,
): Promise<WireSample> {
  const link = await startCountingProxy(port);
  const work = await open(link.port);
  try {
    await work.call();
    const first = link.count();
    const requestsBefore = work.requests();
    const { spent } = await metered(address, async () => {
      for (let call = 0; call < calls; call += 1) await work.call();
    });
    const steady = countedBetween(first, link.count());
    return {
      calls,
      sentBytesPerCall: steady.sentBytes / calls,
      receivedBytesPerCall: steady.receivedBytes / calls,
      firstSentBytes: first.sentBytes,
      firstReceivedBytes: first.receivedBytes,
      requestsPerCall: (work.requests() - requestsBefore) / calls,
      queriesPerCall: spent.queries / calls,
    };
  } finally {
    await work.close();
    await link.close();
  }
}
