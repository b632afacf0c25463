import * as Plot from '@observablehq/plot';
import type { LinesAxis } from '../figure.ts';
import { extent, type Range } from './numbers.ts';

/** Axes of pictures that have two of them. */

export const margins = { marginLeft: 44, marginRight: 16 };

export const scaleOf = ({ scale }: LinesAxis, domain: Range): Plot.ScaleOptions => ({
  type: scale,
  domain: [...domain],
  ...(scale === 'symlog' && { constant: 1 }),
});

export function domainOf(values: readonly number[], scale: LinesAxis['scale']): Range {
  const [least, most] = extent(values);
  if (scale !== 'log') return [Math.min(0, least), most];
  const pad = Math.max(1.02, (most / least) ** 0.04);
  return [least / pad, most * pad];
}

/** The x scale of a picture, and the pixels of its numbers. */
export interface Across {
  readonly width: number;
  readonly domain: Range;
  readonly options: Plot.ScaleOptions;
  readonly place: (value: number) => number;
  readonly valueAt: (place: number) => number;
}

export function acrossOf(axis: LinesAxis, values: readonly number[], width: number): Across {
  const domain = domainOf(values, axis.scale);
  const options = scaleOf(axis, domain);
  const range = [margins.marginLeft, width - margins.marginRight];
  const scale = Plot.scale({ x: { ...options, range } });
  return {
    width,
    domain,
    options,
    place: (value) => scale.apply(value),
    valueAt: (place) => scale.invert?.(place),
  };
}
