import { formatRatio } from '../../result/format.ts';
import type { Result } from '../../result/result.ts';
import { left, type ReportTable, right } from '../../result/table.ts';
import { type RatioAgreement, ratioAgreements } from '../../statistics/one-ratio.ts';

function verdictOf({ agrees, conditions }: RatioAgreement): string {
  if (agrees) return 'agree';
  return conditions.length > 0
    ? `differ, and so does the load: ${conditions.join('; ')}`
    : 'differ under the same load: one of them is wrong';
}

/** What two scenarios measured of one ratio; none if every ratio was measured once. */
export function oneRatioTable(result: Result): ReportTable[] {
  const found = ratioAgreements(result);
  if (found.length === 0) return [];
  return [
    {
      title: 'One ratio, one value',
      lead: 'Ratios that two scenarios of this run measured. They agree if their intervals have a value in common.',
      columns: [left('ratio'), left('measured by'), right('value [95 %]'), left('verdict')],
      rows: found.flatMap((agreement) =>
        agreement.values.map(({ scenario, comparison }, at) => [
          at === 0 ? agreement.name : '',
          scenario,
          formatRatio(comparison),
          at === 0 ? verdictOf(agreement) : '',
        ]),
      ),
      notes: [],
    },
  ];
}
