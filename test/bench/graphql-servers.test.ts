import { describe, expect, test } from 'vitest';
import { graphqlServersAreSlow } from '../../bench/questions/graphql-servers-are-slow.ts';
import { sentenceOf } from '../../bench/questions/question.ts';
import type { Cell } from '../../bench/result/result.ts';
import { cellOf, openLoad, resultOf } from './small-result.ts';

/** Three processes of about that cost. */
const measured = (name: `${string} ${string}`, micros: number): Cell =>
  cellOf(
    name,
    [0.99, 1.01, 1].map((noise) => ({ open: [openLoad(micros * noise, 300)] })),
  );

const pointRead = (lean: number) => [
  measured('point-read rest', 60),
  measured('point-read rest-again', 60.1),
  measured('point-read graphql', 132),
  measured('point-read graphql-lean', lean),
];
const layers = [
  measured('attribution-graphql graphql-constant', 20),
  measured('attribution-graphql graphql-json', 26),
  measured('attribution-graphql graphql-execute', 40),
  measured('attribution-graphql graphql-jit', 34),
  measured('attribution-graphql yoga', 90),
  measured('attribution-graphql yoga-core', 112),
  measured('attribution-graphql graphql', 132),
];

describe('whether GraphQL servers are slow', () => {
  test('depends on the host, and says which layer costs most', () => {
    const verdict = graphqlServersAreSlow.judge(resultOf([...pointRead(60.05), ...layers]));
    expect(sentenceOf(verdict)).toMatch(
      /^It depends on the host: in Node, a GraphQL read on Yoga costs 2\.2× REST's server CPU \(.*\), on a lean host 1\.00× \(.*\); of the 132 µs on Yoga, 50 are for Yoga's own path\.$/,
    );
    expect(verdict.because).toContain('graphql-jit over graphql-js 0.85×');
  });

  test('is drawn by layers that add up from nothing to Yoga', () => {
    const { picture } = graphqlServersAreSlow.judge(resultOf([...pointRead(90), ...layers]));
    if (picture?.kind !== 'waterfall') throw new Error('Expected a waterfall.');
    const sum = picture.steps.reduce((micros, { value }) => micros + value, 0);
    expect(picture.start).toBeUndefined();
    expect(sum).toBeCloseTo(picture.end.value, 9);
    expect(sum).toBeCloseTo(132, 9);
  });

  test('is judged without its layers too, by both hosts and REST', () => {
    const verdict = graphqlServersAreSlow.judge(resultOf(pointRead(90)));
    expect([verdict.answer, verdict.picture?.kind]).toEqual(['yes', 'ratios']);
  });
});
