import type { Result } from '../../result/result.ts';
import { type ReportTable, right } from '../../result/table.ts';
import { cellsOf } from '../../scenarios/labels.ts';
import { type At, type MetricName, typical } from '../../statistics/summary.ts';
import type { Scenario } from '../../trial/scenario.ts';
import { type CellColumn, floorNote, notesFor, tableWith } from './columns.ts';

/** One figure of every workload or round trip, a column each. */
export function axisTable(
  result: Result,
  scenario: Scenario,
  axis: { readonly title: string; readonly lead: string; readonly metric: MetricName },
  points: readonly { readonly head: string; readonly at: At }[],
  format: (value: number | undefined) => string,
): ReportTable {
  const cells = cellsOf(result, scenario);
  const columns = points.map(
    ({ head, at }): CellColumn => [right(head), (cell) => format(typical(cell, axis.metric, at))],
  );
  return tableWith(cells, columns, {
    title: axis.title,
    lead: axis.lead,
    notes: [floorNote(result, scenario.name, [axis.metric]), ...notesFor(cells)],
  });
}
