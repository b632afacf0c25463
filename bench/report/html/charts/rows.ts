import * as Plot from '@observablehq/plot';
import type { BarPicture, RatioPicture, StackPicture } from '../../../result/picture.ts';
import type { WireName } from '../../../result/wires.ts';
import { colourOfWire, fillOf, lookOf } from './looks.ts';
import { extent, letter, type Range, ratioTicks, short, significant, times } from './numbers.ts';
import { type Attributes, svgMarkup, tagged } from './svg.ts';

/** Pictures of one row an item: ratios, bars, bars of parts. */

interface Item {
  readonly label: string;
  readonly wire: WireName | null;
}

/** An item with its place among the rows, and its number as a text. */
type ChartRow<Of extends Item> = Of & { readonly at: number; readonly number: string };

const rowsOf = <Of extends Item>(
  items: readonly Of[],
  numberOf: (item: Of) => string,
): ChartRow<Of>[] => items.map((item, at) => ({ ...item, at, number: numberOf(item) }));

interface Layout {
  readonly width: number;
  readonly signWidth: number;
  readonly marginLeft: number;
  readonly marginRight: number;
  /** Label and number are beside the mark, not above it. */
  readonly isInline: boolean;
  /** Label and number do not fit into one line. */
  readonly isTight: boolean;
  /** Of a row, pixels. */
  readonly height: number;
  /** Where the mark has its middle, and how far it goes from there, both as a part of the row. */
  readonly middle: number;
  readonly half: number;
}

const widest = (texts: readonly string[]): number =>
  letter * Math.max(...texts.map(({ length }) => length));

/** The least width of a scale that has a row to itself, pixels. */
const leastScale = 200;
const aboveMargin = 8;
/** Between a label and the scale beside it, pixels. */
const labelGap = 10;
/** Of the sign that says which side is better, pixels. */
const arrowWidth = 14;

/**
 * Label and number stand beside the mark if there is room, otherwise above it.
 * @param signWidth of a sign between label and mark
 */
function layoutOf(rows: readonly ChartRow<Item>[], width: number, signWidth = 0): Layout {
  const label = widest(rows.map((row) => row.label)) + signWidth;
  const number = widest(rows.map((row) => row.number));
  if (label + number + leastScale < width) {
    const margins = { marginLeft: Math.ceil(label) + 12, marginRight: Math.ceil(number) + 12 };
    return {
      width,
      signWidth,
      ...margins,
      isInline: true,
      isTight: false,
      height: 30,
      middle: 0.5,
      half: 0.3,
    };
  }
  const isTight = label + number + 12 > width;
  const height = isTight ? 62 : 46;
  const margins = { marginLeft: aboveMargin, marginRight: aboveMargin };
  return {
    width,
    signWidth,
    ...margins,
    isInline: false,
    isTight,
    height,
    middle: 1 - 13 / height,
    half: 9 / height,
  };
}

function labelsOf(
  rows: readonly ChartRow<Item>[],
  { isInline, isTight, middle, signWidth }: Layout,
) {
  const text = (frameAnchor: 'left' | 'right', options: Plot.TextOptions) =>
    Plot.text(rows, { frameAnchor, fill: 'var(--ink)', ...options });
  if (isInline) {
    const y = ({ at }: ChartRow<Item>) => at + middle;
    return [
      text('left', { y, dx: -labelGap - signWidth, textAnchor: 'end', text: 'label' }),
      text('right', { y, dx: labelGap, textAnchor: 'start', text: 'number' }),
    ];
  }
  return [
    text('left', { y: 'at', dx: signWidth - aboveMargin, dy: 12, text: 'label' }),
    isTight
      ? text('left', { y: 'at', dx: -aboveMargin, dy: 28, text: 'number' })
      : text('right', { y: 'at', dx: aboveMargin, dy: 12, text: 'number' }),
  ];
}

/** From the top to the bottom of what is drawn in a row. */
const tallIn = ({ middle, half }: Layout) => ({
  y1: ({ at }: ChartRow<Item>) => at + middle - half,
  y2: ({ at }: ChartRow<Item>) => at + middle + half,
});

interface Scale {
  readonly x: Plot.ScaleOptions;
  /** The numbers, or about how many round ones. */
  readonly ticks: Iterable<number> | number;
  readonly tickText: (value: number) => string;
}

const axisHeight = 26;

/** The rows with their scale, from the back to the front: grid, axis, marks, texts. */
function drawRows(
  rows: readonly ChartRow<Item>[],
  layout: Layout,
  { x, ticks, tickText }: Scale,
  marks: readonly Plot.Markish[],
  attributes: Attributes,
): string {
  const { width, marginLeft, marginRight, height } = layout;
  return svgMarkup(
    {
      width,
      height: rows.length * height + axisHeight,
      marginLeft,
      marginRight,
      marginTop: 0,
      marginBottom: axisHeight,
      x: { ...x, axis: null, label: null },
      y: { axis: null, domain: [rows.length, 0] },
      marks: [
        Plot.gridX({ ticks, stroke: 'var(--grid)', strokeOpacity: 1 }),
        Plot.axisX({ ticks, tickSize: 0, text: tickText, label: null }),
        ...marks,
        ...labelsOf(rows, layout),
      ],
    },
    attributes,
  );
}

