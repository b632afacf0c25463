import { monitorEventLoopDelay } from 'node:perf_hooks';
import { type ClosedLoopResult, runClosedLoop } from '../generator/closed-loop.ts';
import type { Pacer } from '../generator/metronome.ts';
import { type OpenLoopResult, runOpenLoop } from '../generator/open-loop.ts';
import { poissonSchedule, uniformSchedule } from '../generator/schedule.ts';
import type { UnderWayCounter } from '../generator/under-way.ts';
import { createRandom } from '../statistics/random.ts';
import type { Address } from '../subject/address.ts';
import { cpuMicrosOf, metered, type ServerUsage } from '../subject/meter.ts';
import type { Arrivals } from './load.ts';

/** The two ways to load, each for one step. All of it runs in the load generator. */

/** Calls that take longer than this have failed. */
export const timeoutMs = 2000;
/** Maximum calls in flight in the open loop; calls that do not fit are counted as overflow. */
const maxInFlight = 1024;

/** What both sides spent during a step. */
export interface Spent {
  readonly elapsedMs: number;
  readonly clientCpuShare: number;
  readonly clientLoopDelayMs: number;
  readonly server: ServerUsage;
  /** Calls under way, by a thread that samples; null without one. */
  readonly underWay: { readonly samples: number; readonly mean: number } | null;
}

/** Runs `work` and reads what both sides spend on it. */
export async function watched<Result>(
  address: Address,
  work: () => Promise<Result>,
  counter?: UnderWayCounter,
) {
  // A sample per turn, because a timer would add its own resolution.
  const delays = monitorEventLoopDelay({ samplePerIteration: true });
  const { result, spent: server } = await metered(address, async () => {
    delays.enable();
    const startedMs = performance.now();
    const before = process.cpuUsage();
    counter?.start();
    const result = await work();
    const underWay = counter?.stop() ?? null;
    const { user, system } = process.cpuUsage(before);
    const elapsedMs = performance.now() - startedMs;
    delays.disable();
    const clientCpuShare = (user + system) / 1000 / elapsedMs;
    return { result, elapsedMs, clientCpuShare, underWay };
  });
  const { elapsedMs, clientCpuShare, underWay } = result;
  const clientLoopDelayMs = delays.count === 0 ? 0 : delays.max / 1e6;
  const spent: Spent = { elapsedMs, clientCpuShare, clientLoopDelayMs, server, underWay };
  return { result: result.result, spent };
}

export interface ClosedStep {
  /** Its place among the steps of its phase. */
  readonly at: number;
  readonly loop: ClosedLoopResult;
  readonly spent: Spent;
}

/** What a step is taken with. */
export interface StepTools {
  readonly address: Address;
  readonly call: () => Promise<unknown>;
  readonly at: number;
  readonly counter?: UnderWayCounter | undefined;
}

const onUnderWay = ({ counter }: StepTools) => (counter ? { onUnderWay: counter.set } : {});

/** N calls in flight for a time. */
export async function runClosedStep(
  tools: StepTools,
  { inFlight, durationMs }: { readonly inFlight: number; readonly durationMs: number },
): Promise<ClosedStep> {
  const { address, call, at, counter } = tools;
  const loop = () => runClosedLoop({ call, inFlight, durationMs, ...onUnderWay(tools) });
  const { result, spent } = await watched(address, loop, counter);
  return { at, loop: result, spent };
}

export interface OpenStep {
  /** Its place among the steps of its phase. */
  readonly at: number;
  readonly loop: OpenLoopResult;
  readonly spent: Spent;
}

/** Calls at the times of a schedule, whatever the server does. */
export async function runOpenStep(
  tools: StepTools,
  pacer: Pacer,
  rate: {
    readonly perSecond: number;
    readonly durationMs: number;
    readonly arrivals: Arrivals;
    readonly seed: number;
  },
): Promise<OpenStep> {
  const { address, call, at, counter } = tools;
  const { perSecond, durationMs, arrivals, seed } = rate;
  const schedule =
    arrivals === 'poisson'
      ? poissonSchedule(perSecond, durationMs, createRandom(seed))
      : uniformSchedule(perSecond, durationMs);
  const limits = { maxInFlight, timeoutMs };
  const loop = () => runOpenLoop({ schedule, pacer, call, ...limits, ...onUnderWay(tools) });
  const { result, spent } = await watched(address, loop, counter);
  return { at, loop: result, spent };
}

/** Windows in which a warm-up compares costs. */
const windowMs = 250;
/**
 * Share of a window with one call in flight. A turn of the event loop has one call at a low rate
 * and many at capacity, and code that has seen only one of the two is compiled again for the other.
 * Equal processes that warm up with both differ half as much.
 */
const aloneShare = 0.3;
/**
 * Minimum calls of a warm-up. V8 compiles the functions of a call for its last tier only after many
 * calls, and drops code on the way, so a cost that looks level earlier still changes. By default it
 * needs from 25,000 (gRPC) to 60,000 (REST) on Node 26; a call then costs a third to a half of the
 * first ones.
 */
const fewestCalls = 20_000;
/** Number of windows compared with as many before them. */
const compared = 4;
/** Minimum ratio of the last costs to those before that counts as level. */
const level = 0.97;

/** Whether a call no longer gets cheaper. @param costs of a call, window by window */
export const isLevel = (costs: readonly number[], calls: number): boolean =>
  calls >= fewestCalls &&
  costs.length >= 2 * compared &&
  // The cheapest, because a disturbance raises the others.
  Math.min(...costs.slice(-compared)) >= level * Math.min(...costs.slice(-2 * compared, -compared));

/**
 * Makes calls that are not measured until they get no cheaper or the time is up, because users
 * rarely meet code that runs for the first time. Compares the server's CPU time if it is known,
 * because other processes may be warming up on the same cores.
 * @returns how long it took
 * @throws Error if a call fails
 */
export async function warmUp(
  { pid }: Pick<Address, 'pid'>,
  call: () => Promise<unknown>,
  inFlight: number,
  atMostMs: number,
): Promise<number> {
  const cpuMicros = () => (pid === null ? undefined : cpuMicrosOf(pid));
  const loop = async (inFlight: number, durationMs: number) => {
    const looped = await runClosedLoop({ call, inFlight, durationMs });
    const [failure] = Object.keys(looped.failures);
    if (failure) throw new Error(`Unexpected failures while warming up: ${failure}`);
    return looped;
  };
  const startedMs = performance.now();
  const costs: number[] = [];
  let calls = 0;
  while (!isLevel(costs, calls)) {
    const leftMs = atMostMs - (performance.now() - startedMs);
    if (leftMs <= 0) break;
    const before = cpuMicros();
    const lengthMs = Math.min(windowMs, leftMs);
    const many = await loop(inFlight, lengthMs * (1 - aloneShare));
    const after = cpuMicros();
    const isKnown = before !== undefined && after !== undefined;
    costs.push((isKnown ? after - before : many.elapsedMs) / Math.max(1, many.answered));
    const alone = await loop(1, lengthMs * aloneShare);
    calls += many.answered + alone.answered;
  }
  return performance.now() - startedMs;
}
