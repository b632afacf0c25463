import { labels } from '../result/wires.ts';
import { type Contrast, contrast } from '../statistics/summary.ts';
import { contrastText, notMeasured, type Question, ratioItem, timesOf } from './question.ts';

export const websocketHasLowestLatency: Question = {
  number: 11,
  asks: 'Do WebSockets have the lowest latency?',
  claim: 'WebSockets have the lowest latency',
  source: 'most guides to real time',
  scenarios: ['events'],
  judge(result) {
    const others = (['sse', 'grpc', 'graphql'] as const).flatMap((other) => {
      const found = contrast(result, 'events', ['websocket', other], 'delay');
      return found ? [{ other, found }] : [];
    });
    const [first] = others;
    if (!first) return notMeasured('events over WebSocket and another stream');
    const texts = others.map(({ other, found }) => `${labels[other]} ${contrastText(found)}`);
    const ofDifference = (wanted: Contrast['difference']) =>
      others.find(({ found }) => found.difference === wanted);
    const decisive = ofDifference('more') ?? ofDifference('not shown') ?? first;
    const evidence = {
      because: `Delay of an event, WebSocket compared with each: ${texts.join('; ')}.`,
      finding: `the delay of an event over WebSocket was ${timesOf(decisive.found, `${labels[decisive.other]}'s`)}`,
      picture: {
        kind: 'ratios',
        label: 'Delay of an event, WebSocket over each',
        items: others.map(({ other, found }) =>
          ratioItem(`over ${labels[other]}`, other, 'less', found),
        ),
      },
    } as const;
    if (others.some(({ found }) => found.difference === 'more'))
      return { answer: 'no', ...evidence };
    const isLowest = others.every(({ found }) => found.difference === 'less');
    return { answer: isLowest ? 'yes' : 'no difference shown', ...evidence };
  },
};
