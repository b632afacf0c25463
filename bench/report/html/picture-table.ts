import { formatNumber, formatTimes, missing } from '../../result/format.ts';
import type { RatioPicture, WaterfallPicture } from '../../result/picture.ts';
import { left, type ReportTable, right } from '../../result/table.ts';
import type { Drawing } from './figure.ts';

const times = (value: number | undefined): string =>
  value === undefined ? missing : `${formatNumber(value)}×`;

/** The totals have no interval of their own. */
const waterfallRows = ({ start, steps, end }: WaterfallPicture) =>
  [...(start ? [start] : []), ...steps, end].map(({ label, value, ...more }) => ({
    label,
    value,
    ...('low' in more ? { low: more.low, high: more.high } : { low: undefined, high: undefined }),
  }));

const betterNote = ({ better, contender }: RatioPicture): string =>
  `${better === 'less' ? 'Less' : 'More'} is better for ${contender}.`;

/** The numbers of a picture as a table. */
export function pictureTable(picture: Drawing): ReportTable {
  switch (picture.kind) {
    case 'ratios':
      return {
        title: picture.label,
        lead: '',
        columns: [
          left(''),
          ...[`${picture.contender} over ${picture.baseline}`, 'low', 'high', 'noise floor'].map(
            right,
          ),
        ],
        rows: picture.items.map(({ label, ratio, low, high, floor }) => [
          label,
          ...[ratio, low, high, floor].map(times),
        ]),
        notes: [betterNote(picture)],
      };
    case 'bars':
      return {
        title: picture.label,
        lead: '',
        columns: [left(''), right(picture.unit)],
        rows: picture.items.map(({ label, value }) => [label, formatNumber(value)]),
        notes: [],
      };
    case 'waterfall':
      return {
        title: picture.label,
        lead: '',
        columns: [left(''), ...[picture.unit, 'low', 'high'].map(right)],
        rows: waterfallRows(picture).map(({ label, value, low, high }) => [
          label,
          ...[value, low, high].map(formatNumber),
        ]),
        notes: [],
      };
    case 'matrix':
      return {
        title: picture.label,
        lead: '',
        columns: [left(''), ...picture.columns.map(({ label }) => left(label))],
        rows: picture.rows.map(({ label, cells }) => [label, ...cells]),
        notes: [],
      };
    case 'stack': {
      const parts = [
        ...new Set(picture.items.flatMap((item) => item.parts.map(({ label }) => label))),
      ];
      return {
        title: picture.label,
        lead: '',
        columns: [left(''), ...parts.map(right)],
        rows: picture.items.map((item) => [
          item.label,
          ...parts.map((part) =>
            formatNumber(item.parts.find(({ label }) => label === part)?.value),
          ),
        ]),
        notes: [],
      };
    }
    case 'lines':
      return {
        title: `${picture.y.label}, by ${picture.x.label}`,
        lead: '',
        columns: [left(''), right(picture.x.label), right(picture.y.label), left('validity')],
        rows: picture.series.flatMap(({ label, points }) =>
          points.map(({ x, y, valid }) => [
            label,
            formatNumber(x),
            formatNumber(y),
            valid ? 'valid' : 'INVALID',
          ]),
        ),
        notes: [],
      };
  }
}

/** A picture in one sentence, to be read aloud. */
export function summaryOf(picture: Drawing): string {
  switch (picture.kind) {
    case 'ratios':
      return `${picture.label}: ${picture.items.map(({ label, ratio }) => `${label} ${formatTimes(ratio)} times`).join(', ')}.`;
    case 'bars':
      return `${picture.label}: ${picture.items.map(({ label, value }) => `${label} ${formatNumber(value)} ${picture.unit}`).join(', ')}.`;
    case 'stack':
      return `${picture.label}, in parts: ${picture.items.map(({ label }) => label).join(', ')}.`;
    case 'waterfall':
      return `${picture.label}: ${waterfallRows(picture)
        .map(({ label, value }) => `${label} ${formatNumber(value)} ${picture.unit}`)
        .join(', ')}.`;
    case 'matrix':
      return `${picture.label}, a row each: ${picture.rows.map(({ label }) => label).join(', ')}.`;
    case 'lines': {
      const crossings = picture.crossovers.map(
        ({ label, x }) => ` ${label} at ${formatNumber(x)} ${picture.x.unit}.`,
      );
      return `${picture.y.label} by ${picture.x.label}: ${picture.series.map(({ label }) => label).join(', ')}.${crossings.join('')}`;
    }
  }
}

/** The heading of a picture. */
export const titleOf = (picture: Drawing): string =>
  picture.kind === 'lines' ? picture.y.label : picture.label;
