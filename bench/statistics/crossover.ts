import { narrowness, percentileInterval } from './paired.ts';
import type { Random } from './random.ts';

/** Where two contenders change places along an axis. */
export interface Crossover {
  readonly x: number;
  /**
   * 95 %, over processes; undefined with fewer than three pairs, or if one resample in
   * twenty or more has no crossover.
   */
  readonly interval: { readonly low: number; readonly high: number } | undefined;
  /** Who has less of the figure below it. */
  readonly below: 'contender' | 'baseline';
}

/** One point of the axis: contender and baseline, by the processes of the same round. */
export interface AxisPoint {
  /** Above 0: the axis is logarithmic. */
  readonly x: number;
  readonly pairs: readonly (readonly [contender: number, baseline: number])[];
}

const resamples = 1000;
const crossingAtLeast = 0.95;
const pairsNeeded = 3;

const meanLog = (pairs: AxisPoint['pairs']): number =>
  pairs.reduce((sum, [contender, baseline]) => sum + Math.log(contender / baseline), 0) /
  pairs.length;

/** The first change of sign of the mean log-ratio, between two points by a straight line. */
function firstChange(points: readonly { readonly x: number; readonly log: number }[]) {
  for (const [at, right] of points.entries()) {
    const left = points[at - 1];
    if (!left || Math.sign(left.log) === Math.sign(right.log) || left.log === 0) continue;
    const part = left.log / (left.log - right.log);
    const x = Math.exp(Math.log(left.x) + part * (Math.log(right.x) - Math.log(left.x)));
    return { x, below: left.log < 0 ? ('contender' as const) : ('baseline' as const) };
  }
  return undefined;
}

/**
 * Searches where the winner changes along an axis, with a bootstrap over rounds for its interval.
 * @returns undefined if one contender is ahead at every point
 */
export function findCrossover(points: readonly AxisPoint[], random: Random): Crossover | undefined {
  const found = firstChange(points.map(({ x, pairs }) => ({ x, log: meanLog(pairs) })));
  if (!found) return undefined;
  const rounds = Math.min(...points.map(({ pairs }) => pairs.length));
  if (rounds < pairsNeeded) return { ...found, interval: undefined };
  const xs = Array.from({ length: resamples }, () => {
    const drawn = Array.from({ length: rounds }, () => Math.floor(random() * rounds));
    const resampled = points.map(({ x, pairs }) => ({
      x,
      log: meanLog(drawn.flatMap((round) => (pairs[round] ? [pairs[round]] : []))),
    }));
    return firstChange(resampled)?.x;
  }).filter((x) => x !== undefined);
  const isSure = xs.length > crossingAtLeast * resamples;
  const spread = isSure ? percentileInterval(xs) : undefined;
  if (!spread) return { ...found, interval: undefined };
  // As intervals of ratios are widened, on the same logarithmic scale.
  const widen = narrowness(rounds);
  const widened = (x: number) => found.x * (x / found.x) ** widen;
  return { ...found, interval: { low: widened(spread.low), high: widened(spread.high) } };
}
