import { labels } from '../result/wires.ts';
import { type Contrast, contrast } from '../statistics/summary.ts';
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
import { ratioPicture } from './ratios.ts';

export const websocketHasLowestLatency: Question = {
  number: 11,
  asks: 'Do WebSockets have the lowest latency?',
  claim: 'WebSockets have the lowest latency',
  source: 'most guides to real time',
  scenarios: ['events'],
  judge(result): Verdict {
    const others = (['sse', 'grpc', 'graphql'] as const).flatMap((wire) => {
      const found = contrast(result, 'events', ['websocket', wire], 'delay');
      return found ? [{ label: `over ${labels[wire]}`, name: labels[wire], wire, found }] : [];
    });
    const [first] = others;
    if (!first) return notMeasured('events over WebSocket and another stream');
    if (!isComparable(first.found)) return notComparable('delays of events', first.found);
    const withShown = (wanted: Contrast['difference']) =>
      others.filter(({ found }) => shownIn(found) === wanted);
    const sizes = (some: typeof others) =>
      some.map(({ name, found }) => timesOf(found, `${name}'s delay`)).join(', ');
    const [lower, higher, even] = [withShown('less'), withShown('more'), withShown('not shown')];
    const decisive = higher.length > 0 ? higher : lower.length > 0 ? lower : even;
    const rest = higher.length === 0 && lower.length > 0 ? even : [];
    const verdict = {
      because: `Delay of an event, WebSocket over each: ${others.map(({ name, found }) => `${name} ${contrastText(found)}`).join('; ')}.`,
      finding: `in Node, an event over WebSocket arrives after ${sizes(decisive)}${rest.length > 0 ? `; no difference shown from ${rest.map(({ name, found }) => `${name}, ${contrastText(found)}`).join(' and ')}` : ''}`,
      picture: ratioPicture(
        {
          label: 'WebSocket over each, delay of an event',
          contender: 'WebSocket',
          baseline: 'the other',
          better: 'less',
        },
        others,
      ),
    };
    if (higher.length > 0) return { answer: 'no', ...verdict };
    if (lower.length === 0) return { answer: 'no difference shown', ...verdict };
    return even.length === 0
      ? { answer: 'yes', ...verdict }
      : { answer: 'depends', on: 'the other stream', ...verdict };
  },
};
