import { missing } from '../../result/format.ts';
import type { Result } from '../../result/result.ts';
import { left, type ReportTable } from '../../result/table.ts';
import { cellsOf, labelOf } from '../../scenarios/labels.ts';
import { costRatio } from '../../statistics/failures.ts';
import { isValid } from '../../statistics/summary.ts';
import { goodCreate, goodRead } from '../../trial/failure-costs.ts';
import type { Scenario } from '../../trial/scenario.ts';
import { notesFor } from './columns.ts';

export function errorTable(result: Result, scenario: Scenario): ReportTable {
  const cells = cellsOf(result, scenario).filter(isValid);
  const failures = [
    ...new Set(
      cells.flatMap(({ samples }) => samples[0]?.failures ?? []).map((one) => one.failure),
    ),
  ];
  const rows = failures
    .filter((failure) => failure !== goodRead && failure !== goodCreate)
    .map((failure) => [
      `\`${failure}\``,
      ...cells.map((cell) => {
        const found = cell.samples[0]?.failures?.find((one) => one.failure === failure);
        return found ? `${found.shape}; ${found.receivedBytes}/${found.repeatedBytes} B` : missing;
      }),
    ]);
  const costRow = (failure: string, good: string) => [
    `${failure}, CPU of ${good.replace('none, ', '')}`,
    ...cells.map((cell) => {
      const ratio = costRatio(cell, failure, good);
      return ratio === undefined ? missing : `${ratio.toFixed(2)}×`;
    }),
  ];
  return {
    title: scenario.title,
    lead: `${scenario.what} Bytes received: the first failure of its kind on a warm connection, then the same again.`,
    columns: [left(''), ...cells.map((cell) => left(labelOf(cell)))],
    rows: [...rows, costRow('not_found', goodRead), costRow('validation_failed', goodCreate)],
    notes: notesFor(cellsOf(result, scenario)),
  };
}
