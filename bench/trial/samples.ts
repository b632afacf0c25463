import type {
  ClosedLoopSample,
  LoadSample,
  OpenLoopSample,
  Slice,
  UnderWay,
} from '../result/loads.ts';
import { createHistogram, encodeHistogram, type Histogram } from '../statistics/histogram.ts';
import type { Load } from './load.ts';
import type { MachineReading } from './scenario.ts';
import type { ClosedStep, OpenStep, Spent } from './steps.ts';

/** Joins the steps of one measurement. Histograms are merged; percentiles are never averaged. */

const sum = <Item>(items: readonly Item[], of: (item: Item) => number): number =>
  items.reduce((total, item) => total + of(item), 0);

/** The sum, or null if one of them is not known. */
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

interface MeasuredStep {
  readonly loop: {
    readonly completed: number;
    readonly failed: number;
    readonly failures: Readonly<Record<string, number>>;
  };
  readonly spent: Spent;
}

export type LoadContext = Pick<LoadSample, 'workload' | 'rttMs' | 'achievedRttMs' | 'connections'>;

const ofEach = <Value>(value: Value, count: number): Value | null => (count > 0 ? value : null);

/** What one step of either loop measured. */
function sliceOf(
  { at, spent }: Pick<ClosedStep, 'at' | 'spent'>,
  loop: { readonly completed: number; readonly elapsedMs: number },
  { answered, times }: { readonly answered: number; readonly times: Histogram },
  machine: readonly MachineReading[],
): Slice {
  const { cpuMicros } = spent.server;
  return {
    at,
    elapsedMs: loop.elapsedMs,
    perSecond: loop.completed / (loop.elapsedMs / 1000),
    completed: answered,
    cpuMicros: cpuMicros === null ? null : ofEach(cpuMicros / answered, answered),
    medianMicros: ofEach(times.getValueAtPercentile(50), times.totalCount),
    meanMicros: ofEach(times.mean, times.totalCount),
    machinePerSecond: machine.find((reading) => reading.at === at)?.perSecond ?? null,
  };
}

/** Both counts of the calls under way, over all steps; null if one was not sampled. */
function underWayOf(
  steps: readonly { readonly spent: Spent; readonly times: Histogram }[],
): UnderWay | null {
  const counts = steps.flatMap(({ spent: { underWay, elapsedMs } }) =>
    underWay && underWay.samples > 0 ? [{ ...underWay, elapsedMs }] : [],
  );
  if (counts.length === 0 || counts.length < steps.length) return null;
  const elapsedMs = sum(counts, (one) => one.elapsedMs);
  const calledMs = sum(steps, ({ times }) =>
    times.totalCount === 0 ? 0 : (times.totalCount * times.mean) / 1000,
  );
  return {
    samples: sum(counts, ({ samples }) => samples),
    sampled: sum(counts, (one) => one.mean * one.elapsedMs) / elapsedMs,
    byLatency: calledMs / elapsedMs,
  };
}

export function loadOf(context: LoadContext, steps: readonly MeasuredStep[]): LoadSample {
  const elapsedMs = sum(steps, ({ spent }) => spent.elapsedMs);
  const serverCpuMicros = sumKnown(steps, ({ spent }) => spent.server.cpuMicros);
  return {
    ...context,
    invalid: [],
    elapsedMs,
    completed: sum(steps, ({ loop }) => loop.completed),
    failed: sum(steps, ({ loop }) => loop.failed),
    failures: mergedFailures(steps.map(({ loop }) => loop.failures)),
    serverCpuMicros,
    serverCpuShare: serverCpuMicros === null ? null : serverCpuMicros / 1000 / elapsedMs,
    clientCpuShare: sum(steps, ({ spent }) => spent.clientCpuShare * spent.elapsedMs) / elapsedMs,
    serverLoopDelayMs: steps.every(({ spent }) => spent.server.loopDelayMs !== null)
      ? Math.max(...steps.map(({ spent }) => spent.server.loopDelayMs ?? 0))
      : null,
    clientLoopDelayMs: Math.max(...steps.map(({ spent }) => spent.clientLoopDelayMs)),
    slices: [],
    underWay: null,
  };
}

export function closedSampleOf(
  context: LoadContext,
  load: Extract<Load, { kind: 'closed' }>,
  driver: 'lean' | 'client',
  steps: readonly ClosedStep[],
  machine: readonly MachineReading[] = [],
): ClosedLoopSample {
  const rateOf = (step: ClosedStep | undefined) => step?.loop.perSecond ?? Number.NaN;
  const drift = rateOf(steps.at(-1)) / rateOf(steps[0]);
  const loopMs = sum(steps, ({ loop }) => loop.elapsedMs);
  return {
    ...loadOf(context, steps),
    completed: sum(steps, ({ loop }) => loop.answered),
    slices: steps.map((step) => {
      const { answered, latency: times } = step.loop;
      return sliceOf(step, step.loop, { answered, times }, machine);
    }),
    underWay: underWayOf(steps.map(({ spent, loop }) => ({ spent, times: loop.latency }))),
    driver,
    inFlight: load.inFlight,
    perSecond: sum(steps, ({ loop }) => loop.completed) / (loopMs / 1000),
    drift: steps.length > 1 && Number.isFinite(drift) ? drift : null,
    latency: encodedSum(steps.map(({ loop }) => loop.latency)),
  };
}

/**
 * The share of the rate that was achieved. A call may take as long as the quickest, or
 * twice as long if it waits for another; a longer tail at the end of a step means that calls had
 * piled up. A rate that is too high piles them up in every step, a disturbance only in some, so
 * the best step decides.
 */
export function achievedBy(steps: readonly OpenStep[]): number {
  const scheduled = sum(steps, ({ loop }) => loop.scheduled);
  const answered = sum(steps, ({ loop }) => loop.completed) / Math.max(1, scheduled);
  const inTime = steps.map(({ loop: { elapsedMs, drainMs, service } }) => {
    const piledUpMs = Math.max(0, drainMs - (2 * service.getValueAtPercentile(5)) / 1000);
    return elapsedMs / (elapsedMs + piledUpMs);
  });
  return answered * Math.max(...inTime);
}

export function openSampleOf(
  context: LoadContext,
  rate: Pick<OpenLoopSample, 'perSecond' | 'share' | 'arrivals' | 'driver'>,
  steps: readonly OpenStep[],
  machine: readonly MachineReading[] = [],
): OpenLoopSample {
  return {
    ...loadOf(context, steps),
    ...rate,
    slices: steps.map((step) => {
      const { completed: answered, response: times } = step.loop;
      return sliceOf(step, step.loop, { answered, times }, machine);
    }),
    underWay: underWayOf(steps.map(({ spent, loop }) => ({ spent, times: loop.service }))),
    achieved: achievedBy(steps),
    scheduled: sum(steps, ({ loop }) => loop.scheduled),
    sent: sum(steps, ({ loop }) => loop.sent),
    overflow: sum(steps, ({ loop }) => loop.overflow),
    response: encodedSum(steps.map(({ loop }) => loop.response)),
    service: encodedSum(steps.map(({ loop }) => loop.service)),
    lateness: encodedSum(steps.map(({ loop }) => loop.lateness)),
  };
}
