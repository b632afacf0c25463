import type {
  CapacitySample,
  ClosedLoopSample,
  LoadSample,
  OpenLoopSample,
} from '../result/result.ts';
import { createHistogram, encodeHistogram, type Histogram } from '../statistics/histogram.ts';
import { achievedAtLeast, faultsOfClient } from '../statistics/validity.ts';
import type { ClosedSlice, OpenSlice, Spent } from './measure.ts';
import type { Objective, Phase } from './phase.ts';

/** Slices of one measurement, put together. Histograms are merged, nothing is averaged. */

const sum = <Item>(items: readonly Item[], of: (item: Item) => number): number =>
  items.reduce((total, item) => total + of(item), 0);

/** The sum, or null where one of them is not known. */
const sumKnown = <Item>(items: readonly Item[], of: (item: Item) => number | null) =>
  items.every((item) => of(item) !== null) ? sum(items, (item) => of(item) ?? 0) : null;

function mergedFailures(all: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const merged: Record<string, number> = {};
  for (const failures of all) {
    for (const [message, count] of Object.entries(failures)) {
      merged[message] = (merged[message] ?? 0) + count;
    }
  }
  return merged;
}

const encodedSum = (histograms: readonly Histogram[]): string => {
  const merged = createHistogram();
  for (const one of histograms) merged.add(one);
  return encodeHistogram(merged);
};

interface Slice {
  readonly loop: {
    readonly completed: number;
    readonly failed: number;
    readonly failures: Readonly<Record<string, number>>;
  };
  readonly spent: Spent;
}

/** What a search begins with, as shares of the capacity that the closed loop showed. */
export const searchFrom = 0.5;
export const searchTo = 1.1;

export type LoadContext = Pick<LoadSample, 'workload' | 'rttMs' | 'achievedRttMs' | 'connections'>;

export function loadOf(context: LoadContext, slices: readonly Slice[]): LoadSample {
  const elapsedMs = sum(slices, ({ spent }) => spent.elapsedMs);
  const serverCpuMicros = sumKnown(slices, ({ spent }) => spent.server.cpuMicros);
  return {
    ...context,
    invalid: [],
    elapsedMs,
    completed: sum(slices, ({ loop }) => loop.completed),
    failed: sum(slices, ({ loop }) => loop.failed),
    failures: mergedFailures(slices.map(({ loop }) => loop.failures)),
    serverCpuMicros,
    serverCpuShare: serverCpuMicros === null ? null : serverCpuMicros / 1000 / elapsedMs,
    clientCpuShare: sum(slices, ({ spent }) => spent.clientCpuShare * spent.elapsedMs) / elapsedMs,
    serverLoopDelayMs: slices.every(({ spent }) => spent.server.loopDelayMs !== null)
      ? Math.max(...slices.map(({ spent }) => spent.server.loopDelayMs ?? 0))
      : null,
    clientLoopDelayMs: Math.max(...slices.map(({ spent }) => spent.clientLoopDelayMs)),
  };
}

export function closedSampleOf(
  context: LoadContext,
  phase: Extract<Phase, { kind: 'closed' }>,
  driver: 'lean' | 'client',
  slices: readonly ClosedSlice[],
): ClosedLoopSample {
  const rateOf = (slice: ClosedSlice | undefined) => slice?.loop.perSecond ?? Number.NaN;
  const drift = rateOf(slices.at(-1)) / rateOf(slices[0]);
  const loopMs = sum(slices, ({ loop }) => loop.elapsedMs);
  return {
    ...loadOf(context, slices),
    completed: sum(slices, ({ loop }) => loop.answered),
    driver,
    inFlight: phase.inFlight,
    perSecond: sum(slices, ({ loop }) => loop.completed) / (loopMs / 1000),
    drift: slices.length > 1 && Number.isFinite(drift) ? drift : null,
    latency: encodedSum(slices.map(({ loop }) => loop.latency)),
  };
}

/**
 * The share of the rate that was achieved. An answer takes as long as the quickest, and one that
 * has to wait for another twice as long; what is over that at the end of a slice had piled up.
 * Calls pile up in every slice where a rate is too high, and in some where something came in
 * between: the best slice tells which.
 */
function achievedBy(slices: readonly OpenSlice[]): number {
  const scheduled = sum(slices, ({ loop }) => loop.scheduled);
  const answered = sum(slices, ({ loop }) => loop.completed) / Math.max(1, scheduled);
  const inTime = slices.map(({ loop: { elapsedMs, drainMs, service } }) => {
    const piledUpMs = Math.max(0, drainMs - (2 * service.getValueAtPercentile(5)) / 1000);
    return elapsedMs / (elapsedMs + piledUpMs);
  });
  return answered * Math.max(...inTime);
}

export function openSampleOf(
  context: LoadContext,
  rate: Pick<OpenLoopSample, 'perSecond' | 'share' | 'arrivals' | 'driver'>,
  slices: readonly OpenSlice[],
): OpenLoopSample {
  return {
    ...loadOf(context, slices),
    ...rate,
    achieved: achievedBy(slices),
    scheduled: sum(slices, ({ loop }) => loop.scheduled),
    sent: sum(slices, ({ loop }) => loop.sent),
    overflow: sum(slices, ({ loop }) => loop.overflow),
    response: encodedSum(slices.map(({ loop }) => loop.response)),
    service: encodedSum(slices.map(({ loop }) => loop.service)),
    lateness: encodedSum(slices.map(({ loop }) => loop.lateness)),
  };
}

/** Halves the range in which the highest rate lies that meets an objective. */
export interface Search {
  /** How many rates were tried. */
  readonly tried: number;
  /** The rate to try next, calls a second. */
  next(): number;
  tell(slice: OpenSlice): void;
  sample(workload: string): CapacitySample;
}

/**
 * @param from calls a second that are likely to meet the objective
 * @param to calls a second that are likely not to
 */
export function createSearch(objective: Objective, from: number, to: number): Search {
  const steps: { perSecond: number; met: boolean }[] = [];
  let low = 0;
  let high = to;
  let best: number | null = null;
  // The lower end first: a server that misses the objective there is looked for below it.
  let trying = from;
  let clientCpuShare = 0;
  return {
    get tried() {
      return steps.length;
    },
    next: () => trying,
    tell(slice) {
      const { loop, spent } = slice;
      clientCpuShare = Math.max(clientCpuShare, spent.clientCpuShare);
      const achieved = achievedBy([slice]) >= achievedAtLeast;
      const micros = loop.response.getValueAtPercentile(objective.quantile * 100);
      const met = achieved && micros <= objective.ms * 1000;
      steps.push({ perSecond: trying, met });
      if (met) {
        best = trying;
        low = trying;
      } else {
        high = trying;
      }
      trying = (low + high) / 2;
    },
    sample: (workload) => ({
      workload,
      invalid: faultsOfClient(clientCpuShare),
      objective,
      perSecond: best,
      steps,
    }),
  };
}
