import { formatCount, formatNumber, formatRatio } from '../report/format.ts';
import { cpuPerDelivery } from '../report/tables.ts';
import { contrast, findCell, isValid, typical } from '../statistics/summary.ts';
import { notMeasured, type Question } from './question.ts';

export const pollingIsWasteful: Question = {
  number: 10,
  claim: 'polling is wasteful',
  judge(result) {
    const [poll, push] = [findCell(result, 'events', 'rest'), findCell(result, 'events', 'sse')];
    const delay = contrast(result, 'events', ['rest', 'sse'], 'delay');
    if (!isValid(poll) || !isValid(push) || !delay) return notMeasured('polling and SSE');
    const bytes = (cell: typeof poll) =>
      typical(cell, ({ delivery }) =>
        delivery ? delivery.sentBytesPerEvent + delivery.receivedBytesPerEvent : undefined,
      ) ?? 0;
    const cpu = (cell: typeof poll) => cpuPerDelivery(result, cell);
    const because = `Polling over SSE: delay ${formatRatio(delay.comparison)}; bytes per event ${formatCount(bytes(push))} → ${formatCount(bytes(poll))}; CPU µs per delivery ${formatNumber(cpu(push))} → ${formatNumber(cpu(poll))}, at a rate at which each poll finds many events. Rarer events make each poll dearer; that axis was not measured.`;
    if (delay.difference === 'not shown') return { answer: 'no difference shown', because };
    const dearer = bytes(poll) > bytes(push) * 1.1;
    if (delay.difference === 'less') return { answer: dearer ? 'depends' : 'no', because };
    return { answer: dearer ? 'yes' : 'depends', because };
  },
};
