import { formatNumber, missing } from '../../result/format.ts';
import { left, type ReportTable, right } from '../../result/table.ts';
import type { Drawing } from './figure.ts';

const times = (value: number | undefined): string =>
  value === undefined ? missing : `${value.toFixed(3)}×`;

/** The numbers of a picture as a table. */
export function pictureTable(picture: Drawing): ReportTable {
  switch (picture.kind) {
    case 'ratios':
      return {
        title: picture.label,
        lead: '',
        columns: [left(''), ...['ratio', 'low', 'high', 'noise floor'].map(right), left('better')],
        rows: picture.items.map(({ label, ratio, low, high, floor, better }) => [
          label,
          ...[ratio, low, high, floor].map(times),
          better,
        ]),
        notes: [],
      };
    case 'bars':
      return {
        title: picture.label,
        lead: '',
        columns: [left(''), right('value')],
        rows: picture.items.map(({ label, value }) => [label, formatNumber(value)]),
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
      return `${picture.label}: ${picture.items.map(({ label, ratio }) => `${label} ${ratio.toFixed(2)} times`).join(', ')}.`;
    case 'bars':
      return `${picture.label}: ${picture.items.map(({ label, value }) => `${label} ${formatNumber(value)}`).join(', ')}.`;
    case 'stack':
      return `${picture.label}, in parts: ${picture.items.map(({ label }) => label).join(', ')}.`;
    case 'lines': {
      const crossings = picture.crossovers.map(
        ({ label, x }) => ` ${label} at ${formatNumber(x)}.`,
      );
      return `${picture.y.label} by ${picture.x.label}: ${picture.series.map(({ label }) => label).join(', ')}.${crossings.join('')}`;
    }
  }
}

/** The heading of a picture. */
export const titleOf = (picture: Drawing): string =>
  picture.kind === 'lines' ? picture.y.label : picture.label;
