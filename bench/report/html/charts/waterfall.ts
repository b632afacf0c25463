import * as Plot from '@observablehq/plot';
import type { WaterfallPicture } from '../../../result/picture.ts';
import type { WireName } from '../../../result/wires.ts';
import { colourOfWire } from './looks.ts';
import { extent, significant, withUnit } from './numbers.ts';
import {
  type ChartRow,
  drawRows,
  type Item,
  layoutOf,
  linearScale,
  rowsOf,
  tallIn,
  zeroLine,
} from './row-layout.ts';
import { type Attributes, tagged } from './svg.ts';

/** Steps from one total to another, one row each, each where the one before it ended. */

interface Step extends Item {
  readonly isTotal: boolean;
  readonly from: number;
  readonly to: number;
  readonly value: number;
  /** Where the step may end, by its interval. */
  readonly least: number | undefined;
  readonly most: number | undefined;
  /** Whether the interval excludes that the step is 0. */
  readonly isShown: boolean;
}

const totalOf = ({
  label,
  wire,
  value,
}: {
  readonly label: string;
  readonly wire: WireName | null;
  readonly value: number;
}): Step => ({
  label,
  wire,
  isTotal: true,
  from: 0,
  to: value,
  value,
  least: undefined,
  most: undefined,
  isShown: true,
});

function stepsOf({ start, steps, end }: WaterfallPicture): Step[] {
  let reached = start?.value ?? 0;
  const between = steps.map(({ label, value, low, high }): Step => {
    const from = reached;
    reached += value;
    const isShown = low !== undefined && high !== undefined && low * high > 0;
    return {
      label,
      wire: null,
      isTotal: false,
      from,
      to: reached,
      value,
      least: low === undefined ? undefined : from + low,
      most: high === undefined ? undefined : from + high,
      isShown,
    };
  });
  return [...(start ? [totalOf(start)] : []), ...between, totalOf(end)];
}

const numberOf =
  (unit: string) =>
  ({ value, isTotal }: Step): string =>
    `${isTotal || value < 0 ? '' : '+'}${withUnit(value, unit)}`;

const colourOf = ({ isTotal, wire, value }: Step): string =>
  isTotal ? colourOfWire(wire) : value < 0 ? 'var(--fewer)' : 'var(--warm)';

function tipOf(step: ChartRow<Step>, unit: string): string {
  const { label, number, from, least, most, isTotal, isShown } = step;
  if (isTotal) return `${label}: ${number}`;
  if (least === undefined || most === undefined) return `${label}: ${number}, no interval`;
  const range = `${significant(least - from)} to ${significant(most - from)} ${unit}`;
  return `${label}: ${number} (${range})${isShown ? '' : ', no difference shown'}`;
}

/** From the end of each step to the row below. */
const connectors = (rows: readonly ChartRow<Step>[], middle: number) =>
  Plot.link(rows.slice(0, -1), {
    x1: 'to',
    x2: 'to',
    y1: ({ at }: ChartRow<Step>) => at + middle,
    y2: ({ at }: ChartRow<Step>) => at + 1 + middle,
    stroke: 'var(--soft)',
    strokeDasharray: '2 3',
  });

export function drawWaterfall(
  picture: WaterfallPicture,
  width: number,
  attributes: Attributes,
): string {
  const steps = stepsOf(picture);
  const rows = rowsOf(steps, numberOf(picture.unit));
  const layout = layoutOf(rows, width);
  const y = ({ at }: ChartRow<Step>) => at + layout.middle;
  const marks = [
    connectors(rows, layout.middle),
    Plot.rect(
      rows,
      tagged(
        {
          x1: 'from',
          x2: 'to',
          ...tallIn(layout),
          fill: colourOf,
          fillOpacity: ({ isShown }: Step) => (isShown ? 1 : 0.35),
          stroke: colourOf,
          title: (row: ChartRow<Step>) => tipOf(row, picture.unit),
        },
        (at) => {
          const { label: series, value: x, least: low, most: high } = rows[at] ?? {};
          return { series, x, low, high };
        },
      ),
    ),
    Plot.link(
      rows.filter(({ least }) => least !== undefined),
      { x1: 'least', x2: 'most', y1: y, y2: y, stroke: 'var(--ink)', strokeWidth: 1.5 },
    ),
    // Where labels stand above the bars, a line through all rows would cross them.
    layout.isInline
      ? Plot.ruleX([0], { stroke: 'var(--ink)', strokeWidth: 1.5 })
      : zeroLine(rows, layout),
  ];
  const range = extent([
    0,
    picture.reach ?? 0,
    ...steps.flatMap(({ from, to, least = to, most = to }) => [from, to, least, most]),
  ]);
  return drawRows(rows, layout, linearScale(range, layout), marks, attributes);
}
