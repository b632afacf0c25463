import type { Random } from './random.ts';

/** A ratio of two contenders over paired processes, with its 95 % interval. */
export interface Comparison {
  /** Geometric mean of the pairs' ratios. */
  readonly ratio: number;
  /** Undefined with fewer than three pairs, because two show no spread. */
  readonly interval: { readonly low: number; readonly high: number } | undefined;
  readonly pairs: number;
}

export const resamples = 2000;
/** Fewer pairs have no interval. */
export const pairsNeeded = 3;

/** Student's t, 97.5 %, for 1 to 30 degrees of freedom; past those the normal's is near enough. */
const t975 = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145,
  2.131, 2.12, 2.11, 2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048,
  2.045, 2.042,
];
const z975 = 1.96;

/** How much wider the middle 95 % of Student's distribution is than that of the normal. */
export const tailsOf = (degreesOfFreedom: number): number =>
  (t975[degreesOfFreedom - 1] ?? z975) / z975;

/**
 * How much too narrow a percentile bootstrap of n values is: it resamples from a spread with n
 * and not n − 1 in the denominator, and uses the normal's tails instead of Student's
 * (Hesterberg, "What teachers should know about the bootstrap", 2015, §4.5.3).
 */
export const narrowness = (n: number): number => Math.sqrt(n / (n - 1)) * tailsOf(n - 1);

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** A mean with its 95 % interval. */
interface Spread {
  readonly mean: number;
  /** Undefined with fewer than three values, because two show no spread. */
  readonly interval: { readonly low: number; readonly high: number } | undefined;
}

/** The mean of values of processes, with a bootstrap over them for its interval. */
export function spreadOf(values: readonly number[], random: Random): Spread {
  const centre = mean(values);
  const n = values.length;
  if (n < pairsNeeded) return { mean: centre, interval: undefined };
  const means = Array.from({ length: resamples }, () => {
    let sum = 0;
    for (let draw = 0; draw < n; draw += 1) sum += values[Math.floor(random() * n)] ?? 0;
    return sum / n;
  }).sort((a, b) => a - b);
  const at = (share: number) => means[Math.round(share * (resamples - 1))] ?? centre;
  const widen = narrowness(n);
  return {
    mean: centre,
    interval: {
      low: centre + (at(0.025) - centre) * widen,
      high: centre + (at(0.975) - centre) * widen,
    },
  };
}

/**
 * Compares two contenders by the ratio in each pair of processes, a bootstrap over the pairs'
 * log-ratios. The pair is the unit: requests of one process are not independent of each other.
 */
export function compare(
  pairs: readonly (readonly [contender: number, baseline: number])[],
  random: Random,
): Comparison {
  const logs = pairs.map(([contender, baseline]) => Math.log(contender / baseline));
  const { mean: centre, interval } = spreadOf(logs, random);
  return {
    ratio: Math.exp(centre),
    interval: interval && { low: Math.exp(interval.low), high: Math.exp(interval.high) },
    pairs: logs.length,
  };
}

/**
 * Returns the noise floor from a comparison of a contender with itself: how far from 1 its ratio
 * may be, as a factor of at least 1. Undefined if there is no interval.
 */
export function floorOf({ interval }: Comparison): number | undefined {
  return interval && Math.exp(Math.max(-Math.log(interval.low), Math.log(interval.high)));
}

export type Difference = 'more' | 'less' | 'not shown';

/** With a higher noise floor, a figure is compared only if its whole interval is beyond it. */
const noisiest = 1.5;

/** Whether a run is quiet enough to compare two contenders by a figure. */
export const isComparable = (
  { interval }: Pick<Comparison, 'interval'>,
  floor: number | undefined,
): boolean =>
  floor === undefined ||
  floor <= noisiest ||
  (interval !== undefined && (interval.low > floor || interval.high < 1 / floor));

/**
 * Returns whether the contender has more or less of something than the baseline. A difference is
 * shown only if the interval excludes 1 and the ratio is beyond the noise floor.
 */
export function differenceOf(
  { ratio, interval }: Pick<Comparison, 'ratio' | 'interval'>,
  floor: number | undefined,
): Difference {
  if (!interval || (interval.low <= 1 && interval.high >= 1)) return 'not shown';
  if (floor === undefined || !isComparable({ interval }, floor)) return 'not shown';
  if (Math.max(ratio, 1 / ratio) <= floor) return 'not shown';
  return ratio > 1 ? 'more' : 'less';
}

/** The middle 95 % of values; undefined without values. */
export function percentileInterval(values: readonly number[]) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))];
  const [low, high] = [at(0.025), at(0.975)];
  return low === undefined || high === undefined ? undefined : { low, high };
}

/** The value at a share of the sorted values, 0 to 1; NaN without values. */
export const sortedAt = (values: readonly number[], share: number): number =>
  [...values].sort((a, b) => a - b)[Math.round(share * (values.length - 1))] ?? Number.NaN;

/** The middle value, or the mean of the two middle ones; NaN without values. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const high = sorted[Math.floor(middle)] ?? Number.NaN;
  const low = sorted[Math.ceil(middle) - 1] ?? Number.NaN;
  return (low + high) / 2;
}
