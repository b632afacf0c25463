import { describe, expect, test } from 'vitest';
import { oneRatioTable } from '../../bench/report/tables/one-ratio.ts';
import type { Cell } from '../../bench/result/result.ts';
import { ratioAgreements } from '../../bench/statistics/one-ratio.ts';
import { cellOf, closedLoad, openLoad, resultOf } from './small-result.ts';

interface Loaded {
  readonly connections?: number;
  readonly perSecond?: number;
}

/** Three processes of about that cost. */
const measured = (
  name: `${string} ${string}`,
  micros: number,
  { connections = 16, perSecond = 2000 }: Loaded = {},
): Cell =>
  cellOf(
    name,
    [0.99, 1, 1.01].map((noise, at) => {
      const cost = micros * noise * (at === 1 ? 1.003 : 1);
      return {
        open: [openLoad(cost, 300, { connections, perSecond })],
        closed: [closedLoad(1e6 / cost, { connections, inFlight: connections })],
      };
    }),
  );

const both = (grpcAgain: number, loaded?: Loaded) => [
  measured('point-read rest', 100),
  measured('point-read grpc', 190),
  measured('attribution rest-json-h1', 105, loaded),
  measured('attribution grpc', grpcAgain, loaded),
];

const verdicts = (cells: readonly Cell[]) =>
  ratioAgreements(resultOf(cells)).map(({ name, agrees, conditions }) => ({
    name,
    agrees,
    conditions,
  }));

describe('a ratio that two scenarios measure', () => {
  test('has one value by each of two measures, which are named', () => {
    expect(verdicts(both(1.9 * 105))).toEqual([
      { name: 'gRPC over REST, a read, CPU at equal rate', agrees: true, conditions: [] },
      { name: 'gRPC over REST, a read, throughput at saturation', agrees: true, conditions: [] },
    ]);
  });

  test('differs under the same load only if one of the two is wrong, and the report says so', () => {
    const result = resultOf(both(2.4 * 105));
    expect(ratioAgreements(result).map(({ agrees }) => agrees)).toEqual([false, false]);
    const [table] = oneRatioTable(result);
    expect(table?.rows.flat()).toContain('differ under the same load: one of them is wrong');
  });

  test('differs with the condition that differs named', () => {
    expect(verdicts(both(2.4 * 105, { connections: 64, perSecond: 3000 }))).toEqual([
      expect.objectContaining({
        agrees: false,
        conditions: ['16 connections and 64', '2000 calls/s and 3000'],
      }),
      expect.objectContaining({
        agrees: false,
        conditions: ['16 connections and 64', '16 in flight and 64'],
      }),
    ]);
  });

  test('is not judged if it was measured once, or without an interval', () => {
    expect(verdicts(both(200).slice(0, 3))).toEqual([]);
    const few = both(200).map((cell) => ({ ...cell, samples: cell.samples.slice(0, 2) }));
    expect(verdicts(few)).toEqual([]);
  });
});
