import { formatCount } from '../result/format.ts';
import type { Cell, Result } from '../result/result.ts';
import { left, type ReportTable, right } from '../result/table.ts';
import { roomWires } from '../result/wires.ts';
import { labelOf } from '../scenarios/labels.ts';
import { contrast, findCell, isValid, typical } from '../statistics/summary.ts';
import {
  contrastText,
  isComparable,
  notComparable,
  notMeasured,
  type Question,
  shownIn,
  timesOf,
  type Verdict,
} from './question.ts';
import { ratioPicture, ratioTable } from './ratios.ts';

const pair = ['rest', 'sse'] as const;

const bytesPerEvent = (cell: Cell): number | undefined =>
  typical(cell, ({ delivery }) =>
    delivery ? delivery.sentBytesPerEvent + delivery.receivedBytesPerEvent : undefined,
  );

const watching = (result: Result) =>
  roomWires.flatMap((wire) => {
    const cell = findCell(result, 'events', wire);
    return isValid(cell) ? [{ wire, cell, label: labelOf(cell) }] : [];
  });

const bytesTable = (result: Result): ReportTable => ({
  title: 'bytes of an event to one watcher, both ways',
  lead: '',
  columns: [left(''), right('bytes')],
  rows: watching(result).map(({ label, cell }) => [label, formatCount(bytesPerEvent(cell))]),
  notes: [],
});

const cpuPicture = (result: Result) =>
  ratioPicture(
    {
      label: 'server CPU of an event, each compared with SSE',
      contender: 'the other',
      baseline: 'SSE',
      better: 'less',
    },
    watching(result).flatMap(({ wire, label }) => {
      const found =
        wire === 'sse' ? undefined : contrast(result, 'events', [wire, 'sse'], 'cpuPerEvent');
      return found ? [{ label, wire, found }] : [];
    }),
  );

export const pollingIsWasteful: Question = {
  number: 10,
  asks: 'Is polling wasteful?',
  claim: 'Polling is wasteful',
  source: 'every introduction to server-sent events',
  scenarios: ['events'],
  judge(result): Verdict {
    const [poll, push] = pair.map((wire) => findCell(result, 'events', wire));
    const delay = contrast(result, 'events', pair, 'delay');
    const cpu = contrast(result, 'events', pair, 'cpuPerEvent');
    if (!isValid(poll) || !isValid(push) || !delay || !cpu) return notMeasured('polling and SSE');
    if (!isComparable(cpu)) return notComparable('costs of events', cpu);
    const verdict = {
      because: `Polling compared with SSE: ${formatCount(bytesPerEvent(poll))} bytes per event instead of ${formatCount(bytesPerEvent(push))}; server CPU of an event ${contrastText(cpu)}; delay ${contrastText(delay)}. At this rate each poll returns many events; rare events were not measured.`,
      finding: `at a high rate of events, an event by polling costs ${timesOf(cpu, "SSE's server CPU")} and arrives after ${timesOf(delay, "SSE's delay")}`,
      picture: cpuPicture(result),
      numbers: [
        ratioTable('polling compared with SSE', [
          { label: 'server CPU of an event', found: cpu },
          { label: 'delay of an event', found: delay },
        ]),
        bytesTable(result),
      ],
    };
    const [cost, lateness] = [shownIn(cpu), shownIn(delay)];
    if (cost === 'more') return { answer: 'yes', ...verdict };
    if (lateness === 'more') {
      return { answer: 'depends', on: 'how late an event may be', ...verdict };
    }
    return { answer: cost === 'less' ? 'no' : 'no difference shown', ...verdict };
  },
};
