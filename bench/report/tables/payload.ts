import { formatCount, formatNumber } from '../../result/format.ts';
import type { Result } from '../../result/result.ts';
import type { ReportTable } from '../../result/table.ts';
import { sizesOf } from '../../statistics/payload-sizes.ts';
import type { Scenario } from '../../trial/scenario.ts';
import { axisTable } from './axis.ts';

export function payloadTables(result: Result, scenario: Scenario): ReportTable[] {
  const points = sizesOf(result, scenario).map(({ workload, bytes }) => ({
    head: `${workload} (${formatCount(bytes)} B)`,
    at: { workload },
  }));
  const lead = `${scenario.what} In brackets the bytes that REST receives.`;
  const title = `${scenario.title}: server CPU, µs a call`;
  return [
    axisTable(result, scenario, { title, lead, metric: 'cpuAtCapacity' }, points, formatNumber),
    axisTable(
      result,
      scenario,
      { title: `${scenario.title}: calls a second`, lead: '', metric: 'throughput' },
      points,
      formatCount,
    ),
  ];
}
