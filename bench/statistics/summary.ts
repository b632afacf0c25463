import type { Cell, Result, Sample } from '../report/result.ts';
import { type Histogram, mergeHistograms, quantileMicros } from './histogram.ts';
import { type Comparison, compare, differenceOf, floorOf, median } from './paired.ts';
import { createRandom } from './random.ts';

/** A figure of one process; undefined where it was not measured. */
export type Metric = (sample: Sample) => number | undefined;

const medianOf = (histogram: string | undefined): number | undefined =>
  histogram === undefined ? undefined : quantileMicros(mergeHistograms([histogram]), 0.5);

/** The figures that contenders are compared by. */
export const metrics = {
  /** Calls a second, closed loop, by the project's own driver. */
  throughput: ({ closed }) => closed?.perSecond,
  /** Calls a second by autocannon, HTTP/1.1 only. */
  autocannon: ({ autocannon }) => autocannon?.perSecond,
  /** Server CPU a call at capacity, µs. */
  cpuAtCapacity: ({ closed }) => closed && closed.serverCpuMicros / closed.completed,
  /** The same under autocannon. */
  cpuUnderAutocannon: ({ autocannon }) =>
    autocannon && autocannon.serverCpuMicros / autocannon.completed,
  /** Server CPU a call at the rate that is the same for all, µs. */
  cpuAtRate: ({ open }) => open && open.serverCpuMicros / open.completed,
  /** Median response at that rate, from the intended start, µs. */
  responseAtRate: ({ open }) => medianOf(open?.response),
  /** Median latency of the closed loop, µs. */
  latency: ({ closed }) => medianOf(closed?.latency),
  /** Server CPU of an event, publishing and delivering to all watchers, µs. */
  cpuPerEvent: ({ delivery }) => delivery && delivery.serverCpuMicros / delivery.published,
  /** Median delay of an event, from its intended publication, µs. */
  delay: ({ delivery }) => (delivery?.delivered ? medianOf(delivery.delay) : undefined),
} as const satisfies Record<string, (sample: Sample) => number | null | undefined>;

export type MetricName = keyof typeof metrics;

const metricOf =
  (name: MetricName): Metric =>
  (sample) =>
    metrics[name](sample) ?? undefined;

export const findCell = (result: Result, scenario: string, contender: string): Cell | undefined =>
  result.cells.find((cell) => cell.scenario === scenario && cell.contender === contender);

export const isValid = (cell: Cell | undefined): cell is Cell =>
  cell !== undefined && cell.invalid.length === 0 && cell.samples.length > 0;

/** The middle of the processes' figures; undefined where none was measured. */
export function typical(cell: Cell, metric: Metric | MetricName): number | undefined {
  const read = typeof metric === 'string' ? metricOf(metric) : metric;
  const values = cell.samples.map(read).filter((value) => value !== undefined);
  return values.length === 0 ? undefined : median(values);
}

/** All samples of a cell's histograms of one kind. */
export function merged(
  cell: Cell,
  histogramOf: (sample: Sample) => string | undefined,
): Histogram | undefined {
  const texts = cell.samples.map(histogramOf).filter((text) => text !== undefined);
  return texts.length === 0 ? undefined : mergeHistograms(texts);
}

/**
 * One cell over another, by the processes of the same round.
 * @returns undefined where one is missing, not valid, or lacks the figure
 */
export function compareCells(
  result: Result,
  contender: Cell | undefined,
  baseline: Cell | undefined,
  metric: Metric | MetricName,
): Comparison | undefined {
  if (!isValid(contender) || !isValid(baseline)) return undefined;
  const read = typeof metric === 'string' ? metricOf(metric) : metric;
  const byRound = new Map(baseline.samples.map((sample) => [sample.round, read(sample)]));
  const pairs = contender.samples.flatMap((sample) => {
    const [value, base] = [read(sample), byRound.get(sample.round)];
    return value && base ? [[value, base] as const] : [];
  });
  return pairs.length === 0 ? undefined : compare(pairs, createRandom(result.options.seed));
}

/**
 * The noise floor: the baseline of a scenario against itself. Scenarios without such a pair use
 * that of the point read.
 */
export function floorFor(result: Result, scenario: string, metric: MetricName): number | undefined {
  for (const name of [scenario, 'point-read']) {
    const again = result.cells.find((cell) => cell.scenario === name && cell.kind === 'again');
    const baseline = again && findCell(result, name, again.contender.replace(/-again$/, ''));
    const comparison = compareCells(result, again, baseline, metric);
    const floor = comparison && floorOf(comparison);
    if (floor !== undefined) return floor;
  }
  return undefined;
}

/** A contrast between two cells of a scenario, with its noise floor taken into account. */
export function contrast(
  result: Result,
  scenario: string,
  [contender, baseline]: readonly [string, string],
  metric: MetricName,
) {
  const comparison = compareCells(
    result,
    findCell(result, scenario, contender),
    findCell(result, scenario, baseline),
    metric,
  );
  if (!comparison) return undefined;
  const floor = floorFor(result, scenario, metric);
  return { comparison, floor, difference: differenceOf(comparison, floor) };
}

const busyShare = 0.8;
const starvedShare = 0.6;
const drifted = 0.15;

/** What a reader has to know before using a valid cell's figures. */
export function notesOf(cell: Cell): string[] {
  const share = (of: 'clientCpuShare' | 'serverCpuShare') =>
    typical(cell, ({ closed }) => closed?.[of]) ?? 1;
  const notes: string[] = [];
  const client = share('clientCpuShare');
  const server = share('serverCpuShare');
  if (client > busyShare && server < client) {
    notes.push(`client-bound (client ${percent(client)} of its core, server ${percent(server)})`);
  } else if (client < starvedShare && server < starvedShare) {
    notes.push(`starved (client ${percent(client)}, server ${percent(server)}: others were busy)`);
  }
  const drift = typical(cell, ({ closed }) => closed?.drift ?? undefined) ?? 1;
  if (Math.abs(drift - 1) > drifted) {
    notes.push(`not stationary (second half ${drift.toFixed(2)} of the first)`);
  }
  const late = typical(cell, ({ open }) => medianOf(open?.lateness));
  const response = typical(cell, 'responseAtRate');
  if (late !== undefined && response !== undefined && late > response / 2) {
    notes.push(`sent late (p50 ${Math.round(late)} µs of ${Math.round(response)} µs)`);
  }
  return notes;
}

/** Whether the client and not the server set the limit of a closed loop. */
export const isClientBound = (cell: Cell): boolean =>
  notesOf(cell).some((note) => note.startsWith('client-bound'));

const percent = (share: number): string => `${Math.round(share * 100)} %`;
