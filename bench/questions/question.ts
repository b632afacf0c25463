import { formatRatio } from '../result/format.ts';
import type { Picture, RatioPicture } from '../result/picture.ts';
import type { Result } from '../result/result.ts';
import type { WireName } from '../result/wires.ts';
import { type Contrast, contrast, type MetricName } from '../statistics/summary.ts';

export type Answer = 'yes' | 'no' | 'depends' | 'no difference shown' | 'not measured';

export interface Verdict {
  readonly answer: Answer;
  /** The numbers that the answer was computed from. */
  readonly because: string;
  /** The one ratio that says most, with its interval. */
  readonly ratio?: string;
  readonly picture?: Picture;
}

/** A claim as people state it, and how this run's numbers judge it. */
export interface Question {
  /** Its number in the list of questions. */
  readonly number: number;
  readonly claim: string;
  /** Who says so. */
  readonly source: string;
  /** The scenarios that it is judged by. */
  readonly scenarios: readonly string[];
  judge(result: Result): Verdict;
}

export const notMeasured = (what: string): Verdict => ({
  answer: 'not measured',
  because: `Missing: ${what}.`,
});

/** One thing in which a contender can be better than a baseline. */
export interface Aspect {
  readonly label: string;
  readonly scenario: string;
  readonly metric: MetricName;
  readonly better: 'more' | 'less';
}

export const readAndCreate: readonly Aspect[] = [
  { label: 'read, CPU at equal rate', scenario: 'point-read', metric: 'cpuAtRate', better: 'less' },
  {
    label: 'read, p50 at equal rate',
    scenario: 'point-read',
    metric: 'responseAtRate',
    better: 'less',
  },
  { label: 'read, capacity', scenario: 'point-read', metric: 'throughput', better: 'more' },
  { label: 'create, CPU at equal rate', scenario: 'create', metric: 'cpuAtRate', better: 'less' },
  {
    label: 'create, p50 at equal rate',
    scenario: 'create',
    metric: 'responseAtRate',
    better: 'less',
  },
  { label: 'create, capacity', scenario: 'create', metric: 'throughput', better: 'more' },
];

export const contrastText = ({ comparison, difference }: Contrast): string =>
  `${formatRatio(comparison)}${difference === 'not shown' ? ' (no difference shown)' : ''}`;

/** A row of a picture of ratios. */
export const ratioItem = (
  label: string,
  wire: WireName | null,
  better: Aspect['better'],
  { comparison: { ratio, interval }, floor }: Contrast,
): RatioPicture['items'][number] => ({
  label,
  wire,
  better,
  ratio,
  low: interval?.low,
  high: interval?.high,
  floor,
});

/**
 * Whether the contender is better in every aspect in which a difference is shown: `yes`, in none:
 * `no`, in some: `depends`.
 */
export function judgeAspects(
  result: Result,
  [contender, baseline]: readonly [WireName, WireName],
  aspects: readonly Aspect[],
  label: string,
): Verdict {
  const found = aspects.flatMap((aspect) => {
    const { scenario, metric } = aspect;
    const one = contrast(result, scenario, [contender, baseline], metric);
    return one ? [{ aspect, one }] : [];
  });
  const [first] = found;
  if (!first) return notMeasured(`${contender} and ${baseline} in one run`);
  const shown = found.filter(({ one }) => one.difference !== 'not shown');
  const better = shown.filter(({ one, aspect }) => one.difference === aspect.better).length;
  const picture: Picture = {
    kind: 'ratios',
    label,
    items: found.map(({ aspect, one }) => ratioItem(aspect.label, contender, aspect.better, one)),
  };
  const because = `${found.map(({ aspect, one }) => `${aspect.label} ${contrastText(one)}`).join('; ')}.`;
  const evidence = { because, picture, ratio: `${first.aspect.label} ${contrastText(first.one)}` };
  if (shown.length === 0) return { answer: 'no difference shown', ...evidence };
  if (better === shown.length) return { answer: 'yes', ...evidence };
  return { answer: better === 0 ? 'no' : 'depends', ...evidence };
}
