import { formatCount, formatMs, formatRatio, formatTenth, missing } from '../../result/format.ts';
import type { Cell, Result, Sample } from '../../result/result.ts';
import { left, type ReportColumn, type ReportTable, right } from '../../result/table.ts';
import { cellsOf, labelOf } from '../../scenarios/labels.ts';
import { type Histogram, quantileMicros } from '../../statistics/histogram.ts';
import { pairsNeeded } from '../../statistics/paired.ts';
import {
  type At,
  compareCells,
  findCell,
  floorFor,
  isValid,
  type MetricName,
  merged,
  notesOf,
  typical,
  wireOf,
} from '../../statistics/summary.ts';
import type { Scenario } from '../../trial/scenario.ts';

/** What the tables of scenarios have in common: a row per contender, a column per figure. */

/** A column, and its text for a cell. */
export type CellColumn = readonly [ReportColumn, (cell: Cell) => string];

/** Hollow: an invalid cell has its name and nothing else. */
const rowsOf = (cells: readonly Cell[], columns: readonly CellColumn[]): string[][] =>
  cells.map((cell) => [
    isValid(cell) ? labelOf(cell) : `${labelOf(cell)} (INVALID)`,
    ...columns.map(([, text]) => (isValid(cell) ? text(cell) : missing)),
  ]);

export const tableWith = (
  cells: readonly Cell[],
  columns: readonly CellColumn[],
  rest: Pick<ReportTable, 'title' | 'lead' | 'notes'>,
): ReportTable => ({
  ...rest,
  columns: [left(''), ...columns.map(([column]) => column)],
  rows: rowsOf(cells, columns),
});

export const quantileText =
  (histogramOf: (sample: Sample) => string | null | undefined, quantile: number) =>
  (cell: Cell): string => {
    const histogram: Histogram | undefined = merged(cell, histogramOf);
    return formatMs(histogram && quantileMicros(histogram, quantile));
  };

export const countText =
  (histogramOf: (sample: Sample) => string | null | undefined) =>
  (cell: Cell): string =>
    formatCount(merged(cell, histogramOf)?.totalCount);

const metricLabels: Partial<Record<MetricName, string>> = {
  throughput: 'calls/s',
  cpuAtCapacity: 'CPU at capacity',
  cpuAtRate: 'CPU at equal rate',
  responseAtRate: 'p50 at equal rate',
  latency: 'time of a call',
  cpuPerEvent: 'CPU of an event',
  delay: 'p50 of the delay',
};

/** How far the same contender is from itself, for each of the figures. */
export function floorNote(result: Result, scenario: string, names: readonly MetricName[]): string {
  const texts = names.flatMap((name) => {
    const floor = floorFor(result, scenario, name);
    return floor === undefined ? [] : `${metricLabels[name] ?? name} ${floor.toFixed(3)}×`;
  });
  return texts.length === 0
    ? 'No noise floor: no baseline was measured against itself.'
    : `Noise floor (a baseline against itself, outer bound of its interval): ${texts.join(', ')}.`;
}

export function notesFor(cells: readonly Cell[]): string[] {
  const texts = cells.flatMap((cell) => {
    const label = labelOf(cell);
    if (cell.invalid.length > 0) return cell.invalid.map((why) => `${label}: INVALID, ${why}`);
    return notesOf(cell).map((note) => `${label}: ${note}`);
  });
  const fewest = Math.min(...cells.filter(isValid).map(({ samples }) => samples.length));
  if (fewest >= pairsNeeded || !Number.isFinite(fewest)) return texts;
  const few = `As few as ${fewest} processes of a contender: no interval, no difference shown.`;
  return [...texts, few];
}

export const ratioText =
  (result: Result, scenario: Scenario, metric: MetricName, at?: At) =>
  (cell: Cell): string => {
    const baseline = findCell(result, scenario.name, scenario.baseline);
    return cell === baseline ? '1' : formatRatio(compareCells(result, cell, baseline, metric, at));
  };

export function baselineLabel(result: Result, { name, baseline }: Scenario): string {
  const cell = findCell(result, name, baseline);
  return cell ? labelOf(cell) : baseline;
}

export const byteColumns = (at?: At): CellColumn[] => [
  [
    right('bytes out'),
    (cell) => formatCount(typical(cell, (sample) => wireOf(sample, at)?.sentBytesPerCall)),
  ],
  [
    right('bytes in'),
    (cell) => formatCount(typical(cell, (sample) => wireOf(sample, at)?.receivedBytesPerCall)),
  ],
  [
    right('queries'),
    (cell) =>
      formatTenth(typical(cell, (sample) => wireOf(sample, at)?.queriesPerCall ?? undefined)),
  ],
];

export const firstSample = (cells: readonly Cell[]): Sample | undefined =>
  cells.flatMap(({ samples }) => samples)[0];

/** Without a baseline's repeat, which is compared and not drawn. */
export const drawnCells = (result: Result, scenario: Scenario): Cell[] =>
  cellsOf(result, scenario).filter(({ kind }) => kind !== 'again');
