import { formatTimes } from '../result/format.ts';
import type { Picture, RatioPicture } from '../result/picture.ts';
import type { Result } from '../result/result.ts';
import { labels, type WireName } from '../result/wires.ts';
import { type Contrast, contrast } from '../statistics/summary.ts';

export type Answer = 'yes' | 'no' | 'depends' | 'no difference shown' | 'not measured';

export interface Verdict {
  readonly answer: Answer;
  /** The clause that follows the answer: one size with its range. */
  readonly finding?: string;
  /** All numbers that the answer was computed from. */
  readonly because: string;
  readonly picture?: Picture;
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
  judge(result: Result): Verdict;
}

export const notMeasured = (what: string): Verdict => ({
  answer: 'not measured',
  because: `This run has no valid figures for ${what}.`,
});

const openings: Readonly<Record<Answer, string>> = {
  yes: 'Yes',
  no: 'No',
  depends: 'It depends',
  'no difference shown': 'No difference shown',
  'not measured': 'Not measured',
};

/** `No: a gRPC read cost 1.7× REST's server CPU (1.6–1.8).` */
export const sentenceOf = ({ answer, finding, because }: Verdict): string =>
  finding === undefined ? `${openings[answer]}. ${because}` : `${openings[answer]}: ${finding}.`;

/** `1.7× REST's server CPU (1.6–1.8)` */
export function timesOf({ comparison, difference }: Contrast, what: string): string {
  const { ratio, interval } = comparison;
  const range = interval
    ? [`${formatTimes(interval.low, ratio)}–${formatTimes(interval.high, ratio)}`]
    : [];
  const inBrackets = [...range, ...(difference === 'not shown' ? ['within the noise'] : [])];
  const end = inBrackets.length === 0 ? '' : ` (${inBrackets.join(', ')})`;
  return `${formatTimes(ratio)}×${what && ` ${what}`}${end}`;
}

export const contrastText = (found: Contrast): string => timesOf(found, '');

type AspectMetric = 'cpuAtRate' | 'responseAtRate' | 'throughput';

/** One thing in which a contender can be better than a baseline. */
interface Aspect {
  readonly workload: 'read' | 'create';
  readonly scenario: string;
  readonly metric: AspectMetric;
  readonly better: 'more' | 'less';
}

const aspects: readonly Aspect[] = (
  [
    ['read', 'point-read'],
    ['create', 'create'],
  ] as const
).flatMap(([workload, scenario]) => [
  { workload, scenario, metric: 'cpuAtRate', better: 'less' },
  { workload, scenario, metric: 'responseAtRate', better: 'less' },
  { workload, scenario, metric: 'throughput', better: 'more' },
]);

const metricLabels: Readonly<Record<AspectMetric, string>> = {
  cpuAtRate: 'CPU at equal rate',
  responseAtRate: 'p50 at equal rate',
  throughput: 'capacity',
};

const labelOfAspect = ({ workload, metric }: Aspect): string =>
  `${workload}, ${metricLabels[metric]}`;

function clauseOf(
  { workload, metric }: Aspect,
  [contender, baseline]: readonly [WireName, WireName],
  found: Contrast,
): string {
  const [one, other] = [labels[contender], labels[baseline]];
  if (metric === 'cpuAtRate') {
    return `a ${one} ${workload} cost ${timesOf(found, `${other}'s server CPU`)}`;
  }
  return metric === 'responseAtRate'
    ? `the median latency of a ${one} ${workload} was ${timesOf(found, `${other}'s`)}`
    : `${one} did ${timesOf(found, `${other}'s ${workload}s a second`)}`;
}

/** A row of a picture of ratios. */
export const ratioItem = (
  label: string,
  wire: WireName | null,
  better: RatioPicture['items'][number]['better'],
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

/** Yes if the contender is better wherever a difference is shown, no if nowhere. */
export function judgeAspects(
  result: Result,
  pair: readonly [WireName, WireName],
  label: string,
): Verdict {
  const [contender, baseline] = pair;
  const found = aspects.flatMap((aspect) => {
    const one = contrast(result, aspect.scenario, pair, aspect.metric);
    return one ? [{ aspect, one }] : [];
  });
  const [first] = found;
  if (!first) return notMeasured(`${labels[contender]} and ${labels[baseline]}`);
  const shown = found.filter(({ one }) => one.difference !== 'not shown');
  const better = shown.filter(({ one, aspect }) => one.difference === aspect.better);
  const worse = shown.filter(({ one, aspect }) => one.difference !== aspect.better);
  const picture: Picture = {
    kind: 'ratios',
    label,
    items: found.map(({ aspect, one }) =>
      ratioItem(labelOfAspect(aspect), contender, aspect.better, one),
    ),
  };
  const because = `${label}: ${found.map(({ aspect, one }) => `${labelOfAspect(aspect)} ${contrastText(one)}`).join('; ')}.`;
  const sizes = shown.length === 0 ? [first] : [...better.slice(0, 1), ...worse.slice(0, 1)];
  const clauses = sizes.map(({ aspect, one }) => clauseOf(aspect, pair, one));
  const evidence = { because, picture, finding: `in Node, ${clauses.join(', but ')}` };
  if (shown.length === 0) return { answer: 'no difference shown', ...evidence };
  if (worse.length === 0) return { answer: 'yes', ...evidence };
  return { answer: better.length === 0 ? 'no' : 'depends', ...evidence };
}
