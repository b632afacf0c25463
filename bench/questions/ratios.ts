import { formatTimes } from '../result/format.ts';
import type { RatioPicture } from '../result/picture.ts';
import { left, type ReportTable, right } from '../result/table.ts';
import type { WireName } from '../result/wires.ts';
import type { Contrast } from '../statistics/summary.ts';
import { isComparable } from './question.ts';

/** One ratio with its name. */
export interface NamedContrast {
  readonly label: string;
  readonly wire: WireName | null;
  readonly found: Contrast;
}

/** @param head what is compared by what measure, and which side is better */
export const ratioPicture = (
  head: Pick<RatioPicture, 'label' | 'contender' | 'baseline' | 'better'>,
  contrasts: readonly NamedContrast[],
): RatioPicture => ({
  kind: 'ratios',
  ...head,
  items: contrasts.map(({ label, wire, found }) => {
    const { comparison, floor } = found;
    const { ratio, interval } = comparison;
    return {
      label,
      wire,
      ratio,
      low: interval?.low,
      high: interval?.high,
      floor,
      ...(isComparable(found) ? {} : { isComparable: false }),
    };
  }),
});

const shownText = (found: Contrast): string => {
  if (!isComparable(found)) return 'not comparable: too noisy';
  if (found.floor === undefined) return 'no noise floor';
  return found.difference === 'not shown' ? 'no difference shown' : found.difference;
};

/** Ratios of several measures as a table. */
export const ratioTable = (
  title: string,
  contrasts: readonly Pick<NamedContrast, 'label' | 'found'>[],
): ReportTable => ({
  title,
  lead: '',
  columns: [left(''), ...['ratio', 'low', 'high', 'noise floor'].map(right), left('shown')],
  rows: contrasts.map(({ label, found }) => {
    const { ratio, interval } = found.comparison;
    const times = (value: number | undefined) =>
      value === undefined ? '–' : `${formatTimes(value, ratio)}×`;
    return [
      label,
      ...[ratio, interval?.low, interval?.high].map(times),
      found.floor === undefined ? '–' : `${formatTimes(found.floor, 1)}×`,
      shownText(found),
    ];
  }),
  notes: [],
});
