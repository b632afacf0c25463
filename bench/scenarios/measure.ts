import { monitorEventLoopDelay } from 'node:perf_hooks';
import { type ClosedLoopResult, runClosedLoop } from '../load/closed-loop.ts';
import type { Pacer } from '../load/metronome.ts';
import { type OpenLoopResult, runOpenLoop } from '../load/open-loop.ts';
import { poissonSchedule, uniformSchedule } from '../load/schedule.ts';
import { createRandom } from '../statistics/random.ts';
import { metered, type Reading } from '../subject/meter.ts';
import type { Address } from '../subject/subject.ts';
import type { Arrivals } from './phase.ts';

/** The two ways to load, each for one slice. All of it runs in the load generator. */

/** Calls that are out longer than this have failed. */
export const timeoutMs = 2000;
/** Calls that may be out in the open loop; what does not fit is counted as overflow. */
const maxInFlight = 1024;

export type Call = () => Promise<unknown>;

/** What both sides spent while a slice lasted. */
export interface Spent {
  readonly elapsedMs: number;
  readonly clientCpuShare: number;
  readonly clientLoopDelayMs: number;
  readonly server: Reading;
}

/** Runs `work` and reads what both sides spend on it. */
export async function watched<Result>(address: Address, work: () => Promise<Result>) {
  // A sample a turn: a timer would have its own resolution in it.
  const delays = monitorEventLoopDelay({ samplePerIteration: true });
  const { result, spent: server } = await metered(address, async () => {
    delays.enable();
    const startedMs = performance.now();
    const before = process.cpuUsage();
    const result = await work();
    const { user, system } = process.cpuUsage(before);
    const elapsedMs = performance.now() - startedMs;
    delays.disable();
    return { result, elapsedMs, clientCpuShare: (user + system) / 1000 / elapsedMs };
  });
  const { elapsedMs, clientCpuShare } = result;
  const clientLoopDelayMs = delays.count === 0 ? 0 : delays.max / 1e6;
  const spent: Spent = { elapsedMs, clientCpuShare, clientLoopDelayMs, server };
  return { result: result.result, spent };
}

export interface ClosedSlice {
  readonly loop: ClosedLoopResult;
  readonly spent: Spent;
}

/** N calls under way for a time. */
export async function takeClosed(
  address: Address,
  call: Call,
  { inFlight, durationMs }: { readonly inFlight: number; readonly durationMs: number },
): Promise<ClosedSlice> {
  const { result, spent } = await watched(address, () =>
    runClosedLoop({ call, inFlight, durationMs }),
  );
  return { loop: result, spent };
}

export interface OpenSlice {
  readonly loop: OpenLoopResult;
  readonly spent: Spent;
}

/** Calls at the times of a schedule, whatever the server does. */
export async function takeOpen(
  address: Address,
  call: Call,
  pacer: Pacer,
  rate: {
    readonly perSecond: number;
    readonly durationMs: number;
    readonly arrivals: Arrivals;
    readonly seed: number;
  },
): Promise<OpenSlice> {
  const { perSecond, durationMs, arrivals, seed } = rate;
  const schedule =
    arrivals === 'poisson'
      ? poissonSchedule(perSecond, durationMs, createRandom(seed))
      : uniformSchedule(perSecond, durationMs);
  const { result, spent } = await watched(address, () =>
    runOpenLoop({ schedule, pacer, call, maxInFlight, timeoutMs }),
  );
  return { loop: result, spent };
}

/** The warm-up of a process: long enough for compiled code, level, or at its end. */
const windowMs = 100;
const fewestWindows = 5;
/**
 * V8 brings the functions of a call to its last tier only after many calls: on Node 26 a REST read
 * gets faster until some 60,000 were made, and more than twice as fast as it began.
 */
const fewestCalls = 60_000;
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
 * @returns how long it was
 * @throws Error where a call fails
 */
export async function warmUp(call: Call, inFlight: number, atMostMs: number): Promise<number> {
  const startedMs = performance.now();
  const windows: number[] = [];
  let calls = 0;
  while (!isLevel(windows, calls) && performance.now() - startedMs + windowMs <= atMostMs) {
    const window = await runClosedLoop({ call, inFlight, durationMs: windowMs });
    if (window.failed > 0) {
      throw new Error(`Unexpected failures while warming up: ${Object.keys(window.failures)[0]}`);
    }
    windows.push(window.perSecond);
    calls += window.completed;
  }
  return performance.now() - startedMs;
}
