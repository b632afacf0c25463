import { formatMs } from '../../result/format.ts';
import type { Result } from '../../result/result.ts';
import { type ReportTable, right } from '../../result/table.ts';
import { quantileMicros } from '../../statistics/histogram.ts';
import { curveOf, merged } from '../../statistics/summary.ts';
import type { Scenario } from '../../trial/scenario.ts';
import { type CellColumn, drawnCells, firstSample, tableWith } from './columns.ts';

/** p99 at shares of each contender's own capacity. */
export function curveTable(result: Result, scenario: Scenario): ReportTable[] {
  const cells = drawnCells(result, scenario);
  const first = firstSample(cells);
  const shares = first ? curveOf(first).map(({ share }) => share ?? 0) : [];
  if (shares.length === 0) return [];
  const columns = shares.map(
    (share): CellColumn => [
      right(`${Math.round(share * 100)} %`),
      (cell) => {
        const points = cell.samples.flatMap(
          (sample) => curveOf(sample).find((one) => one.share === share) ?? [],
        );
        const histogram = merged(
          cell,
          (sample) => curveOf(sample).find((one) => one.share === share)?.response,
        );
        const text = formatMs(histogram && quantileMicros(histogram, 0.99));
        const isHollow =
          points.filter(({ invalid }) => invalid.length > 0).length * 2 > points.length;
        return isHollow ? `(${text})` : text;
      },
    ],
  );
  return [
    tableWith(cells, columns, {
      title: `${scenario.title}: p99 in ms by share of capacity`,
      lead: 'The load is a share of the capacity that each process showed in its closed loop. Brackets mark a figure as INVALID in most processes, because the rate was not achieved or another check failed.',
      notes: [],
    }),
  ];
}
