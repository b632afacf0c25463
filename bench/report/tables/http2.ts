import { formatMs, formatNumber, formatTenth } from '../../result/format.ts';
import type { Result } from '../../result/result.ts';
import type { ReportTable } from '../../result/table.ts';
import { pageOfReads } from '../../scenarios/http2.ts';
import { cellsOf } from '../../scenarios/labels.ts';
import type { Scenario } from '../../trial/scenario.ts';
import { readPayment } from '../../trial/workloads.ts';
import { axisTable } from './axis.ts';
import { firstSample } from './columns.ts';

const over = (connections: number): string =>
  connections === 1 ? '1 connection' : `${connections} connections`;

export function http2Tables(result: Result, scenario: Scenario): ReportTable[] {
  const sample = firstSample(cellsOf(result, scenario));
  const pages = (sample?.closed ?? [])
    .filter(({ workload }) => workload === pageOfReads.name)
    .map(({ connections, rttMs, achievedRttMs }) => {
      const distance = rttMs === 0 ? 'no distance' : `${rttMs} ms (${formatTenth(achievedRttMs)})`;
      const at = { workload: pageOfReads.name, connections, rttMs };
      return { head: `${distance}, ${over(connections)}`, at };
    });
  const reads = (sample?.open ?? []).map(({ connections }) => ({
    head: over(connections),
    at: { workload: readPayment.name, connections },
  }));
  return [
    axisTable(
      result,
      scenario,
      {
        title: `${scenario.title}: mean ms of a page`,
        lead: `${scenario.what} In brackets the round trip that the link achieved.`,
        metric: 'latency',
      },
      pages,
      formatMs,
    ),
    axisTable(
      result,
      scenario,
      {
        title: `${scenario.title}: server CPU of a read at equal rate, µs`,
        lead: '',
        metric: 'cpuAtRate',
      },
      reads,
      formatNumber,
    ),
  ];
}
