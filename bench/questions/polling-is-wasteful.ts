import { formatCount } from '../result/format.ts';
import type { Picture } from '../result/picture.ts';
import type { Cell, Result } from '../result/result.ts';
import { roomWires } from '../result/wires.ts';
import { labelOf } from '../scenarios/labels.ts';
import { contrast, findCell, isValid, typical } from '../statistics/summary.ts';
import { contrastText, notMeasured, type Question, timesOf } from './question.ts';

const pair = ['rest', 'sse'] as const;

const bytesPerEvent = (cell: Cell): number =>
  typical(cell, ({ delivery }) =>
    delivery ? delivery.sentBytesPerEvent + delivery.receivedBytesPerEvent : undefined,
  ) ?? 0;

/** Polling wastes bytes from this ratio on; below, it is near enough to SSE. */
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
  asks: 'Is polling wasteful?',
  claim: 'Polling is wasteful',
  source: 'every introduction to server-sent events',
  scenarios: ['events'],
  judge(result) {
    const [poll, push] = [findCell(result, 'events', 'rest'), findCell(result, 'events', 'sse')];
    const delay = contrast(result, 'events', pair, 'delay');
    const cpu = contrast(result, 'events', pair, 'cpuPerEvent');
    if (!isValid(poll) || !isValid(push) || !delay || !cpu) return notMeasured('polling and SSE');
    const [pollBytes, pushBytes] = [bytesPerEvent(poll), bytesPerEvent(push)];
    const because = `Polling compared with SSE: ${formatCount(pollBytes)} bytes per event instead of ${formatCount(pushBytes)}; server CPU of an event ${contrastText(cpu)}; delay ${contrastText(delay)}. At this rate each poll returns many events; rare events were not measured.`;
    const evidence = {
      because,
      picture: bytesPicture(result),
      finding: `an event by polling cost ${timesOf(cpu, "SSE's server CPU")} and arrived after ${timesOf(delay, "SSE's delay")}`,
    };
    const wastes = [pollBytes > pushBytes * costlier, cpu.difference === 'more'].filter(Boolean);
    if (wastes.length === 2) return { answer: 'yes', ...evidence };
    if (wastes.length === 1 || delay.difference === 'more')
      return { answer: 'depends', ...evidence };
    const isShown = [cpu, delay].some(({ difference }) => difference !== 'not shown');
    return { answer: isShown ? 'no' : 'no difference shown', ...evidence };
  },
};
