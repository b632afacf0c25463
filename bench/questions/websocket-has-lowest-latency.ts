import { formatRatio } from '../report/format.ts';
import { contrast } from '../statistics/summary.ts';
import { notMeasured, type Question } from './question.ts';

export const websocketHasLowestLatency: Question = {
  number: 11,
  claim: 'WebSockets have the lowest latency',
  judge(result) {
    const others = (['sse', 'grpc', 'graphql'] as const).flatMap((other) => {
      const found = contrast(result, 'events', ['websocket', other], 'delay');
      return found ? [{ other, ...found }] : [];
    });
    if (others.length === 0) return notMeasured('events over WebSocket and another stream');
    const because = `Delay of an event, WebSocket over each: ${others
      .map(({ other, comparison, difference }) => {
        const text = `${other} ${formatRatio(comparison)}`;
        return difference === 'not shown' ? `${text} (no difference shown)` : text;
      })
      .join('; ')}.`;
    if (others.some(({ difference }) => difference === 'more')) return { answer: 'no', because };
    const isLowest = others.every(({ difference }) => difference === 'less');
    return { answer: isLowest ? 'yes' : 'no difference shown', because };
  },
};
