import type { ClosedLoopSample, LoadSample, OpenLoopSample, Slice } from '../result/loads.ts';
import type { Cell, Result, Sample } from '../result/result.ts';
import { decodeHistogram, type Histogram, mergeHistograms, quantileMicros } from './histogram.ts';
import {
  type Comparison,
  compare,
  type Difference,
  differenceOf,
  floorOf,
  median,
  sortedAt,
} from './paired.ts';
import { createRandom } from './random.ts';
import { isClientLimit } from './validity.ts';

/** Selects one of a process's measurements; defaults to the first of its kind. */
export interface At {
  readonly workload?: string;
  readonly rttMs?: number;
  readonly connections?: number;
  readonly inFlight?: number;
}

const matches = (at: At) => (load: At) =>
  (['workload', 'rttMs', 'connections', 'inFlight'] as const).every(
    (key) => at[key] === undefined || load[key] === at[key],
  );

/** A closed loop by the project's own drivers. Its figures may be invalid. */
export const closedOf = ({ closed }: Sample, at: At = {}): ClosedLoopSample | undefined =>
  closed.filter(({ driver }) => driver !== 'autocannon').find(matches(at));

const autocannonOf = ({ closed }: Sample, at: At = {}): ClosedLoopSample | undefined =>
  closed.filter(({ driver }) => driver === 'autocannon').find(matches(at));

/** The open loop at the rate that is the same for all. Its figures may be invalid. */
export const openOf = ({ open }: Sample, at: At = {}): OpenLoopSample | undefined =>
  open.filter(({ share }) => share === null).find(matches(at));

/** The open loops at shares of the process's own capacity, ascending. */
export const curveOf = ({ open }: Sample, at: At = {}): OpenLoopSample[] =>
  open.filter(({ share }) => share !== null).filter(matches(at));

export const wireOf = ({ wire }: Sample, at: At = {}): Sample['wire'][number] | undefined =>
  wire.find(matches({ ...(at.workload !== undefined && { workload: at.workload }) }));

/** A figure of one process; undefined if it was not measured, or must not be used. */
export type Metric = (sample: Sample) => number | undefined;

const valid = <Load extends { readonly invalid: readonly string[] }>(
  load: Load | undefined,
): Load | undefined => (load?.invalid.length === 0 ? load : undefined);

const quantileOf = (histogram: string | null | undefined, quantile: number) =>
  histogram ? quantileMicros(decodeHistogram(histogram), quantile) : undefined;

/** Calls a second by our driver over those by autocannon, with as many calls in flight. */
export function overAutocannon(sample: Sample): number | undefined {
  const theirs = valid(autocannonOf(sample));
  if (!theirs || theirs.perSecond === 0) return undefined;
  const { workload, connections, inFlight } = theirs;
  const ours = valid(closedOf(sample, { workload, connections, inFlight }));
  return ours && ours.perSecond / theirs.perSecond;
}

const perCall = (load: ClosedLoopSample | OpenLoopSample | undefined): number | undefined =>
  load && load.serverCpuMicros !== null && load.failed === 0 && load.completed > 0
    ? load.serverCpuMicros / load.completed
    : undefined;

/** A server that is busier nears its limit: latency is then a queue's, and is not compared. */
export const saturatedAt = 0.7;

export const isNearSaturation = ({ serverCpuShare }: LoadSample): boolean =>
  serverCpuShare !== null && serverCpuShare > saturatedAt;

const unsaturated = (load: OpenLoopSample | undefined): OpenLoopSample | undefined =>
  load && !isNearSaturation(load) ? load : undefined;

/** A figure of which every slice of a load has its own. */
interface SlicedMetric {
  /** The load that it is read from; undefined if its figures must not be used. */
  load(sample: Sample, at: At): ClosedLoopSample | OpenLoopSample | undefined;
  of(slice: Slice): number | null;
  readonly isClosed: boolean;
}

