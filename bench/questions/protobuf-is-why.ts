import { formatNumber } from '../result/format.ts';
import type { Picture } from '../result/picture.ts';
import type { Result } from '../result/result.ts';
import {
  type AttributionOfWorkload,
  type AttributionPart,
  attributionOf,
} from '../statistics/attribution-by-round.ts';
import { notMeasured, type Question } from './question.ts';

const signed = (micros: number): string =>
  `${micros < 0 ? '−' : '+'}${formatNumber(Math.abs(micros))}`;

const sizeOf = ({ micros, interval }: AttributionPart): string =>
  `${signed(micros)} µs${interval ? ` (${signed(interval.low)} to ${signed(interval.high)})` : ''}`;

const textOf = (part: AttributionPart): string => `${part.label} ${sizeOf(part)}`;

const pictureOf = (found: readonly AttributionOfWorkload[]): Picture => ({
  kind: 'stack',
  label: 'gRPC − REST, server CPU, µs a call, in parts that add up',
  items: found.flatMap(({ workload, bare, rooms }) =>
    [
      { label: `${workload}, by bare libraries`, parts: bare },
      { label: `${workload}, by whole rooms`, parts: rooms },
    ].map(({ label, parts }) => ({
      label,
      wire: null,
      parts: parts.map((part) => ({ label: part.label, value: part.micros })),
    })),
  ),
});

const findAll = (result: Result): AttributionOfWorkload[] =>
  ['read', 'create'].flatMap((workload) => attributionOf(result, workload) ?? []);

/** Whether a part makes gRPC cheaper in the whole interval. */
const saves = ({ interval }: AttributionPart): boolean =>
  interval !== undefined && interval.high < 0;

export const protobufIsWhy: Question = {
  number: 2,
  asks: 'Is that because of Protocol Buffers?',
  claim: 'gRPC is faster because of Protocol Buffers',
  source: 'most explanations of gRPC',
  scenarios: ['attribution'],
  judge(result) {
    const found = findAll(result);
    const [read] = found;
    if (!read) return notMeasured('every layer between REST and gRPC');
    const encodings = found.flatMap(({ bare, rooms }) =>
      [bare[0], rooms[0]].filter((part) => part !== undefined),
    );
    const because = found
      .map(
        ({ workload, difference, bare, rooms }) =>
          `${workload}: ${textOf(difference)}; by bare libraries ${bare.map(textOf).join(', ')}; by whole rooms ${rooms.map(textOf).join(', ')}.`,
      )
      .join(' ');
    const encoding = read.rooms.slice(0, 1);
    const verdict = {
      because,
      picture: pictureOf(found),
      finding: `gRPC changes a read's server CPU by ${[read.difference, ...encoding].map(sizeOf).join(', Protocol Buffers alone by ')}`,
    };
    if (encodings.every(({ interval }) => interval === undefined)) {
      return { answer: 'no difference shown', ...verdict };
    }
    const saving = encodings.filter(saves).length;
    const isCheaper = found.some(({ difference }) => saves(difference));
    if (saving === 0) return { answer: 'no', ...verdict };
    return { answer: isCheaper && saving === encodings.length ? 'yes' : 'depends', ...verdict };
  },
};
