import { formatTimes } from '../result/format.ts';
import type { Picture } from '../result/picture.ts';
import type { Result } from '../result/result.ts';
import type { ReportTable } from '../result/table.ts';
import type { WireName } from '../result/wires.ts';
import { isComparable as isBeyondNoise } from '../statistics/paired.ts';
import type { Contrast } from '../statistics/summary.ts';

export type Answer = 'yes' | 'no' | 'depends' | 'no difference shown' | 'not measured';

export interface Verdict {
  readonly answer: Answer;
  /** What the answer depends on, such as `the size of the response`; only for `depends`. */
  readonly on?: string;
  /** The clause that follows the answer: direction, size, interval and scope. */
  readonly finding?: string;
  /** All numbers that the answer was computed from. */
  readonly because: string;
  /** One measure. */
  readonly picture?: Picture;
  /** What the picture does not show: other measures. */
  readonly numbers?: readonly ReportTable[];
}

/** A claim as people state it, and how this run's numbers judge it. */
export interface Question {
  /** Its number in the list of questions. */
  readonly number: number;
  /** As a person asks it, such as `Is gRPC faster than REST?` */
  readonly asks: string;
  readonly claim: string;
  /** Who makes the claim. */
  readonly source: string;
  /** The scenarios that it is judged by. */
  readonly scenarios: readonly string[];
  /** The wires that it compares. Defaults to all. */
  readonly wires?: readonly WireName[];
  judge(result: Result): Verdict;
}

export const notMeasured = (what: string): Verdict => ({
  answer: 'not measured',
  because: `This run has no valid figures for ${what}.`,
});

/** Whether the noise floor allows a comparison at all. */
export const isComparable = ({ comparison, floor }: Contrast): boolean =>
  isBeyondNoise(comparison, floor);

/** @param what such as `creates` */
export const notComparable = (what: string, { floor = 1 }: Contrast): Verdict => ({
  answer: 'not measured',
  because: `${what} cannot be compared in this run: two copies of the same server differed by ${formatTimes(floor)}×.`,
});

const openings: Readonly<Record<Answer, string>> = {
  yes: 'Yes',
  no: 'No',
  depends: 'It depends',
  'no difference shown': 'No difference shown',
  'not measured': 'Not measured',
};

/** The first words of a verdict, such as `It depends on the size` */
export const openingOf = ({ answer, on }: Verdict): string =>
  openings[answer] + (answer === 'depends' && on !== undefined ? ` on ${on}` : '');

/** `No: a gRPC read costs 1.7× REST's server CPU (1.6–1.8).` */
export const sentenceOf = (verdict: Verdict): string =>
  verdict.finding === undefined
    ? `${openingOf(verdict)}. ${verdict.because}`
    : `${openingOf(verdict)}: ${verdict.finding}.`;

/** `1.7× REST's server CPU (1.6–1.8)` */
export function timesOf(found: Contrast, what: string): string {
  const { ratio, interval } = found.comparison;
  const range = interval
    ? [`${formatTimes(interval.low, ratio)}–${formatTimes(interval.high, ratio)}`]
    : [];
  const doubt = !isComparable(found)
    ? ['not comparable']
    : !interval
      ? ['no interval']
      : found.floor === undefined
        ? ['no noise floor']
        : found.difference === 'not shown'
          ? ['within the noise']
          : [];
  const inBrackets = [...range, ...doubt];
  const end = inBrackets.length === 0 ? '' : ` (${inBrackets.join(', ')})`;
  return `${formatTimes(ratio)}×${what && ` ${what}`}${end}`;
}

export const contrastText = (found: Contrast): string => timesOf(found, '');

/** The difference that a contrast shows; `not shown` if the noise floor allows no comparison. */
export const shownIn = (found: Contrast): Contrast['difference'] =>
  isComparable(found) ? found.difference : 'not shown';
