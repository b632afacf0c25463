import { formatCount, formatNumber } from '../../result/format.ts';
import type { Result } from '../../result/result.ts';
import { left, type ReportTable, right } from '../../result/table.ts';

export function storageTable({ storage }: Result): ReportTable[] {
  if (!storage) return [];
  const { pointRead, writes } = storage;
  const rows = [
    ['read, bare prepared statement, µs', formatNumber(pointRead.bareMicros)],
    ['read, store, µs', formatNumber(pointRead.storeMicros)],
    ['read, store over bare, µs', formatNumber(pointRead.overBareMicros)],
    ['payments written one by one, per second', formatCount(writes.oneByOnePerSecond)],
    [
      `payments written ${writes.inFlight} at once, per second`,
      formatCount(writes.togetherPerSecond),
    ],
    ['at once over one by one', `${writes.ratio.toFixed(2)}×`],
  ];
  return [
    {
      title: 'The store alone',
      lead: 'In one process, without a wire: how much the store adds to a bare prepared statement, and how much shared commits save.',
      columns: [left(''), right('')],
      rows,
      notes: [],
    },
  ];
}
