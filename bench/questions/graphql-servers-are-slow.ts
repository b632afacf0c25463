import { type Contrast, contrast, type MetricName } from '../statistics/summary.ts';
import { contrastText, notMeasured, type Question, shownIn, timesOf } from './question.ts';
import { ratioPicture, ratioTable } from './ratios.ts';

/** One contender over another, by server CPU. */
interface Ratio {
  readonly label: string;
  readonly scenario: string;
  readonly metric: MetricName;
  readonly pair: readonly [string, string];
}

const atRate = { scenario: 'point-read', metric: 'cpuAtRate' } as const;
const ofLayers = { scenario: 'attribution-graphql', metric: 'cpuAtRate' } as const;

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
  { ...ofLayers, label: 'bare yoga over bare graphql', pair: ['yoga', 'graphql-execute'] },
  {
    ...ofLayers,
    label: 'GraphQL (lean host) over bare graphql',
    pair: ['graphql-lean', 'graphql-execute'],
  },
];

const costsMore = (found: Contrast): boolean => shownIn(found) === 'more';

/** Separates the cost of the usual server's HTTP layer from that of the language. */
export const graphqlServersAreSlow: Question = {
  number: 34,
  asks: 'Are GraphQL servers slow?',
  claim: 'GraphQL servers are slow',
  source: 'comparisons of GraphQL servers',
  scenarios: ['point-read', 'attribution-graphql'],
  judge(result) {
    const of = ({ scenario, pair, metric }: Ratio) => contrast(result, scenario, pair, metric);
    const [yoga, lean] = [of(yogaOverRest), of(leanOverRest)];
    if (!yoga || !lean) return notMeasured('both GraphQL hosts and REST');
    const found = ratios.flatMap((ratio) => {
      const one = of(ratio);
      return one ? [{ label: ratio.label, wire: 'graphql' as const, found: one }] : [];
    });
    const verdict = {
      because: `read, server CPU: ${found.map((one) => `${one.label} ${contrastText(one.found)}`).join('; ')}.`,
      finding: `in Node, a GraphQL read on Yoga costs ${timesOf(yoga, "REST's server CPU")}, on a lean host ${contrastText(lean)}`,
      picture: ratioPicture(
        {
          label: 'GraphQL over REST, server CPU of a read at equal rate',
          contender: 'GraphQL',
          baseline: 'REST',
          better: 'less',
        },
        [
          { label: 'Yoga', wire: 'graphql', found: yoga },
          { label: 'lean host', wire: 'graphql', found: lean },
        ],
      ),
      numbers: [ratioTable('server CPU of a read', found)],
    };
    if (!costsMore(yoga)) {
      const isShown = shownIn(yoga) !== 'not shown';
      return { answer: isShown ? 'no' : 'no difference shown', ...verdict };
    }
    return costsMore(lean)
      ? { answer: 'yes', ...verdict }
      : { answer: 'depends', on: 'the host', ...verdict };
  },
};
