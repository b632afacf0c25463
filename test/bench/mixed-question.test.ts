import { describe, expect, test } from 'vitest';
import { mixedTellsMore } from '../../bench/questions/mixed-tells-more.ts';
import { sentenceOf } from '../../bench/questions/question.ts';
import { mixedTables } from '../../bench/report/tables/mixed.ts';
import type { MixSample, RateSearchSample } from '../../bench/result/mix.ts';
import type { Cell } from '../../bench/result/result.ts';
import { mixed } from '../../bench/scenarios/mixed.ts';
import { nothingMeasured } from '../../bench/trial/scenario.ts';
import { cellOf, resultOf } from './sample-result.ts';

const searchOf = (perSecond: number, invalid: readonly string[] = []): RateSearchSample => ({
  invalid: [...invalid],
  closed: {
    perSecond,
    completed: 1000,
    failed: 0,
    serverCpuMicros: 200_000,
    clientCpuShare: 0.4,
  },
  perSecond,
  steps: [],
});

const mixOf = (mix: number, reads: number, invalid: readonly string[] = []): MixSample => ({
  connections: 16,
  objective: { quantile: 0.99, ms: 200, succeeding: 0.999 },
  whole: searchOf(mix, invalid),
  readAlone: searchOf(reads),
  calls: { read: 600 },
  spike: {
    scheduled: 1000,
    sent: 990,
    overflow: 10,
    completed: 960,
    failed: 30,
    timedOut: 20,
    failures: { 'no response within 2000 ms': 20 },
    basePerSecond: mix / 5,
    spikePerSecond: 2 * mix,
    fromMs: 2000,
    forMs: 2000,
    p99BeforeMs: 4,
    recoveryMs: 300,
    windowMs: 100,
    windows: [],
  },
});

const wobble = [1, 1.01, 0.99];

const cell = (name: string, mix: number, reads: number, more: Partial<Cell> = {}): Cell =>
  cellOf(
    'mixed',
    name,
    (round) => {
      const factor = wobble[round] ?? 1;
      return { ...nothingMeasured, mix: mixOf(mix * factor, reads) };
    },
    more,
  );

const rest = [cell('rest', 2000, 10_000), cell('rest-again', 2010, 10_000, { kind: 'again' })];

describe('whether a benchmark of one operation predicts a mix of them', () => {
  test('is no where a wire stands otherwise in the mix than in reads alone', () => {
    const verdict = mixedTellsMore.judge(resultOf([...rest, cell('grpc', 1600, 4000)]));
    expect(verdict.answer).toBe('no');
    expect(sentenceOf(verdict)).toMatch(
      /^No: on this machine, gRPC reaches 0\.40× REST's highest rate in reads alone \(.+\), and 0\.80× in a mix of reads, screens and writes \(/,
    );
  });

  test('is not shown to be otherwise where the ratios stay', () => {
    const verdict = mixedTellsMore.judge(resultOf([...rest, cell('grpc', 802, 4000)]));
    expect(verdict.answer).toBe('no difference shown');
  });

  test('is about the wire whose ratio changes most', () => {
    const cells = [...rest, cell('grpc', 1000, 4000), cell('websocket', 2000, 30_000)];
    expect(sentenceOf(mixedTellsMore.judge(resultOf(cells)))).toContain('WebSocket reaches');
  });

  test('is not measured by a rate that is invalid', () => {
    const invalid = cellOf('mixed', 'grpc', () => ({
      ...nothingMeasured,
      mix: mixOf(1600, 4000, ['client at 90 % of its core']),
    }));
    expect(mixedTellsMore.judge(resultOf([...rest, invalid])).answer).toBe('not measured');
  });

  test('is drawn as the highest rate of each wire with its range', () => {
    const { picture } = mixedTellsMore.judge(resultOf([...rest, cell('grpc', 1600, 4000)]));
    expect(picture).toMatchObject({
      kind: 'bars',
      items: [
        { label: 'REST', value: 2000, low: 1980, high: 2020 },
        { label: 'gRPC', value: 1600, low: 1584, high: 1616 },
      ],
    });
  });
});

test('the tables of a mix show rates with ranges, recovery, and every call that was lost', () => {
  const [rates, spikes] = mixedTables(resultOf(rest), mixed);
  expect(rates?.rows[0]).toEqual(['REST', '2,000 (1,980–2,020)', '10,000', '200']);
  expect(spikes?.rows[0]).toEqual(['REST', '400', '4,000', '300', '1 %', '2 %', '1 %']);
});