/** A closed loop that is sound, though the client may have been its limit. */
const soundClosed = (sample: Sample, at: At) => {
  const load = closedOf(sample, at);
  return load?.failed === 0 && load.invalid.every(isClientLimit) ? load : undefined;
};

const sliced = {
  throughput: {
    load: (sample, at) => valid(closedOf(sample, at)),
    of: ({ perSecond }) => perSecond,
    isClosed: true,
  },
  cpuAtCapacity: { load: soundClosed, of: ({ cpuMicros }) => cpuMicros, isClosed: true },
  latency: { load: soundClosed, of: ({ meanMicros }) => meanMicros, isClosed: true },
  cpuAtRate: {
    load: (sample, at) => valid(openOf(sample, at)),
    of: ({ cpuMicros }) => cpuMicros,
    isClosed: false,
  },
  responseAtRate: {
    load: (sample, at) => unsaturated(valid(openOf(sample, at))),
    of: ({ medianMicros }) => medianMicros,
    isClosed: false,
  },
} as const satisfies Record<string, SlicedMetric>;

const isSliced = (metric: unknown): metric is keyof typeof sliced =>
  typeof metric === 'string' && Object.hasOwn(sliced, metric);

/** The figure of each slice, by its place; empty if the load has none, or must not be used. */
function slicesOf(metric: keyof typeof sliced, sample: Sample, at: At): Map<number, number> {
  const { load, of }: SlicedMetric = sliced[metric];
  const values = load(sample, at)?.slices.flatMap((slice) => {
    const value = of(slice);
    return value === null ? [] : [[slice.at, value] as const];
  });
  return new Map(values);
}

/** The middle of a process's slices; otherwise, of older results, the figure of the whole load. */
const bySlices =
  (metric: keyof typeof sliced, whole: (sample: Sample, at: At) => number | undefined) =>
  (sample: Sample, at: At): number | undefined => {
    const values = [...slicesOf(metric, sample, at).values()];
    return values.length === 0 ? whole(sample, at) : median(values);
  };

/** The figures that contenders are compared by. */
export const metrics = {
  /** Calls a second, closed loop, by the project's own driver. */
  throughput: bySlices('throughput', (sample, at) => valid(closedOf(sample, at))?.perSecond),
  /** Calls a second by autocannon, HTTP/1.1 only. */
  autocannon: (sample, at) => valid(autocannonOf(sample, at))?.perSecond,
  /** Server CPU a call at capacity, µs. The client's limits do not touch it. */
  cpuAtCapacity: bySlices('cpuAtCapacity', (sample, at) => perCall(soundClosed(sample, at))),
  /** The same under autocannon. */
  cpuUnderAutocannon: (sample, at) => perCall(autocannonOf(sample, at)),
  /** Server CPU a call at the rate that is the same for all, µs. */
  cpuAtRate: bySlices('cpuAtRate', (sample, at) => perCall(valid(openOf(sample, at)))),
  /** Median and tail of the response at that rate, from the intended start, µs. */
  responseAtRate: bySlices('responseAtRate', (sample, at) =>
    quantileOf(unsaturated(valid(openOf(sample, at)))?.response, 0.5),
  ),
  p99AtRate: (sample, at) => quantileOf(unsaturated(valid(openOf(sample, at)))?.response, 0.99),
  /** Mean time of a call in the closed loop, µs: there may be too few for a median. */
  latency: bySlices('latency', (sample, at) => {
    const load = soundClosed(sample, at);
    if (!load || load.latency === null) return undefined;
    const { mean, totalCount } = decodeHistogram(load.latency);
    return totalCount > 0 ? mean : undefined;
  }),
  /** Highest rate that met the objective, calls a second. */
  capacity: ({ capacity }, at) =>
    valid(capacity.find(matches({ ...(at.workload !== undefined && { workload: at.workload }) })))
      ?.perSecond ?? undefined,
  /** Server CPU of an event, publishing and delivering to all watchers, µs. */
  cpuPerEvent: ({ delivery }) =>
    delivery && delivery.serverCpuMicros !== null
      ? delivery.serverCpuMicros / delivery.published
      : undefined,
  /** Median delay of an event, from its intended publication, µs. */
  delay: ({ delivery }) => (delivery?.delivered ? quantileOf(delivery.delay, 0.5) : undefined),
  /** Resident memory of the server for each idle connection, bytes. */
  residentPerConnection: ({ idle }) =>
    idle && idle.firstBytes !== null && idle.lastBytes !== null
      ? (idle.lastBytes - idle.firstBytes) / idle.connections
      : undefined,
} as const satisfies Record<string, (sample: Sample, at: At) => number | undefined>;

