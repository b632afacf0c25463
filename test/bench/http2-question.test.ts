import { describe, expect, test } from 'vitest';
import { http2IsFaster } from '../../bench/questions/http2-is-faster.ts';
import { sentenceOf } from '../../bench/questions/question.ts';
import type { Cell } from '../../bench/result/result.ts';
import { pageOfReads } from '../../bench/scenarios/http2.ts';
import { nothingMeasured } from '../../bench/trial/scenario.ts';
import { cellOf, histogram, resultOf } from './sample-result.ts';
import { closedLoad } from './small-result.ts';

/** Milliseconds of a page, by round-trip time, over one connection and over six. */
type Pages = Readonly<Record<number, { readonly one: number; readonly six: number }>>;

const wobble = [1, 1.01, 0.99];

const cell = (name: string, pages: Pages, more: Partial<Cell> = {}): Cell =>
  cellOf(
    'http2',
    name,
    (round) => ({
      ...nothingMeasured,
      closed: Object.entries(pages).flatMap(([rtt, { one, six }]) =>
        [
          { connections: 6, ms: six },
          { connections: 1, ms: one },
        ].map(({ connections, ms }) =>
          closedLoad(1000 / ms, {
            workload: pageOfReads.name,
            connections,
            inFlight: 1,
            rttMs: Number(rtt),
            latency: histogram(Math.round(ms * 1000 * (wobble[round] ?? 1)), 20),
          }),
        ),
      ),
    }),
    more,
  );

const http1: Pages = { 0: { one: 12, six: 10 }, 50: { one: 2500, six: 450 } };
const rest = [cell('rest', http1), cell('rest-again', http1, { kind: 'again' })];
const judged = (pages: Pages) =>
  http2IsFaster.judge(resultOf([...rest, cell('rest-http2', pages)]));

describe('whether HTTP/2 is faster than HTTP/1.1', () => {
  test('depends on the distance where it is slower near and faster far', () => {
    const verdict = judged({ 0: { one: 15, six: 16 }, 50: { one: 60, six: 60 } });
    expect(sentenceOf(verdict)).toMatch(
      /^It depends on the distance: in Node, on this machine, a page of 50 reads takes HTTP\/2 1\.5× HTTP\/1\.1's time without distance \(.+\) and 0\.13× at a round trip of 50 ms/,
    );
  });

  test('compares one connection of HTTP/2 with six of HTTP/1.1', () => {
    const verdict = judged({ 0: { one: 5, six: 50 }, 50: { one: 45, six: 9000 } });
    expect(verdict.answer).toBe('yes');
    expect(verdict.because).toContain('without distance 0.50×');
  });

  test('is no where it is slower at every distance', () => {
    expect(judged({ 0: { one: 20, six: 1 }, 50: { one: 900, six: 1 } }).answer).toBe('no');
  });

  test('is not measured without HTTP/2', () => {
    expect(http2IsFaster.judge(resultOf(rest)).answer).toBe('not measured');
  });

  test('is drawn as one ratio a distance, less being better', () => {
    const { picture } = judged({ 0: { one: 15, six: 16 }, 50: { one: 60, six: 60 } });
    expect(picture).toMatchObject({
      kind: 'ratios',
      better: 'less',
      items: [{ label: 'without distance' }, { label: 'at a round trip of 50 ms' }],
    });
  });
});
