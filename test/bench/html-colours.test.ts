import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { wireNames } from '../../bench/result/wires.ts';

/** The colours of the HTML report, as its style sheet has them. */

type Colour = readonly [number, number, number];
type Matrix = readonly [Colour, Colour, Colour];

const linear = (byte: number): number => {
  const part = byte / 255;
  return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
};
const times = (matrix: Matrix, [r, g, b]: Colour): Colour => {
  const [x, y, z] = matrix.map((row) => row[0] * r + row[1] * g + row[2] * b);
  return [x ?? 0, y ?? 0, z ?? 0];
};

/** Full protanopia, deuteranopia, tritanopia: Machado, Oliveira, Fernandes, 2009, table 1. */
const visions: Readonly<Record<string, Matrix>> = {
  common: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

/** What a screen has of a part of a colour. */
const shown = (part: number): number => Math.min(1, Math.max(0, part));

/** Björn Ottosson's OKLab, 2020: distances in it are near to those that eyes see. */
function oklab(colour: Colour): Colour {
  const lms = times(
    [
      [0.4122214708, 0.5363325363, 0.0514459929],
      [0.2119034982, 0.6806995451, 0.1073969566],
      [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    [shown(colour[0]), shown(colour[1]), shown(colour[2])],
  );
  return times(
    [
      [0.2104542553, 0.793617785, -0.0040720468],
      [1.9779984951, -2.428592205, 0.4505937099],
      [0.0259040371, 0.7827717662, -0.808675766],
    ],
    [Math.cbrt(lms[0]), Math.cbrt(lms[1]), Math.cbrt(lms[2])],
  );
}

const luminance = ([r, g, b]: Colour): number => 0.2126 * r + 0.7152 * g + 0.0722 * b;
const contrast = (a: Colour, b: Colour): number => {
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
};

const sheet = readFileSync(
  new URL('../../bench/report/html/style/colours.css', import.meta.url),
  'utf8',
);

function colourOf(name: string, scheme: 'light' | 'dark'): Colour {
  const found = new RegExp(`--${name}: light-dark\\((#\\w{6}), (#\\w{6})\\)`).exec(sheet);
  const text = found?.[scheme === 'light' ? 1 : 2];
  if (!text) throw new Error(`Expected the colour --${name} in the style sheet, found none.`);
  const byte = (at: number) => linear(Number.parseInt(text.slice(at, at + 2), 16));
  return [byte(1), byte(3), byte(5)];
}

describe.each(['light', 'dark'] as const)('in the %s', (scheme) => {
  const read = (...names: readonly string[]) => names.map((name) => colourOf(name, scheme));
  const grounds = read('page', 'card');
  const least = (colours: readonly Colour[]) =>
    Math.min(...colours.flatMap((one) => grounds.map((ground) => contrast(one, ground))));

  test('wires have a contrast of 3:1 to both grounds, and text has 4.5:1', () => {
    expect(least(read(...wireNames, 'control'))).toBeGreaterThanOrEqual(3);
    expect(least(read('ink', 'soft', 'accent'))).toBeGreaterThanOrEqual(4.5);
  });

  // Okabe and Ito's own six, of blue, sky, green, purple, vermilion and orange, are 0.076 apart.
  test.each(Object.entries(visions))('wires are told apart by %s vision', (_vision, matrix) => {
    const seen = read(...wireNames).map((colour) => oklab(times(matrix, colour)));
    const distances = seen.flatMap((a, at) =>
      seen.slice(0, at).map((b) => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2])),
    );
    expect(Math.min(...distances)).toBeGreaterThan(0.1);
  });
});
