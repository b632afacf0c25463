import { questions } from '../../questions/index.ts';
import type { Result } from '../../result/result.ts';
import { floorFor, type MetricName } from '../../statistics/summary.ts';
import { boardOf } from '../board.ts';
import { choicesOf } from '../choose.ts';
import { goalTable } from '../goals.ts';
import { headlineOf } from '../headline.ts';
import { describeRun, limits } from '../markdown.ts';
import { tablesOf } from '../tables/index.ts';
import { rateSentence } from '../trust.ts';
import type { Contents } from './contents.ts';
import { renderPage } from './page.ts';

const floorsShown: readonly (readonly [string, string, string, MetricName])[] = [
  ['server CPU of a read', 'CPU', 'point-read', 'cpuAtRate'],
  ['its median latency', 'p50', 'point-read', 'responseAtRate'],
  ['reads a second', 'reads/s', 'point-read', 'throughput'],
  ['payments created a second', 'creates/s', 'create', 'throughput'],
  ['the delay of an event', 'event', 'events', 'delay'],
];

/** Computed by the functions that the other reports use. */
const contentsOf = (result: Result): Contents => ({
  headline: headlineOf(result),
  board: boardOf(result),
  rate: rateSentence(result) ?? '',
  choices: choicesOf(result),
  judged: questions.map(({ judge, ...question }) => ({ ...question, verdict: judge(result) })),
  floors: floorsShown.flatMap(([label, short, scenario, metric]) => {
    const factor = floorFor(result, scenario, metric);
    return factor === undefined ? [] : [{ label, short, factor }];
  }),
  tables: [...tablesOf(result), goalTable(result)],
  run: describeRun(result),
  limits,
});

/** The whole report as one HTML file that asks for nothing from anywhere. */
export const renderHtml = (result: Result): string => renderPage(result, contentsOf(result));