type RatioItem = RatioPicture['items'][number];

const ratioText = ({ ratio, low, high }: RatioItem): string =>
  low === undefined || high === undefined
    ? `${times(ratio)}, no interval`
    : `${times(ratio)} [${low.toFixed(2)}, ${high.toFixed(2)}]`;

const ratioTip = (item: RatioItem): string => {
  const floor = item.floor === undefined ? 'no noise floor' : `noise floor ${times(item.floor)}`;
  return `${item.label}: ${ratioText(item)}; ${floor}; ${item.better} is better`;
};

/** Points beside each label to the side of 1 that is better, without a font that has arrows. */
function arrowsOf(rows: readonly ChartRow<RatioItem>[], { isInline, middle }: Layout) {
  const place = isInline
    ? { y: ({ at }: ChartRow<RatioItem>) => at + middle, dx: -labelGap - arrowWidth / 2 + 2 }
    : { y: 'at', dx: arrowWidth / 2 - aboveMargin - 2, dy: 12 };
  return Plot.dot(rows, {
    ...place,
    frameAnchor: 'left',
    symbol: 'triangle',
    rotate: ({ better }: ChartRow<RatioItem>) => (better === 'less' ? -90 : 90),
    r: 3,
    fill: 'currentColor',
  });
}

/** All of the picture, and at least a fifth to each side of 1. */
function ratioRange(items: readonly RatioItem[]): Range {
  const [least, most] = extent(
    items.flatMap(({ ratio, low = 1, high = 1, floor = 1 }) => [
      ratio,
      low,
      high,
      floor,
      1 / floor,
    ]),
  );
  return [Math.min(0.8, least) * 0.95, Math.max(1.25, most) * 1.05];
}

export function drawRatios({ items }: RatioPicture, width: number, attributes: Attributes): string {
  const rows = rowsOf(items, ratioText);
  const layout = layoutOf(rows, width, arrowWidth);
  const tall = tallIn(layout);
  const range = ratioRange(items);
  const y = ({ at }: ChartRow<RatioItem>) => at + layout.middle;
  const stroke = ({ wire }: ChartRow<RatioItem>) => colourOfWire(wire);
  const scale: Scale = {
    x: { type: 'log', domain: [...range] },
    ticks: ratioTicks(range, width - layout.marginLeft - layout.marginRight),
    tickText: (value) => `${Number(value.toPrecision(2))}×`,
  };
  const marks = [
    Plot.rect(
      rows.filter(({ floor }) => floor !== undefined),
      {
        x1: ({ floor = 1 }: ChartRow<RatioItem>) => 1 / floor,
        x2: 'floor',
        ...tall,
        fill: 'var(--band)',
      },
    ),
    Plot.ruleX(rows, { x: () => 1, ...tall, stroke: 'var(--ink)', strokeWidth: 1.5 }),
    arrowsOf(rows, layout),
    Plot.link(
      rows.filter(({ low }) => low !== undefined),
      { x1: 'low', x2: 'high', y1: y, y2: y, stroke, strokeWidth: 3, strokeLinecap: 'round' },
    ),
    Plot.dot(
      rows,
      tagged(
        {
          x: 'ratio',
          y,
          symbol: ({ wire }: ChartRow<RatioItem>) => lookOf(wire).symbol,
          r: 6,
          fill: stroke,
          stroke: 'var(--card)',
          title: ratioTip,
        },
        (at) => {
          const { label: series, ratio: x, low, high, floor } = rows[at] ?? {};
          return { series, x, low, high, floor };
        },
      ),
    ),
  ];
  return drawRows(rows, layout, scale, marks, attributes);
}

/** A scale from 0, or from what lies below it. */
const linearScale = (range: Range, { width, marginLeft, marginRight }: Layout): Scale => ({
  x: { type: 'linear', domain: [...range] },
  ticks: Math.max(2, Math.floor((width - marginLeft - marginRight) / 70)),
  tickText: short,
});

const zeroLine = (rows: readonly ChartRow<Item>[], layout: Layout) =>
  Plot.ruleX(rows, { x: () => 0, ...tallIn(layout), stroke: 'var(--ink)', strokeWidth: 1.5 });

type BarItem = BarPicture['items'][number];

export function drawBars({ items }: BarPicture, width: number, attributes: Attributes): string {
  const rows = rowsOf(items, ({ value }) => significant(value));
  const layout = layoutOf(rows, width);
  const most = Math.max(...rows.map(({ value }) => value));
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
  const scale = linearScale([0, most || 1], layout);
  return drawRows(rows, layout, scale, [bars, zeroLine(rows, layout)], attributes);
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
    significant(parts.reduce((sum, { value }) => sum + value, 0)),
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
          title: ({ label, part, value }: Piece) => `${label}, ${part}: ${significant(value)}`,
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
