import type { ClosedLoopSample, LoadSample, OpenLoopSample, Slice } from '../result/loads.ts';
import type { Cell } from '../result/result.ts';
import { decodeHistogram, mergeHistograms, quantileMicros } from './histogram.ts';
import { loadsOfCell, type SameLoads } from './loads-of-cell.ts';
import { sortedAt, spreadOf } from './paired.ts';
import { createRandom } from './random.ts';
import { achievedAtLeast } from './validity.ts';

/**
 * Faults that only a whole run shows: figures that were still changing, that break Little's law, or
 * that contradict each other. None of the figures involved may be used.
 */

const percent = (share: number): string => `${Math.round(share * 100)} %`;
const sum = (values: readonly number[]): number => values.reduce((total, one) => total + one, 0);
const mean = (values: readonly number[]): number => sum(values) / values.length;

/** What each of these faults says, whatever its numbers. */
const says = [
  "Little's law does not hold",
  'is above the p99 of',
  'still rising after the warm-up',
  ': a contradiction',
] as const;

/** Says why, once, of each load. */
function flag(loads: readonly { readonly invalid: string[] }[], reason: string): void {
  for (const { invalid } of loads) if (!invalid.includes(reason)) invalid.push(reason);
}

/** The law is exact, so a larger difference is an error of the instrument. */
const littleAtMost = 0.1;
/** A difference of at most this many standard errors of the sampling may be chance. */
const errorsAtMost = 3;
/**
 * Calls that are out while the client handles them, and that the thread does not see, because it
 * waits for the same core: one call for half of the time in which the client is busy.
 */
const unseenShare = 0.5;

/** Compares the calls under way that a thread sampled with those by latency (Little, 1961). */
export function faultOfLittle(loads: readonly LoadSample[]): string | undefined {
  const counts = loads.flatMap(({ underWay, elapsedMs }) =>
    underWay ? [{ ...underWay, elapsedMs }] : [],
  );
  if (counts.length === 0) return undefined;
  const elapsedMs = sum(counts.map((one) => one.elapsedMs));
  const weighted = (of: 'sampled' | 'byLatency') =>
    sum(counts.map((one) => one[of] * one.elapsedMs)) / elapsedMs;
  const [sampled, byLatency] = [weighted('sampled'), weighted('byLatency')];
  const samples = sum(counts.map((one) => one.samples));
  // The variance of counts is their mean, and samples a millisecond apart are not independent.
  const error = Math.sqrt(2 / Math.max(1, byLatency * samples));
  const off = Math.abs(sampled / byLatency - 1);
  if (off <= Math.max(littleAtMost, errorsAtMost * error)) return undefined;
  const unseen = unseenShare * mean(loads.map(({ clientCpuShare }) => clientCpuShare));
  if (Math.abs(sampled - byLatency) <= unseen) return undefined;
  return `${sampled.toFixed(1)} calls were under way, and latencies say ${byLatency.toFixed(1)}: Little's law does not hold`;
}

function faultOfMean(histograms: readonly string[]): string | undefined {
  const merged = mergeHistograms(histograms);
  const p99 = quantileMicros(merged, 0.99);
  return p99 !== undefined && merged.mean > p99
    ? `the mean of ${Math.round(merged.mean)} µs is above the p99 of ${Math.round(p99)} µs`
    : undefined;
}

/** Maximum growth from the first half of the slices to the second that counts as level. */
const growthAtMost = 0.1;
const processesNeeded = 3;

/** Growth of a speed within a process, relative to the machine's speed, as a logarithm. */
function growthOf(slices: readonly Slice[], of: (slice: Slice) => number | null): number {
  const speeds = slices.flatMap((slice) => {
    const value = of(slice);
    return value === null ? [] : [Math.log(value / (slice.machinePerSecond ?? 1))];
  });
  const half = Math.floor(speeds.length / 2);
  return half === 0 ? 0 : mean(speeds.slice(-half)) - mean(speeds.slice(0, half));
}

/** Reports slices that still rise after the warm-up, by more than the processes differ. */
export function faultOfRising({ kind, loads }: SameLoads): string | undefined {
  const of = ({ perSecond, cpuMicros }: Slice) =>
    kind === 'closed' ? perSecond : cpuMicros && 1 / cpuMicros;
  const growths = loads.map(({ slices }) => growthOf(slices, of));
  if (growths.length < processesNeeded) return undefined;
  const { mean: growing, interval } = spreadOf(growths, createRandom(loads.length));
  const growth = Math.exp(growing) - 1;
  if (growth <= growthAtMost || !interval || interval.low <= 0) return undefined;
  return `still rising after the warm-up, by ${percent(growth)} from the first slices to the last`;
}

