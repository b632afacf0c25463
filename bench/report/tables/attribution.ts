import { formatNumber, formatRatio } from '../../result/format.ts';
import type { Result } from '../../result/result.ts';
import { left, type ReportTable, right } from '../../result/table.ts';
import { labelOf } from '../../scenarios/labels.ts';
import type { AttributionPart } from '../../statistics/attribution-by-round.ts';
import { wireAttributions } from '../../statistics/attribution-by-wire.ts';
import { type FloorFigures, floorFigures } from '../../statistics/floors.ts';
import type { Scenario } from '../../trial/scenario.ts';
import { loadTable } from './load.ts';

const microsText = ({ micros, interval }: AttributionPart): string =>
  interval
    ? `${formatNumber(micros)} [${formatNumber(interval.low)}, ${formatNumber(interval.high)}]`
    : formatNumber(micros);

/** The parts of a call's server CPU, wire by wire; none if no chain was measured whole. */
function chainTable(result: Result, { name }: Scenario): ReportTable[] {
  const found = wireAttributions(result).filter(({ scenario }) => scenario === name);
  if (found.length === 0) return [];
  return [
    {
      title: "Where a read's server CPU goes",
      lead: 'Each part is what one layer adds to those above it, at the equal rate; the parts of a wire add up to its whole. The interval is over rounds.',
      columns: [left('wire'), left('layer'), left('part'), right('µs [95 %]')],
      rows: found.flatMap(({ label, parts, total }) => [
        ...parts.map((part) => [label, part.layer, part.label, microsText(part)]),
        [label, 'whole', '', microsText(total)],
      ]),
      notes: [],
    },
  ];
}

function floorRow({ floors, micros, ours, atRate, atSaturation }: FloorFigures): string[] {
  const { scenario } = floors;
  const nameOf = (contender: string): string => labelOf({ scenario, contender });
  return [
    nameOf(floors.room),
    nameOf(floors.bare),
    ...[micros.bare, micros.withCore, micros.room].map(formatNumber),
    microsText(ours),
    formatRatio(atRate),
    formatRatio(atSaturation),
  ];
}

/** Each room beside its library: what is ours is the difference between the last two floors. */
function floorTable(result: Result, { name }: Scenario): ReportTable[] {
  const found = floorFigures(result).filter(({ floors }) => floors.scenario === name);
  if (found.length === 0) return [];
  return [
    {
      title: 'Each room beside its bare library',
      lead: "CPU µs a read at the equal rate: the library with a constant, the same with core, the room. What is ours is the difference between the last two. Two ratios say how much of the library's speed is left, and need not agree: at saturation several reads share a turn of the event loop, at the equal rate few do.",
      columns: [
        left('room'),
        left('bare library'),
        right('library'),
        right('with core'),
        right('room'),
        right('ours µs [95 %]'),
        right('CPU at equal rate: library over room'),
        right('throughput at saturation: room over library'),
      ],
      rows: found.map(floorRow),
      notes: [],
    },
  ];
}

export const attributionTables = (result: Result, of: Scenario): ReportTable[] => [
  ...chainTable(result, of),
  ...floorTable(result, of),
  loadTable(result, of),
];
