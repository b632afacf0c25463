import * as Plot from '@observablehq/plot';
import type { BarPicture, StackPicture } from '../../../result/picture.ts';
import { colourOfWire, fillOf } from './looks.ts';
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

/** Bars, and bars of parts, one row an item. */

type BarItem = BarPicture['items'][number];

/** A value with its range, as a row and a tip say it. */
function barText({ value, low, high }: BarItem, unit: string): string {
  const text = withUnit(value, unit);
  const hasRange = low !== undefined && high !== undefined && low < high;
  return hasRange ? `${text} (${significant(low)}–${significant(high)})` : text;
}

export function drawBars(
  { items, unit }: BarPicture,
  width: number,
  attributes: Attributes,
): string {
  const rows = rowsOf(items, (item) => barText(item, unit));
  const layout = layoutOf(rows, width);
  const most = Math.max(...rows.map(({ value, high = value }) => high));
  const bars = Plot.rect(
    rows,
    tagged(
      {
        x1: 0,
        x2: 'value',
        ...tallIn(layout),
        fill: ({ wire }: ChartRow<BarItem>) => colourOfWire(wire),
        title: ({ label, number }: ChartRow<BarItem>) => `${label}: ${number}`,
      },
      (at) => ({ series: rows[at]?.label, x: rows[at]?.value }),
    ),
  );
  const y = ({ at }: ChartRow<BarItem>) => at + layout.middle;
  const whiskers = Plot.link(
    rows.filter(({ low }) => low !== undefined),
    { x1: 'low', x2: 'high', y1: y, y2: y, stroke: 'var(--ink)', strokeWidth: 1.5 },
  );
  const scale = linearScale([0, most || 1], layout);
  return drawRows(rows, layout, scale, [bars, whiskers, zeroLine(rows, layout)], attributes);
}

type StackItem = StackPicture['items'][number];

interface Piece extends Item {
  readonly at: number;
  readonly part: string;
  readonly value: number;
  readonly from: number;
  readonly to: number;
  readonly fill: string;
}

export const partsOf = ({ items }: StackPicture): string[] => [
  ...new Set(items.flatMap((item) => item.parts.map(({ label }) => label))),
];

/** Parts one after the other, those below 0 to the left of it. */
const piecesOf = (rows: readonly ChartRow<StackItem>[], all: readonly string[]): Piece[] =>
  rows.flatMap(({ at, label, wire, parts }) => {
    let [up, down] = [0, 0];
    return parts.map(({ label: part, value }) => {
      const from = value < 0 ? down : up;
      if (value < 0) down += value;
      else up += value;
      const fill = fillOf(wire, all.indexOf(part));
      return { at, label, wire, part, value, from, to: from + value, fill };
    });
  });

export function drawStack(picture: StackPicture, width: number, attributes: Attributes): string {
  const rows = rowsOf(picture.items, ({ parts }) =>
    withUnit(
      parts.reduce((sum, { value }) => sum + value, 0),
      picture.unit,
    ),
  );
  const pieces = piecesOf(rows, partsOf(picture));
  const layout = layoutOf(rows, width);
  const marks = [
    Plot.rect(
      pieces,
      tagged(
        {
          x1: 'from',
          x2: 'to',
          ...tallIn(layout),
          fill: 'fill',
          stroke: ({ wire }: Piece) => colourOfWire(wire),
          title: ({ label, part, value }: Piece) =>
            `${label}, ${part}: ${withUnit(value, picture.unit)}`,
        },
        (at) => {
          const { label: series, part, value: x } = pieces[at] ?? {};
          return { series, part, x };
        },
      ),
    ),
    zeroLine(rows, layout),
  ];
  const range = extent([0, ...pieces.map(({ to }) => to)]);
  return drawRows(rows, layout, linearScale(range, layout), marks, attributes);
}
