import { missing } from '../../result/format.ts';
import type { Cell, Result } from '../../result/result.ts';
import { type ReportTable, right } from '../../result/table.ts';
import { cellsOf } from '../../scenarios/labels.ts';
import { isValid } from '../../statistics/summary.ts';
import type { Scenario } from '../../trial/scenario.ts';
import { loadTable } from './load.ts';

export function cachedTable(result: Result, scenario: Scenario): ReportTable {
  const { columns, rows, ...table } = loadTable(result, scenario);
  const sum = (cell: Cell, of: 'reads' | 'saved' | 'stale') =>
    cell.samples.reduce((total, { caching }) => total + (caching?.[of] ?? 0), 0);
  const share = (cell: Cell, part: 'saved' | 'stale') => {
    const count = sum(cell, part);
    return count === 0 ? '0' : `${((100 * count) / Math.max(1, sum(cell, 'reads'))).toFixed(1)} %`;
  };
  const cells = cellsOf(result, scenario);
  return {
    ...table,
    columns: [...columns, right('not sent again'), right('stale')],
    rows: rows.map((row, at) => {
      const cell = cells[at];
      return [
        ...row,
        ...(isValid(cell) ? [share(cell, 'saved'), share(cell, 'stale')] : [missing, missing]),
      ];
    }),
  };
}
