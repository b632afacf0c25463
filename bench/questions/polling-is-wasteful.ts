import { formatCount, formatRatio } from '../report/format.ts';
import type { Cell } from '../report/result.ts';
import { contrast, findCell, isValid, typical } from '../statistics/summary.ts';
import { notMeasured, type Question } from './question.ts';

const pair = ['rest', 'sse'] as const;

const bytesPerEvent = (cell: Cell): number =>
  typical(cell, ({ delivery }) =>
    delivery ? delivery.sentBytesPerEvent + delivery.receivedBytesPerEvent : undefined,
  ) ?? 0;

/** From here on, polling has sent more than the events themselves. */
const dearer = 1.1;

export const pollingIsWasteful: Question = {
  number: 10,
  claim: 'polling is wasteful',
  judge(result) {
    const [poll, push] = [findCell(result, 'events', 'rest'), findCell(result, 'events', 'sse')];
    const delay = contrast(result, 'events', pair, 'delay');
    const cpu = contrast(result, 'events', pair, 'cpuPerEvent');
    if (!isValid(poll) || !isValid(push) || !delay || !cpu) return notMeasured('polling and SSE');
    const cpuText = `${formatRatio(cpu.comparison)}${cpu.difference === 'not shown' ? ' (no difference shown)' : ''}`;
    const because = `Polling over SSE: bytes per event ${formatCount(bytesPerEvent(push))} → ${formatCount(bytesPerEvent(poll))}; server CPU of an event ${cpuText}; delay ${formatRatio(delay.comparison)}. At this rate each poll finds many events; how rare events change that was not measured.`;
    const wastes = [
      bytesPerEvent(poll) > bytesPerEvent(push) * dearer,
      cpu.difference === 'more',
    ].filter(Boolean).length;
    if (wastes === 2) return { answer: 'yes', because };
    return { answer: wastes === 1 || delay.difference === 'more' ? 'depends' : 'no', because };
  },
};