export type MetricName = keyof typeof metrics;

const metricOf = (metric: Metric | MetricName, at: At): Metric =>
  typeof metric === 'string' ? (sample) => metrics[metric](sample, at) : metric;

export const findCell = (result: Result, scenario: string, contender: string): Cell | undefined =>
  result.cells.find((cell) => cell.scenario === scenario && cell.contender === contender);

export const isValid = (cell: Cell | undefined): cell is Cell =>
  cell !== undefined && cell.invalid.length === 0 && cell.samples.length > 0;

/** The figure of a cell: the middle of all slices, or of the processes; undefined without any. */
export const typical = (cell: Cell, metric: Metric | MetricName, at: At = {}): number | undefined =>
  rangeOf(cell, metric, at)?.value;

/** A figure with the range in which it was found. */
export interface Ranged {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/**
 * The middle of all slices of all processes, and the middle 80 % of them; of a figure without
 * slices the middle of the processes, their least and their most. Undefined without any.
 */
export function rangeOf(cell: Cell, metric: Metric | MetricName, at: At = {}): Ranged | undefined {
  const slices = isSliced(metric)
    ? cell.samples.flatMap((sample) => [...slicesOf(metric, sample, at).values()])
    : [];
  if (slices.length > 0) {
    return { value: median(slices), low: sortedAt(slices, 0.1), high: sortedAt(slices, 0.9) };
  }
  const values = cell.samples.map(metricOf(metric, at)).filter((value) => value !== undefined);
  if (values.length === 0) return undefined;
  return { value: median(values), low: Math.min(...values), high: Math.max(...values) };
}

/** All samples of a cell's histograms of one kind. */
export function merged(
  cell: Cell,
  histogramOf: (sample: Sample) => string | null | undefined,
): Histogram | undefined {
  const texts = cell.samples.map(histogramOf).filter((text) => typeof text === 'string');
  return texts.length === 0 ? undefined : mergeHistograms(texts);
}

/**
 * The ratio of two processes of a round: the middle of the ratios of slices that lie beside each
 * other in time. Undefined if they have no slices in common.
 */
function ratioBySlices(
  metric: keyof typeof sliced,
  [contender, baseline]: readonly [Sample, Sample],
  at: At,
): number | undefined {
  const base = slicesOf(metric, baseline, at);
  const ratios = [...slicesOf(metric, contender, at)].flatMap(([place, value]) => {
    const other = base.get(place);
    return other ? [value / other] : [];
  });
  return ratios.length === 0 ? undefined : median(ratios);
}

/** Whether a process has the load of a figure, and must not be used. */
const lostSome = ({ samples }: Cell, metric: keyof typeof sliced, at: At): boolean => {
  const { load, isClosed }: SlicedMetric = sliced[metric];
  const loadOf = isClosed ? closedOf : openOf;
  return samples.some((sample) => loadOf(sample, at) && !load(sample, at));
};

/** A figure of two cells, by the processes of the same round; none if one is not valid. */
export function pairsOf(
  contender: Cell | undefined,
  baseline: Cell | undefined,
  metric: Metric | MetricName,
  at: At = {},
): (readonly [contender: number, baseline: number])[] {
  if (!isValid(contender) || !isValid(baseline)) return [];
  // To keep the valid processes of a cell would be to choose among them.
  if (isSliced(metric) && [contender, baseline].some((cell) => lostSome(cell, metric, at)))
    return [];
  const read = metricOf(metric, at);
  const byRound = new Map(baseline.samples.map((sample) => [sample.round, sample]));
  return contender.samples.flatMap((sample) => {
    const other = byRound.get(sample.round);
    const [value, base] = [read(sample), other && read(other)];
    if (!value || !base || !other) return [];
    const ratio = isSliced(metric) ? ratioBySlices(metric, [sample, other], at) : undefined;
    return [[ratio === undefined ? value : ratio * base, base] as const];
  });
}

/**
 * One cell over another.
 * @returns undefined if one is missing, not valid, or lacks the figure
 */
export function compareCells(
  result: Result,
  contender: Cell | undefined,
  baseline: Cell | undefined,
  metric: Metric | MetricName,
  at: At = {},
): Comparison | undefined {
  const pairs = pairsOf(contender, baseline, metric, at);
  return pairs.length === 0 ? undefined : compare(pairs, createRandom(result.options.seed));
}

/**
 * The noise floor: the baseline of a scenario against itself. Scenarios without such a pair use
 * that of the point read.
 */
export function floorFor(
  result: Result,
  scenario: string,
  metric: Metric | MetricName,
): number | undefined {
  for (const name of [scenario, 'point-read']) {
    const again = result.cells.find((cell) => cell.scenario === name && cell.kind === 'again');
    const baseline = again && findCell(result, name, again.contender.replace(/-again$/, ''));
    const comparison = compareCells(result, again, baseline, metric);
    const floor = comparison && floorOf(comparison);
    if (floor !== undefined) return floor;
  }
  return undefined;
}

export interface Contrast {
  readonly comparison: Comparison;
  readonly floor: number | undefined;
  readonly difference: Difference;
}

/** A contrast between two cells of a scenario, with its noise floor taken into account. */
export function contrast(
  result: Result,
  scenario: string,
  [contender, baseline]: readonly [string, string],
  metric: Metric | MetricName,
  at: At = {},
): Contrast | undefined {
  const cells = [contender, baseline].map((name) => findCell(result, scenario, name));
  const comparison = compareCells(result, cells[0], cells[1], metric, at);
  if (!comparison) return undefined;
  const floor = floorFor(result, scenario, metric);
  return { comparison, floor, difference: differenceOf(comparison, floor) };
}

const starvedShare = 0.6;
const drifted = 0.1;

const percent = (share: number): string => `${Math.round(share * 100)} %`;

/** What a reader has to know before using a valid cell's figures. */
export function notesOf(cell: Cell): string[] {
  const [sample] = cell.samples;
  if (!sample || sample.closed.length === 0) return [];
  const notes: string[] = [];
  const faults = cell.samples.flatMap((one) => closedOf(one)?.invalid ?? []);
  if (faults.length > 0) {
    const cpu = typical(cell, 'cpuAtCapacity');
    const estimate =
      cpu === undefined ? '' : `; ${Math.round(1e6 / cpu)}/s is estimated by its CPU`;
    notes.push(`capacity INVALID, ${faults[0]}${estimate}`);
  }
  const client = typical(cell, (one) => closedOf(one)?.clientCpuShare) ?? 1;
  const server = typical(cell, (one) => closedOf(one)?.serverCpuShare ?? undefined) ?? 1;
  if (client < starvedShare && server < starvedShare && closedOf(sample)?.driver === 'lean') {
    notes.push(`starved (client ${percent(client)}, server ${percent(server)}: others were busy)`);
  }
  const drift = typical(cell, (one) => closedOf(one)?.drift ?? undefined) ?? 1;
  if (Math.abs(drift - 1) > drifted) {
    notes.push(`not stationary (last step ${drift.toFixed(2)} of the first)`);
  }
  const late = cell.samples.flatMap((one) => openOf(one)?.invalid ?? []);
  if (late.length > 0) notes.push(`at equal rate INVALID, ${late[0]}`);
  return notes;
}
