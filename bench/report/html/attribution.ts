import { waterfallOf } from '../../questions/attribution-picture.ts';
import { formatNumber, missing } from '../../result/format.ts';
import type { BarPicture, WaterfallPicture } from '../../result/picture.ts';
import type { Result } from '../../result/result.ts';
import { left, type ReportTable, right } from '../../result/table.ts';
import { labelOf } from '../../scenarios/labels.ts';
import {
  type AttributionOfWorkload,
  type AttributionPart,
  attributionOf,
} from '../../statistics/attribution-by-round.ts';
import { type WireAttribution, wireAttributions } from '../../statistics/attribution-by-wire.ts';
import { isValid, typical } from '../../statistics/summary.ts';
import { colourOf } from './contenders.ts';
import type { Figure } from './figure.ts';
import { pictureTable } from './picture-table.ts';

/** What gRPC differs from REST by, in parts that add up, and the costs that they come from. */

const scenario = 'attribution';

const barsOf = (result: Result, workload: string): BarPicture => ({
  kind: 'bars',
  label: 'server CPU at equal rate, µs a call',
  unit: 'µs',
  items: result.cells
    .filter((cell) => cell.scenario === scenario && cell.kind !== 'again' && isValid(cell))
    .flatMap((cell) => {
      const value = typical(cell, 'cpuAtRate', { workload });
      return value === undefined ? [] : [{ label: labelOf(cell), wire: colourOf(cell), value }];
    }),
});

function tableOf(found: AttributionOfWorkload, title: string): ReportTable {
  const row = (way: string, { label, micros, interval }: AttributionPart) => [
    way,
    label,
    formatNumber(micros),
    interval ? formatNumber(interval.low) : missing,
    interval ? formatNumber(interval.high) : missing,
  ];
  return {
    title,
    lead: '',
    columns: [left('by'), left('part'), right('µs a call'), right('low'), right('high')],
    rows: [
      row('all', found.difference),
      ...found.bare.map((part) => row('bare libraries', part)),
      ...found.rooms.map((part) => row('whole rooms', part)),
    ],
    notes: [],
  };
}

/** The layers of a whole call, one per step; `reach` gives all pictures the same range. */
const fallOf = (
  { label, wire, parts, total }: WireAttribution,
  reach: number,
): WaterfallPicture => ({
  kind: 'waterfall',
  label: `${label}, server CPU, µs a read`,
  unit: 'µs',
  steps: parts.map((part) => ({
    label: part.label,
    value: part.micros,
    low: part.interval?.low,
    high: part.interval?.high,
  })),
  end: { label: 'the whole', wire, value: total.micros },
  reach,
});

/** Where a read's server CPU goes on every wire, in steps that add up. */
function wireFigure(result: Result): Figure[] {
  const found = wireAttributions(result);
  if (found.length === 0) return [];
  const reach = Math.max(...found.map(({ total }) => total.micros));
  const falls = found.map((one) => fallOf(one, reach));
  return [
    {
      id: 'attribution-wires',
      title: 'Where the CPU of a read goes, on every wire',
      lead: 'Each step is what one layer adds to those above it; all axes have the same range. A whisker is the 95 % interval of a step; a pale step is not shown to differ from 0.',
      drawings: falls,
      numbers: falls.map(pictureTable),
      scenarios: [...new Set(found.map((one) => one.scenario))],
    },
  ];
}

export const attributionFigures = (result: Result): Figure[] => [
  ...differenceFigures(result),
  ...wireFigure(result),
];

/** One figure per operation; none if a layer between REST and gRPC was not measured. */
const differenceFigures = (result: Result): Figure[] =>
  ['read', 'create'].flatMap((workload) => {
    const found = attributionOf(result, workload);
    if (!found) return [];
    const title = `gRPC − REST, one ${workload}`;
    const bars = barsOf(result, workload);
    const falls = [
      waterfallOf(result, found, found.bare, 'by bare libraries'),
      waterfallOf(result, found, found.rooms, 'by whole rooms'),
    ].filter((one) => one !== undefined);
    return [
      {
        id: `attribution-${workload}`,
        title,
        lead: 'Each step begins where the one above it ends, and all steps lead from REST to gRPC. A whisker is the 95 % interval of a step; a pale step is not shown to differ from 0.',
        drawings: [...falls, bars],
        numbers: [tableOf(found, title), pictureTable(bars)],
        scenarios: [scenario],
      },
    ];
  });
