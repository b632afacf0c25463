import * as Plot from '@observablehq/plot';
import type { WireName } from '../../../result/wires.ts';
import { letter, type Range, short } from './numbers.ts';
import { type Attributes, svgMarkup } from './svg.ts';

/** Rows of a picture, each with its label and number beside the mark, or above it. */

export interface Item {
  readonly label: string;
  readonly wire: WireName | null;
}

/** An item with its place among the rows, and its number as a text. */
export type ChartRow<Of extends Item> = Of & { readonly at: number; readonly number: string };

export const rowsOf = <Of extends Item>(
  items: readonly Of[],
  numberOf: (item: Of) => string,
): ChartRow<Of>[] => items.map((item, at) => ({ ...item, at, number: numberOf(item) }));

export interface Layout {
  readonly width: number;
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

/** Label and number stand beside the mark if there is room, otherwise above it. */
export function layoutOf(rows: readonly ChartRow<Item>[], width: number): Layout {
  const label = widest(rows.map((row) => row.label));
  const number = widest(rows.map((row) => row.number));
  if (label + number + leastScale < width) {
    const margins = { marginLeft: Math.ceil(label) + 12, marginRight: Math.ceil(number) + 12 };
    return {
      width,
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
    ...margins,
    isInline: false,
    isTight,
    height,
    middle: 1 - 13 / height,
    half: 9 / height,
  };
}

function labelsOf(rows: readonly ChartRow<Item>[], { isInline, isTight, middle }: Layout) {
  const text = (frameAnchor: 'left' | 'right', options: Plot.TextOptions) =>
    Plot.text(rows, { frameAnchor, fill: 'var(--ink)', ...options });
  if (isInline) {
    const y = ({ at }: ChartRow<Item>) => at + middle;
    return [
      text('left', { y, dx: -labelGap, textAnchor: 'end', text: 'label' }),
      text('right', { y, dx: labelGap, textAnchor: 'start', text: 'number' }),
    ];
  }
  return [
    text('left', { y: 'at', dx: -aboveMargin, dy: 12, text: 'label' }),
    isTight
      ? text('left', { y: 'at', dx: -aboveMargin, dy: 28, text: 'number' })
      : text('right', { y: 'at', dx: aboveMargin, dy: 12, text: 'number' }),
  ];
}

/** From the top to the bottom of what is drawn in a row. */
export const tallIn = ({ middle, half }: Layout) => ({
  y1: ({ at }: ChartRow<Item>) => at + middle - half,
  y2: ({ at }: ChartRow<Item>) => at + middle + half,
});

export interface Scale {
  readonly x: Plot.ScaleOptions;
  /** The numbers, or about how many round ones. */
  readonly ticks: Iterable<number> | number;
  readonly tickText: (value: number) => string;
  /** Room above the rows, pixels. */
  readonly above?: number;
}

const axisHeight = 26;

/** The rows with their scale, from the back to the front: grid, axis, marks, texts. */
export function drawRows(
  rows: readonly ChartRow<Item>[],
  layout: Layout,
  { x, ticks, tickText, above = 0 }: Scale,
  marks: readonly Plot.Markish[],
  attributes: Attributes,
): string {
  const { width, marginLeft, marginRight, height } = layout;
  return svgMarkup(
    {
      width,
      height: above + rows.length * height + axisHeight,
      marginLeft,
      marginRight,
      marginTop: above,
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

/** A scale from 0, or from what lies below it. */
export const linearScale = (range: Range, { width, marginLeft, marginRight }: Layout): Scale => ({
  x: { type: 'linear', domain: [...range] },
  ticks: Math.max(2, Math.floor((width - marginLeft - marginRight) / 70)),
  tickText: short,
});

export const zeroLine = (rows: readonly ChartRow<Item>[], layout: Layout) =>
  Plot.ruleX(rows, { x: () => 0, ...tallIn(layout), stroke: 'var(--ink)', strokeWidth: 1.5 });
