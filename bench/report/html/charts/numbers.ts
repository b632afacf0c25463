import { formatNumber } from '../../../result/format.ts';

/** Numbers as a picture shows them, and the round ones among them. */

/** About the width of a letter of a picture, pixels. */
export const letter = 6.5;

/** Three digits, with a minus sign as wide as a digit. */
export const significant = (value: number): string => formatNumber(value).replace('-', '−');

/** A number with its unit. A unit that is a sign stands without a space: `1.2×`, `500/s` */
export const withUnit = (value: number, unit: string): string =>
  `${significant(value)}${/^\w|^µ/.test(unit) ? ' ' : ''}${unit}`;

export function short(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e6) return `${significant(value / 1e6)}M`;
  return size >= 1000 ? `${significant(value / 1000)}k` : significant(value);
}

export type Range = readonly [low: number, high: number];

export const extent = (values: readonly number[]): Range => [
  Math.min(...values),
  Math.max(...values),
];

/** Every value of a power of ten that a reader finds round. */
const steps = [1, 2, 5];

/** Round numbers on a logarithmic axis, at most `most` of them. */
export function logTicks([low, high]: Range, most: number): number[] {
  const first = Math.floor(Math.log10(low));
  const powers = Array.from({ length: Math.ceil(Math.log10(high)) - first + 1 }, (_, at) =>
    Number(`1e${first + at}`),
  );
  const isInside = (tick: number) => tick >= low && tick <= high;
  const all = powers
    .flatMap((power) => steps.map((step) => Number((step * power).toPrecision(3))))
    .filter(isInside);
  if (all.length <= most) return all;
  const decades = powers.filter(isInside);
  return decades.length >= 2
    ? decades.filter((_, at) => at % Math.ceil(decades.length / most) === 0)
    : all.slice(0, most);
}

/** Ratios that a reader finds round, the roundest first. Below 1 are their inverses. */
const ratioSteps = [1, 2, 5, 10, 20, 50, 100, 1.5, 3, 1.25, 1.1];
/** Between two labels, pixels. */
const tickDistance = 44;

/** Ratios to label: the roundest, and others if there is room beside those. */
export function ratioTicks([low, high]: Range, width: number): number[] {
  const place = (value: number) => (Math.log(value / low) / Math.log(high / low)) * width;
  const kept: number[] = [];
  for (const tick of ratioSteps.flatMap((step) => [step, 1 / step])) {
    const isInside = tick >= low && tick <= high;
    const hasRoom = kept.every((one) => Math.abs(place(one) - place(tick)) >= tickDistance);
    if (isInside && hasRoom) kept.push(tick);
  }
  return kept;
}
