import { formatNumber, missing } from '../../result/format.ts';
import type { BarPicture, StackPicture } from '../../result/picture.ts';
import type { Result } from '../../result/result.ts';
import { left, type ReportTable, right } from '../../result/table.ts';
import { bare } from '../../scenarios/bare.ts';
import { labelOf } from '../../scenarios/labels.ts';
import {
  type AttributionOfWorkload,
  type AttributionPart,
  attributionOf,
} from '../../statistics/attribution-by-round.ts';
import { findCell, isValid, typical } from '../../statistics/summary.ts';
import { colourOf } from './contenders.ts';
import type { Figure } from './figure.ts';
import { pictureTable } from './picture-table.ts';

/** What gRPC differs from REST by, in parts that add up, and the costs that they come from. */

const scenario = 'attribution';

const stackOf = (found: AttributionOfWorkload): StackPicture => ({
  kind: 'stack',
  label: 'gRPC − REST, server CPU, µs a call',
  items: [
    { label: 'by bare libraries', parts: found.bare },
    { label: 'by whole rooms', parts: found.rooms },
  ].map(({ label, parts }) => ({
    label,
    wire: null,
    parts: parts.map((part) => ({ label: part.label, value: part.micros })),
  })),
});

const barsOf = (result: Result, workload: string): BarPicture => ({
  kind: 'bars',
  label: 'server CPU at equal rate, µs a call',
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

/** Each room's cost, and how much of it its library has without us. */
function libraryFigure(result: Result): Figure[] {
  const items = bare.contenders.flatMap(({ name, wire, kind, label }) => {
    if (kind !== 'control') return [];
    const room = bare.contenders.find((one) => one.kind === 'room' && one.wire === wire);
    const [whole, alone] = [room?.name ?? '', name].map((one) => {
      const cell = findCell(result, bare.name, one);
      return isValid(cell) ? typical(cell, 'cpuAtCapacity') : undefined;
    });
    if (whole === undefined || alone === undefined) return [];
    const parts = [
      { label: 'bare library', value: alone },
      { label: 'our code', value: whole - alone },
    ];
    return [{ label: `${room?.label}, of which ${label}`, wire, parts }];
  });
  if (items.length === 0) return [];
  const picture: StackPicture = { kind: 'stack', label: 'server CPU, µs a read', items };
  return [
    {
      id: 'attribution-library',
      title: 'Each room beside its bare library',
      lead: bare.what,
      drawings: [picture],
      numbers: [pictureTable(picture)],
      scenarios: [bare.name],
    },
  ];
}

export const attributionFigures = (result: Result): Figure[] => [
  ...differenceFigures(result),
  ...libraryFigure(result),
];

/** One figure an operation; none if a layer between REST and gRPC was not measured. */
const differenceFigures = (result: Result): Figure[] =>
  ['read', 'create'].flatMap((workload) => {
    const found = attributionOf(result, workload);
    if (!found) return [];
    const title = `gRPC − REST, one ${workload}`;
    const bars = barsOf(result, workload);
    return [
      {
        id: `attribution-${workload}`,
        title,
        lead: 'Parts left of 0 make gRPC cheaper, parts right of it more expensive. Each way of counting adds up to the same difference.',
        drawings: [stackOf(found), bars],
        numbers: [tableOf(found, title), pictureTable(bars)],
        scenarios: [scenario],
      },
    ];
  });
