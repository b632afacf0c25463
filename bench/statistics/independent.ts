import { type Comparison, pairsNeeded, percentileInterval, resamples, tailsOf } from './paired.ts';
import type { Random } from './random.ts';

/** A ratio of two samples whose values do not belong together in pairs. */
export type RatioOfSamples = Pick<Comparison, 'ratio' | 'interval'>;

interface Values {
  readonly mean: number;
  /** Unbiased variance of the mean. */
  readonly variance: number;
  readonly n: number;
  /** How far off the mean a sample of the same population might have been. */
  deviation(random: Random): number;
}

function sampleOf(values: readonly number[]): Values {
  const n = values.length;
  // Counted from the first value: equal values have their mean to the last bit.
  const [origin = Number.NaN] = values;
  const offsets = values.map((value) => value - origin);
  const centre = offsets.reduce((sum, offset) => sum + offset, 0) / n;
  const squares = offsets.reduce((sum, offset) => sum + (offset - centre) ** 2, 0);
  // Drawing from n values has a spread with n and not n − 1 in its denominator.
  const unbiased = Math.sqrt(n / (n - 1));
  return {
    mean: origin + centre,
    variance: squares / (n - 1) / n,
    n,
    deviation(random) {
      let sum = 0;
      for (let draw = 0; draw < n; draw += 1) sum += offsets[Math.floor(random() * n)] ?? 0;
      return (sum / n - centre) * unbiased;
    },
  };
}

/** Degrees of freedom of two means' difference (Welch, 1947; Satterthwaite, 1946), rounded down. */
function degreesOfFreedom(a: Values, b: Values): number {
  const degrees =
    (a.variance + b.variance) ** 2 / (a.variance ** 2 / (a.n - 1) + b.variance ** 2 / (b.n - 1));
  return Number.isNaN(degrees) ? a.n + b.n - 2 : Math.max(1, Math.floor(degrees));
}

/**
 * Compares the geometric means of two samples, such as the processes of two runs, by a bootstrap
 * of each on its own, widened for small samples as that of pairs is.
 * @param newer above zero; so is `older`
 * @returns the ratio newer / older; without an interval if either has fewer than three values
 */
export function compareIndependent(
  newer: readonly number[],
  older: readonly number[],
  random: Random,
): RatioOfSamples {
  const [a, b] = [sampleOf(newer.map(Math.log)), sampleOf(older.map(Math.log))];
  const centre = a.mean - b.mean;
  const ratio = Math.exp(centre);
  if (Math.min(a.n, b.n) < pairsNeeded) return { ratio, interval: undefined };
  const deviations = Array.from(
    { length: resamples },
    () => a.deviation(random) - b.deviation(random),
  );
  const spread = percentileInterval(deviations);
  const widen = tailsOf(degreesOfFreedom(a, b));
  return {
    ratio,
    interval: spread && {
      low: Math.exp(centre + spread.low * widen),
      high: Math.exp(centre + spread.high * widen),
    },
  };
}
