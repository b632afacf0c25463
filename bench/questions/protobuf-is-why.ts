import { formatNumber } from '../result/format.ts';
import { left, type ReportTable, right } from '../result/table.ts';
import {
  type AttributionOfWorkload,
  type AttributionPart,
  attributionOf,
} from '../statistics/attribution-by-round.ts';
import { waterfallOf } from './attribution-picture.ts';
import { notMeasured, type Question } from './question.ts';

const signed = (micros: number): string =>
  `${micros < 0 ? '−' : '+'}${formatNumber(Number(Math.abs(micros).toPrecision(2)))}`;

const rangeText = ({ interval }: AttributionPart): string =>
  interval ? ` (${signed(interval.low)} to ${signed(interval.high)})` : ' (no interval)';

const sizeOf = (part: AttributionPart): string => `${signed(part.micros)} µs${rangeText(part)}`;

/** Without a sign, because a verb says which. */
const amountOf = (part: AttributionPart): string => sizeOf(part).replace(/^[+−]/, '');

const textOf = (part: AttributionPart): string => `${part.label} ${sizeOf(part)}`;

const tableOf = ({ workload, difference, bare, rooms }: AttributionOfWorkload): ReportTable => {
  const row = (way: string, { label, micros, interval }: AttributionPart) => [
    way,
    label,
    ...[micros, interval?.low, interval?.high].map((value) => formatNumber(value)),
  ];
  return {
    title: `server CPU of a ${workload}, gRPC − REST`,
    lead: '',
    columns: [left('by'), left('part'), right('µs a call'), right('low'), right('high')],
    rows: [
      row('all', difference),
      ...bare.map((part) => row('bare libraries', part)),
      ...rooms.map((part) => row('whole rooms', part)),
    ],
    notes: [],
  };
};

const becauseOf = (found: readonly AttributionOfWorkload[]): string =>
  found
    .map(
      ({ workload, difference, bare, rooms }) =>
        `${workload}: ${textOf(difference)}; by bare libraries ${bare.map(textOf).join(', ')}; by whole rooms ${rooms.map(textOf).join(', ')}.`,
    )
    .join(' ');

/** Whether a part makes gRPC cheaper over its whole interval. */
const saves = ({ interval }: AttributionPart): boolean =>
  interval !== undefined && interval.high < 0;

/** The part, other than the encoding, that changes the cost most. */
const largestOf = (parts: readonly AttributionPart[]): AttributionPart | undefined =>
  parts.slice(1).toSorted((a, b) => Math.abs(b.micros) - Math.abs(a.micros))[0];

function findingOf({ difference, bare }: AttributionOfWorkload): string {
  const [encoding] = bare;
  const largest = largestOf(bare);
  const adds = ({ micros }: AttributionPart, many: '' | 's') =>
    micros < 0 ? `save${many}` : `add${many}`;
  return [
    ...(encoding
      ? [`Protocol Buffers alone ${adds(encoding, '')} ${amountOf(encoding)} of server CPU a read`]
      : []),
    `gRPC as a whole ${adds(difference, 's')} ${amountOf(difference)}`,
    ...(largest ? [`the largest part is ${textOf(largest)}`] : []),
  ].join('; ');
}

export const protobufIsWhy: Question = {
  number: 2,
  asks: 'Is gRPC faster because of Protocol Buffers?',
  claim: 'gRPC is faster because of Protocol Buffers',
  source: 'most explanations of gRPC',
  scenarios: ['attribution'],
  judge(result) {
    const found = ['read', 'create'].flatMap((workload) => attributionOf(result, workload) ?? []);
    const read = found.find(({ workload }) => workload === 'read');
    if (!read) return notMeasured('every layer between a REST read and a gRPC read');
    const picture = waterfallOf(result, read, read.bare, 'by bare libraries');
    const verdict = {
      because: becauseOf(found),
      ...(picture && { picture }),
      numbers: found.map(tableOf),
      finding: findingOf(read),
    };
    const encodings = [read.bare[0], read.rooms[0]].filter((part) => part !== undefined);
    if (encodings.every(({ interval }) => interval === undefined)) {
      return { answer: 'no difference shown', ...verdict };
    }
    const saving = encodings.filter(saves).length;
    if (saving === 0 || !saves(read.difference)) return { answer: 'no', ...verdict };
    return saving === encodings.length
      ? { answer: 'yes', ...verdict }
      : { answer: 'depends', on: 'whether libraries or whole rooms are compared', ...verdict };
  },
};
