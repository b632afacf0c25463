import { formatTenth } from '../result/format.ts';
import type { Picture } from '../result/picture.ts';
import type { Result } from '../result/result.ts';
import { labelOf } from '../scenarios/labels.ts';
import { closedOf, contrast, findCell, isValid, typical, wireOf } from '../statistics/summary.ts';
import { contrastText, notMeasured, type Question, timesOf } from './question.ts';

const contenders = [
  ['graphql-loaders', 'graphql'],
  ['rest-chatty', 'rest'],
  ['rest-expand', 'rest'],
  ['grpc-batch', 'grpc'],
] as const;

const distancesOf = (result: Result): number[] => [
  ...new Set(
    findCell(result, 'screen', 'graphql-loaders')?.samples[0]?.closed.map(({ rttMs }) => rttMs),
  ),
];

const pictureOf = (result: Result): Picture => ({
  kind: 'lines',
  x: { label: 'round-trip time, ms', scale: 'linear' },
  y: { label: 'a screen, ms', scale: 'log' },
  series: contenders.flatMap(([contender, wire]) => {
    const cell = findCell(result, 'screen', contender);
    if (!isValid(cell)) return [];
    const points = distancesOf(result).flatMap((rttMs) => {
      const micros = typical(cell, 'latency', { rttMs });
      const x = typical(cell, (sample) => closedOf(sample, { rttMs })?.achievedRttMs);
      return micros === undefined || x === undefined ? [] : [{ x, y: micros / 1000, valid: true }];
    });
    return [{ label: labelOf({ scenario: 'screen', contender }), wire, points }];
  }),
  crossovers: [],
});

export const graphqlSavesRoundTrips: Question = {
  number: 4,
  asks: 'Does GraphQL save round trips?',
  claim: 'GraphQL saves round trips',
  source: 'the case for GraphQL since 2015',
  scenarios: ['screen'],
  judge(result) {
    const requests = (contender: string) => {
      const cell = findCell(result, 'screen', contender);
      return isValid(cell) ? typical(cell, (sample) => wireOf(sample)?.requestsPerCall) : undefined;
    };
    const [graphql, ...rest] = contenders.map(([name]) => requests(name));
    const [chatty, expand, batch] = rest;
    if (graphql === undefined || chatty === undefined) return notMeasured('the screen');
    const at = (rttMs: number, other: string) =>
      contrast(result, 'screen', ['graphql-loaders', other], 'latency', { rttMs });
    const distances = distancesOf(result);
    // An interval takes three processes, which the farthest distances may not have.
    const sure = distances.filter((rttMs) => at(rttMs, 'rest-chatty')?.comparison.interval);
    const far = Math.max(...(sure.length > 0 ? sure : distances));
    const over = (other: string) => at(far, other);
    const times = contenders.slice(1).flatMap(([name]) => {
      const found = over(name);
      const label = labelOf({ scenario: 'screen', contender: name });
      return found ? `${label} ${contrastText(found)}` : [];
    });
    const because = `Requests for the screen: GraphQL ${formatTenth(graphql)}, REST chatty ${formatTenth(chatty)}, REST \`expand\` ${formatTenth(expand)}, gRPC batch ${formatTenth(batch)}. Time at a round trip of ${far} ms, GraphQL compared with ${times.join('; with ')}.`;
    const first = over('rest-chatty');
    const evidence = {
      because,
      picture: pictureOf(result),
      finding: [
        `GraphQL loads the screen in ${formatTenth(graphql)} request, chatty REST in ${formatTenth(chatty)}, REST with \`expand\` in ${formatTenth(expand)}`,
        ...(first ? [`at ${far} ms it took ${timesOf(first, "chatty REST's time")}`] : []),
      ].join('; '),
    };
    const others = rest.filter((count) => count !== undefined);
    if (others.every((count) => graphql < count)) return { answer: 'yes', ...evidence };
    return { answer: graphql < chatty ? 'depends' : 'no', ...evidence };
  },
};
