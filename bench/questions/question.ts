import { formatRatio } from '../report/format.ts';
import type { Result } from '../report/result.ts';
import { contrast, type MetricName } from '../statistics/summary.ts';

export type Answer = 'yes' | 'no' | 'depends' | 'no difference shown' | 'not measured';

export interface Verdict {
  readonly answer: Answer;
  /** The numbers that the answer was computed from. */
  readonly because: string;
}

/** A claim as people state it, and how this run's numbers judge it. */
export interface Question {
  /** Its number in the list of questions. */
  readonly number: number;
  readonly claim: string;
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
  {
    label: 'read, CPU at capacity',
    scenario: 'point-read',
    metric: 'cpuAtCapacity',
    better: 'less',
  },
  { label: 'create, CPU at equal rate', scenario: 'create', metric: 'cpuAtRate', better: 'less' },
  {
    label: 'create, p50 at equal rate',
    scenario: 'create',
    metric: 'responseAtRate',
    better: 'less',
  },
  { label: 'create, CPU at capacity', scenario: 'create', metric: 'cpuAtCapacity', better: 'less' },
];

/**
 * Whether the contender is better in every aspect in which a difference is shown: `yes`, in none:
 * `no`, in some: `depends`.
 */
export function judgeAspects(
  result: Result,
  pair: readonly [contender: string, baseline: string],
  aspects: readonly Aspect[],
): Verdict {
  let better = 0;
  let worse = 0;
  const texts: string[] = [];
  for (const aspect of aspects) {
    const found = contrast(result, aspect.scenario, pair, aspect.metric);
    if (!found) continue;
    const shown = found.difference !== 'not shown';
    if (shown && found.difference === aspect.better) better += 1;
    if (shown && found.difference !== aspect.better) worse += 1;
    const text = `${aspect.label} ${formatRatio(found.comparison)}`;
    texts.push(shown ? text : `${text} (no difference shown)`);
  }
  if (texts.length === 0) return notMeasured(`${pair.join(' and ')} in one run`);
  const because = `${texts.join('; ')}.`;
  if (better + worse === 0) return { answer: 'no difference shown', because };
  if (worse === 0) return { answer: 'yes', because };
  return { answer: better === 0 ? 'no' : 'depends', because };
}
