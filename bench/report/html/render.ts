import { questions } from '../../questions/index.ts';
import type { Result } from '../../result/result.ts';
import { floorFor, type MetricName } from '../../statistics/summary.ts';
import { goalTable } from '../goals.ts';
import { describeRun, limits } from '../markdown.ts';
import { tablesOf } from '../tables/index.ts';
import type { Contents } from './contents.ts';
import { renderPage } from './page.ts';

const floorsShown: readonly (readonly [string, string, MetricName])[] = [
  ['server CPU of a read', 'point-read', 'cpuAtRate'],
  ['its median latency', 'point-read', 'responseAtRate'],
  ['reads a second', 'point-read', 'throughput'],
  ['the delay of an event', 'events', 'delay'],
];

/** Computed by the functions that the other reports use. */
const contentsOf = (result: Result): Contents => ({
  judged: questions.map(({ number, claim, source, scenarios, judge }) => ({
    number,
    claim,
    source,
    scenarios,
    verdict: judge(result),
  })),
  floors: floorsShown.flatMap(([label, scenario, metric]) => {
    const factor = floorFor(result, scenario, metric);
    return factor === undefined ? [] : [{ label, factor }];
  }),
  tables: [...tablesOf(result), goalTable(result)],
  run: describeRun(result),
  limits,
});

/** The whole report as one HTML file that asks for nothing from anywhere. */
export const renderHtml = (result: Result): string => renderPage(result, contentsOf(result));
