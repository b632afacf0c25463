import { formatCount, formatNumber } from '../../result/format.ts';
import type { Result, Sample } from '../../result/result.ts';
import { type ReportTable, right } from '../../result/table.ts';
import { cellsOf } from '../../scenarios/labels.ts';
import { typical } from '../../statistics/summary.ts';
import type { Scenario } from '../../trial/scenario.ts';
import {
  baselineLabel,
  type CellColumn,
  countText,
  floorNote,
  notesFor,
  quantileText,
  ratioText,
  tableWith,
} from './columns.ts';

export function eventTable(result: Result, scenario: Scenario): ReportTable {
  const cells = cellsOf(result, scenario);
  const delay = ({ delivery }: Sample) => delivery?.delay;
  const columns: CellColumn[] = [
    [right('p50 ms'), quantileText(delay, 0.5)],
    [right('p90'), quantileText(delay, 0.9)],
    [right('p99'), quantileText(delay, 0.99)],
    [right('deliveries'), countText(delay)],
    [
      right('lost'),
      ({ samples }) =>
        String(samples.reduce((sum, { delivery }) => sum + (delivery?.missing ?? 0), 0)),
    ],
    [right(`of ${baselineLabel(result, scenario)} [95 %]`), ratioText(result, scenario, 'delay')],
    // Too few in each process for a median of its own.
    [right('first event ms'), quantileText(({ delivery }) => delivery?.firstEvent, 0.5)],
    [right('CPU µs/event'), (cell) => formatNumber(typical(cell, 'cpuPerEvent'))],
    [
      right('bytes out/event'),
      (cell) => formatCount(typical(cell, ({ delivery }) => delivery?.sentBytesPerEvent)),
    ],
    [
      right('bytes in/event'),
      (cell) => formatCount(typical(cell, ({ delivery }) => delivery?.receivedBytesPerEvent)),
    ],
  ];
  return tableWith(cells, columns, {
    title: scenario.title,
    lead: `${scenario.what} CPU includes publishing and all deliveries; the row without watchers shows publishing alone. The first event includes the time to connect.`,
    notes: [floorNote(result, scenario.name, ['delay', 'cpuPerEvent']), ...notesFor(cells)],
  });
}