const isCarried = ({ achieved, invalid }: OpenLoopSample): boolean =>
  achieved >= achievedAtLeast && invalid.length === 0;

/** Flags a throughput whose upper slices are below a rate that was carried, and that rate. */
function contradictCapacity(
  closed: readonly ClosedLoopSample[],
  open: readonly OpenLoopSample[],
): void {
  const slices = closed.flatMap((load) => load.slices.map(({ perSecond }) => perSecond));
  if (slices.length === 0 || open.length === 0 || !open.every(isCarried)) return;
  const high = sortedAt(slices, 0.9);
  const rate = Math.min(...open.map(({ perSecond }) => perSecond));
  if (rate <= high) return;
  flag(
    [...closed, ...open],
    `at most ${Math.round(high)}/s in the closed loop, and ${Math.round(rate)}/s were carried: a contradiction`,
  );
}

interface TailAtRate {
  readonly loads: readonly OpenLoopSample[];
  readonly perSecond: number;
  readonly p99s: readonly number[];
}

/** Tails of two loads that are nearly alike may lie on either side of each other. */
const tailMargin = 1.1;

/** A p99 at less load that is above that at more load, in all processes. */
function contradictTails(open: readonly (readonly OpenLoopSample[])[]): void {
  const tails = open
    .flatMap((loads): TailAtRate[] => {
      const p99s = loads.flatMap(({ response, invalid }) => {
        const p99 = quantileMicros(decodeHistogram(response), 0.99);
        return p99 === undefined || invalid.length > 0 ? [] : [p99];
      });
      const perSecond = mean(loads.map((load) => load.perSecond));
      return p99s.length < processesNeeded ? [] : [{ loads, perSecond, p99s }];
    })
    .toSorted((a, b) => a.perSecond - b.perSecond);
  for (const [at, less] of tails.entries()) {
    for (const more of tails.slice(at + 1)) {
      const [least, most] = [Math.min(...less.p99s), Math.max(...more.p99s)];
      if (less.perSecond >= more.perSecond || least <= most * tailMargin) continue;
      flag(
        [...less.loads, ...more.loads],
        `p99 of ${Math.round(least)} µs and more at ${Math.round(less.perSecond)}/s, and at most ${Math.round(most)} µs at ${Math.round(more.perSecond)}/s: a contradiction`,
      );
    }
  }
}

/** Flags a search that met its objective at a higher rate than one at which it missed it. */
function contradictSearches({ samples }: Cell): void {
  for (const search of samples.flatMap(({ capacity }) => capacity)) {
    const rates = (met: boolean) =>
      search.steps.filter((step) => step.met === met).map(({ perSecond }) => perSecond);
    const [met, missed] = [Math.max(...rates(true)), Math.min(...rates(false))];
    if (met > missed) {
      flag(
        [search],
        `met the objective at ${Math.round(met)}/s and missed it at ${Math.round(missed)}/s: a contradiction`,
      );
    }
  }
}

/** Takes away what an earlier judgement said. */
function forget({ samples }: Cell): void {
  for (const { invalid } of samples.flatMap((one) => [
    ...one.closed,
    ...one.open,
    ...one.capacity,
  ])) {
    const others = invalid.filter((fault) => !says.some((one) => fault.includes(one)));
    invalid.splice(0, invalid.length, ...others);
  }
}

/**
 * Says of each load why it must not be used, by what the whole cell shows. A cell that was judged
 * before is judged anew, by the rules of today.
 */
export function judgeCell(cell: Cell): void {
  forget(cell);
  const groups = loadsOfCell(cell);
  for (const group of groups) {
    const { kind, loads } = group;
    const histograms = loads.flatMap((load) => ('response' in load ? [load.response] : []));
    const faults = [
      faultOfLittle(loads),
      kind === 'open' ? faultOfMean(histograms) : undefined,
      faultOfRising(group),
    ];
    for (const fault of faults) if (fault !== undefined) flag(loads, fault);
  }
  const open = groups.flatMap((group) => (group.kind === 'open' ? [group.loads] : []));
  for (const group of groups) {
    if (group.kind !== 'closed' || group.loads[0]?.driver === 'autocannon') continue;
    const [{ workload, rttMs }] = group.loads as [ClosedLoopSample];
    for (const loads of open) {
      const isSame = loads[0]?.workload === workload && loads[0]?.rttMs === rttMs;
      if (isSame && loads[0]?.share === null) contradictCapacity(group.loads, loads);
    }
  }
  const alike = Map.groupBy(open, ([load]) =>
    [load?.workload, load?.rttMs, load?.connections].join(),
  );
  for (const loads of alike.values()) contradictTails(loads);
  contradictSearches(cell);
}
