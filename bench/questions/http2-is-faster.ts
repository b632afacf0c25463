import { formatMs } from '../result/format.ts';
import type { Result } from '../result/result.ts';
import { left, type ReportTable, right } from '../result/table.ts';
import { connectionsOf, pageOfReads } from '../scenarios/http2.ts';
import { labelOf } from '../scenarios/labels.ts';
import { compare, differenceOf } from '../statistics/paired.ts';
import { createRandom } from '../statistics/random.ts';
import {
  type At,
  type Contrast,
  contrast,
  findCell,
  floorFor,
  isValid,
  metrics,
  typical,
} from '../statistics/summary.ts';
import {
  contrastText,
  notMeasured,
  type Question,
  shownIn,
  timesOf,
  type Verdict,
} from './question.ts';
import { ratioPicture, ratioTable } from './ratios.ts';

const scenario = 'http2';
const workload = pageOfReads.name;

/** HTTP/2 and HTTP/1.1, in rooms and in the libraries under them. */
const pairs = [
  ['rest-http2', 'rest', 'REST'],
  ['node-http2', 'node-http', 'bare node:http2, stream API'],
  ['node-http2-compat', 'node-http', 'bare node:http2, compatibility API'],
] as const;

/** The same page over the connections that a browser opens of each version. */
function pageContrast(
  result: Result,
  [contender, baseline]: readonly [string, string],
  rttMs: number,
): Contrast | undefined {
  const [ours, theirs] = [
    findCell(result, scenario, contender),
    findCell(result, scenario, baseline),
  ];
  if (!isValid(ours) || !isValid(theirs)) return undefined;
  const at = (connections: number): At => ({ workload, connections, rttMs });
  const found = ours.samples.flatMap((sample) => {
    const other = theirs.samples.find(({ round }) => round === sample.round);
    const value = metrics.latency(sample, at(connectionsOf.http2));
    const base = other && metrics.latency(other, at(connectionsOf.http1));
    return value && base ? [[value, base] as const] : [];
  });
  if (found.length === 0) return undefined;
  const comparison = compare(found, createRandom(result.options.seed));
  const floor = floorFor(result, scenario, 'latency');
  return { comparison, floor, difference: differenceOf(comparison, floor) };
}

const distancesOf = (result: Result): number[] => {
  const cell = findCell(result, scenario, 'rest-http2');
  if (!isValid(cell)) return [];
  const pages = cell.samples[0]?.closed.filter((load) => load.workload === workload) ?? [];
  return [...new Set(pages.map(({ rttMs }) => rttMs))];
};

const distance = (rttMs: number): string =>
  rttMs === 0 ? 'without distance' : `at a round trip of ${rttMs} ms`;

const timeOf = (result: Result, contender: string, at: At): string => {
  const cell = findCell(result, scenario, contender);
  return formatMs(isValid(cell) ? typical(cell, 'latency', { workload, ...at }) : undefined);
};

const timeTable = (result: Result, distances: readonly number[]): ReportTable => ({
  title: 'time of a page of 50 reads, ms',
  lead: '',
  columns: [left(''), ...distances.map((rttMs) => right(`${rttMs} ms`))],
  rows: [
    ['rest', connectionsOf.http1] as const,
    ['rest', 1] as const,
    ['rest-http2', connectionsOf.http2] as const,
  ].map(([contender, connections]) => [
    `${labelOf({ scenario, contender })}, ${connections === 1 ? '1 connection' : `${connections} connections`}`,
    ...distances.map((rttMs) => timeOf(result, contender, { connections, rttMs })),
  ]),
  notes: [],
});

/** Server CPU of a read at equal rate, over as many connections on both. */
const costsOf = (result: Result) =>
  pairs.flatMap(([contender, baseline, label]) => {
    const at = { workload: 'read', connections: connectionsOf.http1 };
    const found = contrast(result, scenario, [contender, baseline], 'cpuAtRate', at);
    return found ? [{ label, wire: null, found }] : [];
  });

/** The nearest and the farthest distance. */
function findingOf(first: TimeAt, last: TimeAt): string {
  const near = timesOf(first.found, `HTTP/1.1's time ${distance(first.rttMs)}`);
  const far = first === last ? '' : ` and ${timesOf(last.found, distance(last.rttMs))}`;
  return `in Node, on this machine, a page of 50 reads takes HTTP/2 ${near}${far}, over one connection of HTTP/2 and six of HTTP/1.1`;
}

interface TimeAt {
  readonly rttMs: number;
  readonly found: Contrast;
}

function answerOf(times: readonly TimeAt[]): Pick<Verdict, 'answer' | 'on'> {
  const shown = times.map(({ found }) => shownIn(found));
  if (shown.every((one) => one === 'not shown')) return { answer: 'no difference shown' };
  if (!shown.includes('more')) return { answer: 'yes' };
  if (!shown.includes('less')) return { answer: 'no' };
  return { answer: 'depends', on: 'the distance' };
}

export const http2IsFaster: Question = {
  number: 32,
  asks: 'Is HTTP/2 faster than HTTP/1.1?',
  claim: 'HTTP/2 is faster than HTTP/1.1',
  source: 'the case for HTTP/2 since 2015',
  scenarios: [scenario],
  wires: ['rest', 'rest-http2'],
  judge(result) {
    const distances = distancesOf(result);
    const pagesOf = (pair: readonly [string, string]): TimeAt[] =>
      distances.flatMap((rttMs) => {
        const found = pageContrast(result, pair, rttMs);
        return found ? [{ rttMs, found }] : [];
      });
    const times = pagesOf(['rest-http2', 'rest']);
    const [first, last] = [times[0], times.at(-1)];
    if (!first || !last) return notMeasured('REST over HTTP/1.1 and HTTP/2');
    const floors = pairs.slice(1).flatMap(([contender, baseline, label]) =>
      pagesOf([contender, baseline]).map(({ rttMs, found }) => ({
        label: `${label}, ${distance(rttMs)}`,
        found,
      })),
    );
    const costs = costsOf(result);
    const costText = costs.map(({ label, found }) => `${label} ${contrastText(found)}`).join('; ');
    return {
      ...answerOf(times),
      finding: findingOf(first, last),
      because: `Time of a page of 50 reads at once, one connection of HTTP/2 compared with six of HTTP/1.1: ${times.map(({ rttMs, found }) => `${distance(rttMs)} ${contrastText(found)}`).join('; ')}. Server CPU of a read at equal rate, over six connections on both: ${costText || 'not measured'}.`,
      picture: ratioPicture(
        {
          label: 'time of a page of 50 reads',
          contender: 'HTTP/2',
          baseline: 'HTTP/1.1',
          better: 'less',
        },
        times.map(({ rttMs, found }) => ({ label: distance(rttMs), wire: 'rest-http2', found })),
      ),
      numbers: [
        timeTable(result, distances),
        ratioTable('time of a page, bare libraries', floors),
        ratioTable('server CPU of a read at equal rate, HTTP/2', costs),
      ],
    };
  },
};
