import { formatTenth, formatTimes } from '../result/format.ts';
import type { Picture } from '../result/picture.ts';
import type { Result } from '../result/result.ts';
import { left, type ReportTable, right } from '../result/table.ts';
import { labelOf } from '../scenarios/labels.ts';
import {
  type Contrast,
  closedOf,
  contrast,
  findCell,
  isValid,
  typical,
  wireOf,
} from '../statistics/summary.ts';
import {
  contrastText,
  notMeasured,
  type Question,
  shownIn,
  timesOf,
  type Verdict,
} from './question.ts';
import { ratioTable } from './ratios.ts';

const graphql = 'graphql-loaders';
const contenders = [
  [graphql, 'graphql'],
  ['rest-chatty', 'rest'],
  ['rest-expand', 'rest'],
  ['grpc-batch', 'grpc'],
] as const;

const nameOf = (contender: string): string => labelOf({ scenario: 'screen', contender });

const distancesOf = (result: Result): number[] => {
  const cell = findCell(result, 'screen', graphql);
  if (!isValid(cell)) return [];
  return [...new Set(cell.samples[0]?.closed.map(({ rttMs }) => rttMs))];
};

const requestsOf = (result: Result, contender: string): number | undefined => {
  const cell = findCell(result, 'screen', contender);
  return isValid(cell) ? typical(cell, (sample) => wireOf(sample)?.requestsPerCall) : undefined;
};

const pictureOf = (result: Result): Picture => ({
  kind: 'lines',
  x: { label: 'round-trip time, ms', unit: 'ms', scale: 'linear' },
  y: { label: 'time of a screen, ms', unit: 'ms', scale: 'log' },
  series: contenders.flatMap(([contender, wire]) => {
    const cell = findCell(result, 'screen', contender);
    if (!isValid(cell)) return [];
    const points = distancesOf(result).flatMap((rttMs) => {
      const micros = typical(cell, 'latency', { rttMs });
      const x = typical(cell, (sample) => closedOf(sample, { rttMs })?.achievedRttMs);
      return micros === undefined || x === undefined ? [] : [{ x, y: micros / 1000, valid: true }];
    });
    return points.length === 0 ? [] : [{ label: nameOf(contender), wire, points }];
  }),
  crossovers: [],
});

const requestTable = (result: Result): ReportTable => ({
  title: 'requests for a screen',
  lead: '',
  columns: [left(''), right('requests')],
  rows: contenders.map(([name]) => [nameOf(name), formatTenth(requestsOf(result, name))]),
  notes: [],
});

/** GraphQL's time beside another's: `3.3× faster than chatty REST (3.2–3.3)` */
function speedOf(found: Contrast, other: string): string {
  const { ratio, interval } = found.comparison;
  const shown = shownIn(found);
  if (shown === 'not shown') return `no faster than ${other}: ${timesOf(found, 'its time')}`;
  if (shown === 'more') return `slower than ${other}: ${timesOf(found, 'its time')}`;
  const faster = 1 / ratio;
  const range =
    interval &&
    ` (${formatTimes(1 / interval.high, faster)}–${formatTimes(1 / interval.low, faster)})`;
  return `${formatTimes(faster)}× faster than ${other}${range ?? ''}`;
}

/** The farthest round trip at which a difference could be shown. */
function farOf(result: Result): number | undefined {
  const distances = distancesOf(result);
  const over = (rttMs: number) =>
    contrast(result, 'screen', [graphql, 'rest-chatty'], 'latency', { rttMs });
  const measured = distances.filter(over);
  // An interval takes three processes, which the farthest distances may not have.
  const sure = measured.filter((rttMs) => over(rttMs)?.comparison.interval);
  const all = sure.length > 0 ? sure : measured;
  return all.length === 0 ? undefined : Math.max(...all);
}

/** GraphQL's time over each other way's. */
const timesAt = (result: Result, rttMs: number) =>
  contenders.slice(1).flatMap(([name, wire]) => {
    const found = contrast(result, 'screen', [graphql, name], 'latency', { rttMs });
    return found ? [{ name, label: `over ${nameOf(name)}`, wire, found }] : [];
  });

export const graphqlSavesRoundTrips: Question = {
  number: 4,
  asks: 'Does GraphQL save round trips?',
  claim: 'GraphQL saves round trips',
  source: 'the case for GraphQL since 2015',
  scenarios: ['screen'],
  judge(result): Verdict {
    const [ours, chatty, expand] = [graphql, 'rest-chatty', 'rest-expand'].map((name) =>
      requestsOf(result, name),
    );
    if (ours === undefined || chatty === undefined) return notMeasured('the screen');
    const far = farOf(result);
    const times = far === undefined ? [] : timesAt(result, far);
    const speeds = times
      .filter(({ name }) => name !== 'grpc-batch')
      .map(({ name, found }) =>
        speedOf(found, name === 'rest-chatty' ? 'chatty REST' : 'REST with `expand`'),
      );
    const counts = `GraphQL loads the screen in ${formatTenth(ours)} request${ours === 1 ? '' : 's'}, chatty REST in ${formatTenth(chatty)}${expand === undefined ? '' : `, REST with \`expand\` in ${formatTenth(expand)}`}`;
    const evidence = {
      finding: [
        counts,
        ...(speeds.length > 0
          ? [`at a round trip of ${far} ms GraphQL is ${speeds.join(', and ')}`]
          : []),
      ].join('; '),
      because: `${counts}, gRPC with a batch in ${formatTenth(requestsOf(result, 'grpc-batch'))}.${times.length === 0 ? '' : ` GraphQL's time at a round trip of ${far} ms: ${times.map(({ label, found }) => `${label} ${contrastText(found)}`).join('; ')}.`}`,
      picture: pictureOf(result),
      numbers: [
        requestTable(result),
        ...(times.length === 0
          ? []
          : [ratioTable(`time of a screen at ${far} ms, GraphQL`, times)]),
      ],
    };
    return { answer: ours < chatty ? 'yes' : 'no', ...evidence };
  },
};
