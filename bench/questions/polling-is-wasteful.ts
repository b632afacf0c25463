import { formatCount } from '../result/format.ts';
import type { Picture } from '../result/picture.ts';
import type { Cell, Result } from '../result/result.ts';
import { roomWires } from '../result/wires.ts';
import { labelOf } from '../scenarios/labels.ts';
import { contrast, findCell, isValid, typical } from '../statistics/summary.ts';
import { contrastText, notMeasured, type Question } from './question.ts';

const pair = ['rest', 'sse'] as const;

const bytesPerEvent = (cell: Cell): number =>
  typical(cell, ({ delivery }) =>
    delivery ? delivery.sentBytesPerEvent + delivery.receivedBytesPerEvent : undefined,
  ) ?? 0;

/** From here on, polling has sent more than the events themselves. */
const costlier = 1.1;

const bytesPicture = (result: Result): Picture => ({
  kind: 'bars',
  label: 'bytes of an event to one watcher, both ways',
  items: roomWires.flatMap((wire) => {
    const cell = findCell(result, 'events', wire);
    return isValid(cell) ? [{ label: labelOf(cell), wire, value: bytesPerEvent(cell) }] : [];
  }),
});

export const pollingIsWasteful: Question = {
  number: 10,
  claim: 'Polling is wasteful',
  source: 'every introduction to server-sent events',
  scenarios: ['events'],
  judge(result) {
    const [poll, push] = [findCell(result, 'events', 'rest'), findCell(result, 'events', 'sse')];
    const delay = contrast(result, 'events', pair, 'delay');
    const cpu = contrast(result, 'events', pair, 'cpuPerEvent');
    if (!isValid(poll) || !isValid(push) || !delay || !cpu) return notMeasured('polling and SSE');
    const [pollBytes, pushBytes] = [bytesPerEvent(poll), bytesPerEvent(push)];
    const because = `Polling over SSE: bytes per event ${formatCount(pushBytes)} → ${formatCount(pollBytes)}; server CPU of an event ${contrastText(cpu)}; delay ${contrastText(delay)}. At this rate each poll finds many events; how rare events change that was not measured.`;
    const evidence = {
      because,
      picture: bytesPicture(result),
      ratio: `delay ${contrastText(delay)}`,
    };
    const wastes = [pollBytes > pushBytes * costlier, cpu.difference === 'more'].filter(Boolean);
    if (wastes.length === 2) return { answer: 'yes', ...evidence };
    const depends = wastes.length === 1 || delay.difference === 'more';
    return { answer: depends ? 'depends' : 'no', ...evidence };
  },
};
