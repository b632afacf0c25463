import type { Pacer } from '../generator/metronome.ts';
import { type CallEnd, runOpenLoop } from '../generator/open-loop.ts';
import { poissonSchedule, type Schedule } from '../generator/schedule.ts';
import type { SpikeSample } from '../result/mix.ts';
import type { Random } from '../statistics/random.ts';

/** A base rate, a multiple of it for a while, and the base rate again. */
export interface SpikeShape {
  readonly basePerSecond: number;
  /** The multiple. */
  readonly times: number;
  readonly beforeMs: number;
  readonly forMs: number;
  readonly afterMs: number;
}

export function spikeSchedule(shape: SpikeShape, random: Random): Schedule {
  const { basePerSecond, times, beforeMs, forMs, afterMs } = shape;
  const part = (perSecond: number, fromMs: number, durationMs: number) =>
    poissonSchedule(perSecond, durationMs, random).map((atMs) => fromMs + atMs);
  return [
    ...part(basePerSecond, 0, beforeMs),
    ...part(basePerSecond * times, beforeMs, forMs),
    ...part(basePerSecond, beforeMs + forMs, afterMs),
  ];
}

/** Length of a window. A call belongs to the window of its intended start. */
const windowMs = 100;
const quantile = 0.99;
/** Minimum calls before the spike for a p99 to compare with. */
const fewestBefore = 100;
/** Windows in a row that must be as before, because one alone may be chance. */
const calmWindows = 3;
/** A window is as before if its p99 is at most this many times the p99 before the spike. */
const asBefore = 2;

/** How a call ended, and its latency from the intended start. */
interface CallOutcome {
  readonly end: CallEnd | 'not sent';
  readonly responseMs: number;
}

/** The p99 by nearest rank; null without responses. */
function p99Of(responses: readonly number[]): number | null {
  const sorted = Float64Array.from(responses).toSorted();
  return sorted[Math.ceil(quantile * sorted.length) - 1] ?? null;
}

const responsesOf = (outcomes: readonly CallOutcome[]): number[] =>
  outcomes
    .filter(({ end }) => end === 'completed' || end === 'timed out')
    .map(({ responseMs }) => responseMs);

function windowsOf(
  schedule: Schedule,
  outcomes: readonly CallOutcome[],
  totalMs: number,
): SpikeSample['windows'] {
  const within = Map.groupBy(schedule.keys(), (at) => Math.floor((schedule[at] ?? 0) / windowMs));
  return Array.from({ length: Math.ceil(totalMs / windowMs) }, (_, window) => {
    const calls = (within.get(window) ?? []).flatMap((at) => outcomes[at] ?? []);
    const completed = calls.filter(({ end }) => end === 'completed').length;
    return {
      fromMs: window * windowMs,
      scheduled: calls.length,
      completed,
      failed: calls.length - completed,
      p99Ms: p99Of(responsesOf(calls)),
    };
  });
}

/**
 * The time to recover: from the end of the spike to the start of the first three windows in a row
 * in which every call succeeds, with a p99 of at most twice that of the calls before the spike.
 * @returns null if there are no such windows
 */
export function recoveryOf(
  windows: SpikeSample['windows'],
  endMs: number,
  p99BeforeMs: number | null,
): number | null {
  if (p99BeforeMs === null) return null;
  const after = windows.filter(({ fromMs }) => fromMs >= endMs);
  const isCalm = ({ failed, p99Ms }: SpikeSample['windows'][number]) =>
    failed === 0 && (p99Ms ?? 0) <= asBefore * p99BeforeMs;
  const first = after.findIndex((_, at) => {
    const row = after.slice(at, at + calmWindows);
    return row.length === calmWindows && row.every(isCalm);
  });
  const window = after[first];
  return window ? Math.max(0, window.fromMs - endMs) : null;
}

/**
 * Sends calls at a base rate, at a multiple of it, and at the base rate again, whatever the server
 * does. It ends by itself, because no call is waited for longer than `timeoutMs`.
 */
export async function runSpike(
  shape: SpikeShape,
  options: {
    readonly pacer: Pacer;
    readonly call: (index: number) => Promise<unknown>;
    readonly random: Random;
    readonly maxInFlight: number;
    readonly timeoutMs: number;
  },
): Promise<SpikeSample> {
  const { random, ...loading } = options;
  const { basePerSecond, times, beforeMs, forMs, afterMs } = shape;
  const schedule = spikeSchedule(shape, random);
  const outcomes = schedule.map((): CallOutcome => ({ end: 'not sent', responseMs: 0 }));
  const loop = await runOpenLoop({
    ...loading,
    schedule,
    onEnd: (index, end, responseMs) => {
      outcomes[index] = { end, responseMs };
    },
  });
  const windows = windowsOf(schedule, outcomes, beforeMs + forMs + afterMs);
  const before = outcomes.filter((_, at) => (schedule[at] ?? 0) < beforeMs);
  const p99BeforeMs = before.length < fewestBefore ? null : p99Of(responsesOf(before));
  return {
    scheduled: loop.scheduled,
    sent: loop.sent,
    overflow: loop.overflow,
    completed: loop.completed,
    failed: loop.failed,
    timedOut: outcomes.filter(({ end }) => end === 'timed out').length,
    failures: { ...loop.failures },
    basePerSecond,
    spikePerSecond: basePerSecond * times,
    fromMs: beforeMs,
    forMs,
    p99BeforeMs,
    recoveryMs: recoveryOf(windows, beforeMs + forMs, p99BeforeMs),
    windowMs,
    windows,
  };
}
