import { formatCount } from '../../result/format.ts';
import type { Result } from '../../result/result.ts';
import { type ReportTable, right } from '../../result/table.ts';
import { typical } from '../../statistics/summary.ts';
import type { Scenario } from '../../trial/scenario.ts';
import { type CellColumn, drawnCells, firstSample, tableWith } from './columns.ts';

/** Throughput by how many calls are in flight, and over how many connections. */
export function concurrencyTable(result: Result, scenario: Scenario): ReportTable[] {
  const cells = drawnCells(result, scenario);
  const all =
    firstSample(cells)?.closed.filter(({ driver, rttMs }) => driver === 'lean' && rttMs === 0) ??
    [];
  const [main] = all;
  const points = all.filter(({ workload }) => workload === main?.workload);
  if (points.length < 3) return [];
  const sorted = points.toSorted(
    (a, b) => b.connections / b.inFlight - a.connections / a.inFlight || a.inFlight - b.inFlight,
  );
  const columns = sorted.map(
    ({ inFlight, connections }): CellColumn => [
      right(inFlight === connections ? `${inFlight}` : `${inFlight} over ${connections}`),
      (cell) => formatCount(typical(cell, 'throughput', { inFlight, connections })),
    ],
  );
  return [
    tableWith(cells, columns, {
      title: `${scenario.title}: calls a second by calls in flight`,
      lead: 'As many connections as calls, unless the column names another number. HTTP/1.1 has one call at a time on a connection.',
      notes: [],
    }),
  ];
}
