import { formatCount, formatNumber, formatTenth } from '../../result/format.ts';
import type { SpikeSample } from '../../result/mix.ts';
import type { Cell, Result } from '../../result/result.ts';
import { type ReportTable, right } from '../../result/table.ts';
import { cellsOf, labelOf } from '../../scenarios/labels.ts';
import { cpuOfMix, highestRate, readsAlone } from '../../statistics/mix.ts';
import { type Ranged, rangeOf, typical } from '../../statistics/summary.ts';
import type { Scenario } from '../../trial/scenario.ts';
import { type CellColumn, tableWith } from './columns.ts';

/** A figure with the least and the most of its processes. */
const ranged = (range: Ranged | undefined, format: (value: number) => string): string => {
  if (!range) return formatCount(undefined);
  const { value, low, high } = range;
  return low === high ? format(value) : `${format(value)} (${format(low)}–${format(high)})`;
};

const spikesOf = ({ samples }: Cell): SpikeSample[] =>
  samples.flatMap(({ mix }) => mix?.spike ?? []);

const sum = (spikes: readonly SpikeSample[], of: (spike: SpikeSample) => number): number =>
  spikes.reduce((total, spike) => total + of(spike), 0);

const share = (part: number, whole: number): string =>
  whole === 0 ? formatCount(undefined) : `${formatTenth((100 * part) / whole)} %`;

function recoveryText(cell: Cell): string {
  const spikes = spikesOf(cell);
  const never = spikes.filter(({ recoveryMs }) => recoveryMs === null).length;
  const range = rangeOf(cell, ({ mix }) => mix?.spike?.recoveryMs ?? undefined);
  if (never === 0) return ranged(range, formatCount);
  const text = `not within the run in ${never} of ${spikes.length}`;
  return range ? `${ranged(range, formatCount)}, ${text}` : text;
}

function notesOfMix(cell: Cell): string[] {
  const faults = cell.samples.flatMap(({ mix }) => [
    ...(mix?.whole.invalid ?? []).map((why) => `highest rate INVALID, ${why}`),
    ...(mix?.readAlone.invalid ?? []).map((why) => `reads alone INVALID, ${why}`),
  ]);
  const kinds = spikesOf(cell).flatMap(({ failures }) => Object.entries(failures));
  const [kind] = kinds.toSorted((a, b) => b[1] - a[1]);
  return [
    ...cell.invalid.map((why) => `INVALID, ${why}`),
    ...new Set(faults),
    ...(kind ? [`most failures in the spike: ${kind[0]}`] : []),
  ].map((note) => `${labelOf(cell)}: ${note}`);
}

const rateColumns: readonly CellColumn[] = [
  [right('calls/s'), (cell) => ranged(rangeOf(cell, highestRate), formatCount)],
  [right('reads alone/s'), (cell) => ranged(rangeOf(cell, readsAlone), formatCount)],
  [right('CPU µs/call'), (cell) => formatNumber(typical(cell, cpuOfMix))],
];

const spikeColumns: readonly CellColumn[] = [
  [right('base/s'), (cell) => formatCount(typical(cell, ({ mix }) => mix?.spike?.basePerSecond))],
  [right('spike/s'), (cell) => formatCount(typical(cell, ({ mix }) => mix?.spike?.spikePerSecond))],
  [right('recovery ms'), recoveryText],
  [
    right('failed'),
    (cell) =>
      share(
        sum(spikesOf(cell), (one) => one.failed - one.timedOut),
        scheduledIn(cell),
      ),
  ],
  [
    right('timed out'),
    (cell) =>
      share(
        sum(spikesOf(cell), (one) => one.timedOut),
        scheduledIn(cell),
      ),
  ],
  [
    right('not sent'),
    (cell) =>
      share(
        sum(spikesOf(cell), (one) => one.overflow),
        scheduledIn(cell),
      ),
  ],
];

const scheduledIn = (cell: Cell): number => sum(spikesOf(cell), ({ scheduled }) => scheduled);

export function mixedTables(result: Result, scenario: Scenario): ReportTable[] {
  const cells = cellsOf(result, scenario);
  const notes = cells.flatMap(notesOfMix);
  return [
    tableWith(cells, rateColumns, {
      title: `${scenario.title}: highest rate`,
      lead: `${scenario.what} The highest rate has a p99 below 200 ms, and at least 99.9 % of its calls succeed; in brackets the least and the most of the processes.`,
      notes,
    }),
    tableWith(cells, spikeColumns, {
      title: `${scenario.title}: a tenfold spike of two seconds`,
      lead: 'The base is a fifth of the highest rate of each wire, so each gets twice what it can do. Recovered: from the end of the spike until, for 300 ms, every call succeeds and the p99 of 100 ms is below twice that before the spike. Calls time out after two seconds.',
      notes: [],
    }),
  ];
}
