import { formatCount, formatNumber } from '../../result/format.ts';
import type { Result } from '../../result/result.ts';
import { left, type ReportTable, right } from '../../result/table.ts';

/** What the load generator can do by itself, and what the link adds. */
export function calibrationTable({ ceilings, link }: Result): ReportTable[] {
  if (ceilings.length === 0) return [];
  const points = (link?.points ?? []).map(
    ({ askedMs, achievedMs }) => `${askedMs} ms → ${achievedMs.toFixed(2)} ms`,
  );
  return [
    {
      title: 'Calibration of the load generator and the link',
      lead: 'Calls a second against a null server, which does nothing. A capacity above 75 % of this is INVALID.',
      columns: [left('protocol'), left('driver'), right('calls/s'), right('client CPU µs/call')],
      rows: ceilings.map(({ protocol, driver, perSecond, clientCpuShare }) => [
        protocol,
        driver,
        formatCount(perSecond),
        formatNumber((clientCpuShare * 1e6) / perSecond),
      ]),
      notes:
        points.length > 0
          ? [`Round trips of the link, asked and achieved: ${points.join(', ')}.`]
          : [],
    },
  ];
}
