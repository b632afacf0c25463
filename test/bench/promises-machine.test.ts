import { describe, expect, test } from 'vitest';
import type { Cell } from '../../bench/result/result.ts';
import { differenceOf } from '../../bench/statistics/paired.ts';
import { compareCells, contrast } from '../../bench/statistics/summary.ts';
import { createMachine } from '../../bench/trial/machine.ts';
import { closedCell, slicesOf } from './sliced-cells.ts';
import { cellOf, closedLoad, resultOf } from './small-result.ts';

describe('the machine is measured, too', () => {
  const machineOf = (readings: number[], repeatsMs = 1000) =>
    createMachine({ read: async () => readings.shift() ?? 0, stop: async () => {} }, repeatsMs);

  test('a spell in which a request takes a quarter longer than usual is slow', async () => {
    const machine = machineOf([40, 41, 39, 40, 42, 40, 38, 40, 20].map((k) => k * 1000));
    expect(machine.isSlow(1000)).toBe(false);
    for (let reading = 0; reading < 9; reading += 1) await machine.read();
    expect(machine.isSlow(33_000)).toBe(false);
    expect(machine.isSlow(31_000)).toBe(true);
    expect(machine.speed()).toMatchObject({
      perSecond: 40_000,
      low: 20_000,
      high: 42_000,
      times: 9,
    });
  });

  test('slices are taken again while the time lasts, and both numbers are said', () => {
    const machine = machineOf([1], 700);
    expect([machine.mayRepeat(250), machine.mayRepeat(250), machine.mayRepeat(250)]).toEqual([
      true,
      true,
      false,
    ]);
    machine.keep();
    expect(machine.speed()).toBeNull();
  });

  test('a reading that fails is none, and ends no run', async () => {
    const machine = createMachine(
      { read: () => Promise.reject(new Error('gone')), stop: async () => {} },
      1000,
    );
    expect(await machine.read()).toBeNull();
    expect(machine.speed()).toBeNull();
  });
});

describe('no figure is chosen among those of a cell', () => {
  const loads = (faults: readonly (readonly string[])[]) =>
    cellOf(
      'point-read grpc',
      faults.map((invalid) => ({
        closed: [closedLoad(1000, { slices: slicesOf([1000, 1000]), invalid: [...invalid] })],
      })),
    );
  const rest = closedCell('point-read rest', [
    [2000, 2000],
    [2000, 2000],
    [2000, 2000],
  ]);
  const ratio = (cell: Cell, metric: 'throughput' | 'cpuAtCapacity') =>
    compareCells(resultOf([]), cell, rest, metric)?.ratio;

  test('one process that must not be used speaks for all', () => {
    expect(ratio(loads([[], [], []]), 'throughput')).toBeCloseTo(0.5);
    expect(ratio(loads([[], [], ['achieved 90 % of the rate']]), 'throughput')).toBeUndefined();
  });

  test("a limit of the client leaves the server's CPU, and any other fault leaves nothing", () => {
    const limit = "86 % of the generator's own ceiling, above 75 %";
    expect(ratio(loads([[limit], [limit], [limit]]), 'throughput')).toBeUndefined();
    expect(ratio(loads([[limit], [limit], [limit]]), 'cpuAtCapacity')).toBeCloseTo(2);
    const rising = 'still rising after the warm-up, by 30 %';
    expect(ratio(loads([[rising], [], []]), 'cpuAtCapacity')).toBeUndefined();
  });
});

test('a figure whose noise floor is above 1.5 shows only what lies beyond the floor as a whole', () => {
  expect(differenceOf({ ratio: 1.7, interval: { low: 1.55, high: 1.9 } }, 1.4)).toBe('more');
  expect(differenceOf({ ratio: 1.7, interval: { low: 1.55, high: 1.9 } }, 1.6)).toBe('not shown');
  expect(differenceOf({ ratio: 22, interval: { low: 18, high: 27 } }, 2.1)).toBe('more');
  const noisy = [
    closedCell('create rest', [
      [1000, 1000],
      [1000, 1000],
      [1000, 1000],
    ]),
    closedCell('create rest-again', [
      [1000, 1000],
      [2600, 2600],
      [400, 400],
    ]),
    closedCell('create grpc', [
      [500, 500],
      [510, 510],
      [505, 505],
    ]),
  ];
  const found = contrast(resultOf(noisy), 'create', ['grpc', 'rest'], 'throughput');
  expect(found?.difference).toBe('not shown');
});
