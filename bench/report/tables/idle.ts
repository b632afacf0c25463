import { formatCount, formatNumber, formatTenth } from '../../result/format.ts';
import type { Result } from '../../result/result.ts';
import { type ReportTable, right } from '../../result/table.ts';
import { cellsOf, labelOf } from '../../scenarios/labels.ts';
import { typical } from '../../statistics/summary.ts';
import type { Scenario } from '../../trial/scenario.ts';
import { type CellColumn, tableWith } from './columns.ts';

export function idleTable(result: Result, scenario: Scenario): ReportTable {
  const columns: CellColumn[] = [
    [
      right('kB a connection'),
      (cell) => {
        const bytes = typical(cell, 'residentPerConnection');
        return formatNumber(bytes && bytes / 1e3);
      },
    ],
    [right('connections'), (cell) => formatCount(typical(cell, ({ idle }) => idle?.connections))],
    [
      right('MB before'),
      (cell) => {
        const bytes = typical(cell, ({ idle }) => idle?.firstBytes ?? undefined);
        return formatTenth(bytes && bytes / 1e6);
      },
    ],
  ];
  const cells = cellsOf(result, scenario);
  return tableWith(cells, columns, {
    title: scenario.title,
    lead: scenario.what,
    notes: cells.flatMap((cell) => cell.invalid.map((why) => `${labelOf(cell)}: INVALID, ${why}`)),
  });
}
