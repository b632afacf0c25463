import { formatNumber } from '../result/format.ts';
import type { Picture } from '../result/picture.ts';
import type { AttributionPart } from '../statistics/attribution-by-round.ts';
import { type WireAttribution, wireAttributions } from '../statistics/attribution-by-wire.ts';
import { type Contrast, contrast, type MetricName } from '../statistics/summary.ts';
import { layersPicture, layersTable } from './attribution-picture.ts';
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
const leanOverYoga: Ratio = {
  ...ofLayers,
  label: 'GraphQL (lean host) over GraphQL',
  pair: ['graphql-lean', 'graphql'],
};
const ratios: readonly Ratio[] = [
  yogaOverRest,
  leanOverRest,
  leanOverYoga,
  { ...atRate, label: 'GraphQL over its lean host', pair: ['graphql', 'graphql-lean'] },
  { ...ofLayers, label: 'Yoga over graphql-js, no core', pair: ['yoga', 'graphql-execute'] },
  { ...ofLayers, label: 'graphql-jit over graphql-js', pair: ['graphql-jit', 'graphql-execute'] },
  {
    ...ofLayers,
    label: 'GraphQL (lean host) over graphql-js with core',
    pair: ['graphql-lean', 'graphql-core'],
  },
];

const costsMore = (found: Contrast): boolean => shownIn(found) === 'more';

/** The part of a read on Yoga that costs most. */
function largestText({ parts, total }: WireAttribution): string {
  const [largest] = parts.toSorted((a, b) => b.micros - a.micros);
  if (!largest) return '';
  const micros = ({ micros }: AttributionPart) => formatNumber(Math.round(micros));
  return `; of the ${micros(total)} µs on Yoga, ${micros(largest)} are for ${largest.label}`;
}

const ratiosOf = (yoga: Contrast, lean: Contrast | undefined): Picture =>
  ratioPicture(
    {
      label: 'GraphQL over REST, server CPU of a read at equal rate',
      contender: 'GraphQL',
      baseline: 'REST',
      better: 'less',
    },
    [
      { label: 'Yoga', wire: 'graphql', found: yoga },
      ...(lean ? [{ label: 'lean host', wire: 'graphql', found: lean } as const] : []),
    ],
  );

/** Separates the cost of the usual server's HTTP layer from that of the language. */
export const graphqlServersAreSlow: Question = {
  number: 34,
  asks: 'Are GraphQL servers slow?',
  claim: 'GraphQL servers are slow',
  source: 'comparisons of GraphQL servers',
  scenarios: ['point-read', 'attribution-graphql'],
  judge(result) {
    const of = ({ scenario, pair, metric }: Ratio) => contrast(result, scenario, pair, metric);
    const [yoga, lean, hosts] = [of(yogaOverRest), of(leanOverRest), of(leanOverYoga)];
    if (!yoga || !(lean ?? hosts)) return notMeasured('both GraphQL hosts and REST');
    const onLean = lean
      ? `, on a lean host ${contrastText(lean)}`
      : hosts && `; a lean host costs ${timesOf(hosts, "Yoga's")}`;
    const found = ratios.flatMap((ratio) => {
      const one = of(ratio);
      return one ? [{ label: ratio.label, wire: 'graphql' as const, found: one }] : [];
    });
    const layers = wireAttributions(result).filter(({ wire }) => wire === 'graphql');
    const whole = layers.find(({ name }) => name === 'graphql');
    const verdict = {
      because: `read, server CPU: ${found.map((one) => `${one.label} ${contrastText(one.found)}`).join('; ')}.`,
      finding: `in Node, a GraphQL read on Yoga costs ${timesOf(yoga, "REST's server CPU")}${onLean}${whole ? largestText(whole) : ''}`,
      picture: whole ? layersPicture(whole) : ratiosOf(yoga, lean),
      numbers: [
        ratioTable('server CPU of a read', found),
        ...(layers.length > 0 ? [layersTable(layers)] : []),
      ],
    };
    if (!costsMore(yoga)) {
      const isShown = shownIn(yoga) !== 'not shown';
      return { answer: isShown ? 'no' : 'no difference shown', ...verdict };
    }
    return !lean || costsMore(lean)
      ? { answer: 'yes', ...verdict }
      : { answer: 'depends', on: 'the host', ...verdict };
  },
};
