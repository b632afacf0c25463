import { formatMs, formatNumber, formatTenth } from '../../result/format.ts';
import type { Result } from '../../result/result.ts';
import { type ReportTable, right } from '../../result/table.ts';
import { cellsOf } from '../../scenarios/labels.ts';
import { typical, wireOf } from '../../statistics/summary.ts';
import type { Scenario } from '../../trial/scenario.ts';
import { axisTable } from './axis.ts';
import {
  baselineLabel,
  byteColumns,
  type CellColumn,
  firstSample,
  ratioText,
  tableWith,
} from './columns.ts';

export function screenTables(result: Result, scenario: Scenario): ReportTable[] {
  const cells = cellsOf(result, scenario);
  const points = (firstSample(cells)?.closed ?? []).map(({ rttMs, achievedRttMs }) => ({
    head: rttMs === 0 ? 'no distance' : `${rttMs} ms (${formatTenth(achievedRttMs)})`,
    at: { rttMs },
  }));
  const columns: CellColumn[] = [
    [
      right('requests'),
      (cell) => formatTenth(typical(cell, (sample) => wireOf(sample)?.requestsPerCall)),
    ],
    [right('CPU µs/screen'), (cell) => formatNumber(typical(cell, 'cpuAtCapacity'))],
    [
      right(`of ${baselineLabel(result, scenario)} [95 %]`),
      ratioText(result, scenario, 'cpuAtCapacity'),
    ],
    ...byteColumns(),
  ];
  const lead =
    'One user, six connections. The link delays both directions, and the handshake; in brackets the round trip that it achieved. It models neither loss nor congestion.';
  const title = `${scenario.title}: mean ms by round-trip time`;
  return [
    tableWith(cells, columns, { title: scenario.title, lead: scenario.what, notes: [] }),
    axisTable(result, scenario, { title, lead, metric: 'latency' }, points, formatMs),
  ];
}
