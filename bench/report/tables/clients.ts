import { formatCount, formatNumber } from '../../result/format.ts';
import type { Result } from '../../result/result.ts';
import { type ReportTable, right } from '../../result/table.ts';
import { cellsOf } from '../../scenarios/labels.ts';
import { clientCpuAtRate } from '../../statistics/client-cost.ts';
import { closedOf, openOf, typical } from '../../statistics/summary.ts';
import type { Scenario } from '../../trial/scenario.ts';
import { firstSample, notesFor, tableWith } from './columns.ts';

/** CPU of client and server apart, and what one process of a client can do. */
export function clientTable(result: Result, scenario: Scenario): ReportTable {
  const cells = cellsOf(result, scenario);
  const first = firstSample(cells);
  const rate = first && openOf(first)?.perSecond;
  return tableWith(
    cells,
    [
      [right('client CPU µs/call'), (cell) => formatNumber(typical(cell, clientCpuAtRate))],
      [right('server CPU µs/call'), (cell) => formatNumber(typical(cell, 'cpuAtRate'))],
      [
        right('calls/s by one process'),
        // The client may be the limit: that is what is looked for here.
        (cell) => formatCount(typical(cell, (sample) => closedOf(sample)?.perSecond)),
      ],
    ],
    {
      title: scenario.title,
      lead: `${scenario.what} CPU of both sides at ${formatCount(rate)}/s. The client's has in it what every client of the bench does besides: schedule, histograms, and the check of each response.`,
      notes: notesFor(cells),
    },
  );
}
