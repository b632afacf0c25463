import { describe, expect, test } from 'vitest';
import {
  createHistogram,
  decodeHistogram,
  encodeHistogram,
  recordMs,
} from '../../bench/statistics/histogram.ts';
import { compare, differenceOf, floorOf, median } from '../../bench/statistics/paired.ts';
import { createRandom, type Random, shuffled } from '../../bench/statistics/random.ts';

const histogramOf = (micros: readonly number[]) => {
  const histogram = createHistogram();
  for (const value of micros) histogram.recordValue(value);
  return histogram;
};

/** Standard normal (Box and Muller). */
const normal = (random: Random): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

describe('random', () => {
  test('the same seed gives the same order, another seed another', () => {
    const items = Array.from({ length: 20 }, (_, index) => index);
    const order = (seed: number) => shuffled(items, createRandom(seed));
    expect(order(7)).toEqual(order(7));
    expect(order(7)).not.toEqual(order(8));
    expect(order(7).toSorted((a, b) => a - b)).toEqual(items);
  });

  test('numbers are spread evenly', () => {
    const random = createRandom(1);
    const tenths = Array.from({ length: 10 }, () => 0);
    for (let draw = 0; draw < 100_000; draw += 1) {
      const tenth = Math.floor(random() * 10);
      tenths[tenth] = (tenths[tenth] ?? 0) + 1;
    }
    for (const count of tenths) expect(Math.abs(count - 10_000)).toBeLessThan(500);
  });
});

describe('histograms', () => {
  test('a histogram survives its encoding', () => {
    const histogram = histogramOf([1, 250, 999_999, 120_000_000]);
    const again = decodeHistogram(encodeHistogram(histogram));
    expect(again.totalCount).toBe(4);
    expect(again.getValueAtPercentile(100)).toBe(histogram.getValueAtPercentile(100));
  });

  test('durations are kept in whole microseconds, and none is below zero', () => {
    const histogram = createHistogram();
    recordMs(histogram, 0.2504);
    recordMs(histogram, -0.01);
    expect(histogram.getValueAtPercentile(100)).toBe(250);
    expect(histogram.getValueAtPercentile(0)).toBe(0);
  });
});

describe('paired comparison', () => {
  test('a difference well above the noise is shown, with its ratio inside the interval', () => {
    const random = createRandom(3);
    const pairs = Array.from({ length: 5 }, () => {
      const base = 1000 * Math.exp(0.02 * normal(random));
      return [base * 1.5 * Math.exp(0.02 * normal(random)), base] as const;
    });
    const comparison = compare(pairs, random);
    expect(differenceOf(comparison, 1.1)).toBe('more');
    expect(comparison.interval?.low).toBeLessThan(1.5);
    expect(comparison.interval?.high).toBeGreaterThan(1.5);
  });

  test('a difference inside the noise floor is not shown', () => {
    const comparison = compare(
      [
        [103, 100],
        [104, 100],
        [103.5, 100],
      ],
      createRandom(1),
    );
    expect(differenceOf(comparison, 1.01)).toBe('more');
    expect(differenceOf(comparison, 1.05)).toBe('not shown');
    expect(differenceOf(comparison, undefined)).toBe('not shown');
  });

  test('the noise floor is the outer bound of the interval, on either side of 1', () => {
    const interval = { low: 0.8, high: 1.1 };
    expect(floorOf({ ratio: 1, interval, pairs: 3 })).toBeCloseTo(1.25);
  });

  test('the median of an even number is between the two in the middle', () => {
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(median([3, 1, 2])).toBe(2);
    expect(median([])).toBeNaN();
  });
});
