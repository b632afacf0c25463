import { type Contrast, contrast, type MetricName } from '../statistics/summary.ts';
import { contrastText, notMeasured, type Question, ratioItem, timesOf } from './question.ts';

/** One contender over another, by server CPU. */
interface Ratio {
  readonly label: string;
  readonly scenario: string;
  readonly metric: MetricName;
  readonly pair: readonly [string, string];
}

const atRate = { scenario: 'point-read', metric: 'cpuAtRate' } as const;
const atCapacity = { scenario: 'bare', metric: 'cpuAtCapacity' } as const;

const yogaOverRest: Ratio = { ...atRate, label: 'GraphQL over REST', pair: ['graphql', 'rest'] };
const leanOverRest: Ratio = {
  ...atRate,
  label: 'GraphQL (lean host) over REST',
  pair: ['graphql-lean', 'rest'],
};
const ratios: readonly Ratio[] = [
  yogaOverRest,
  leanOverRest,
  { ...atRate, label: 'GraphQL over its lean host', pair: ['graphql', 'graphql-lean'] },
  { ...atCapacity, label: 'bare yoga over bare graphql', pair: ['yoga', 'graphql-execute'] },
  {
    ...atCapacity,
    label: 'GraphQL (lean host) over bare graphql',
    pair: ['graphql-lean', 'graphql-execute'],
  },
];

const costsMore = ({ difference }: Contrast): boolean => difference === 'more';

/** Separates the cost of the usual server's HTTP layer from that of the language. */
export const graphqlServersAreSlow: Question = {
  number: 34,
  asks: 'Are GraphQL servers slow?',
  claim: 'GraphQL servers are slow',
  source: 'comparisons of GraphQL servers',
  scenarios: ['point-read', 'bare'],
  judge(result) {
    const of = ({ scenario, pair, metric }: Ratio) => contrast(result, scenario, pair, metric);
    const [yoga, lean] = [of(yogaOverRest), of(leanOverRest)];
    if (!yoga || !lean) return notMeasured('both GraphQL hosts and REST');
    const found = ratios.flatMap((ratio) => {
      const one = of(ratio);
      return one ? [{ label: ratio.label, one }] : [];
    });
    const verdict = {
      because: `read, server CPU: ${found.map(({ label, one }) => `${label} ${contrastText(one)}`).join('; ')}.`,
      finding: `a GraphQL read on Yoga cost ${timesOf(yoga, "REST's server CPU")}, on the lean host ${contrastText(lean)}`,
      picture: {
        kind: 'ratios',
        label: 'server CPU of a read',
        items: found.map(({ label, one }) => ratioItem(label, 'graphql', 'less', one)),
      },
    } as const;
    if (!costsMore(yoga)) {
      const isShown = yoga.difference !== 'not shown';
      return { answer: isShown ? 'no' : 'no difference shown', ...verdict };
    }
    return { answer: costsMore(lean) ? 'yes' : 'depends', ...verdict };
  },
};
