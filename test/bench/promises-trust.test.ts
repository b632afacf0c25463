import { describe, expect, onTestFinished, test } from 'vitest';
import { runClosedLoop } from '../../bench/generator/closed-loop.ts';
import { createUnderWayCounter } from '../../bench/generator/under-way.ts';
import { boardOf } from '../../bench/report/board.ts';
import type { OpenLoopSample } from '../../bench/result/loads.ts';
import { create } from '../../bench/scenarios/create.ts';
import { scenarios } from '../../bench/scenarios/index.ts';
import { pointRead } from '../../bench/scenarios/point-read.ts';
import { compareCells, rangeOf, typical } from '../../bench/statistics/summary.ts';
import { lengthAtRate } from '../../bench/trial/block.ts';
import { cutOf, fitting } from '../../bench/trial/budget.ts';
import { makePlan, type Request } from '../../bench/trial/plan.ts';
import { createRates, roundedDown } from '../../bench/trial/rates.ts';
import { closedCell, faultsOfCell, sliceOf, slicesOf } from './sliced-cells.ts';
import { cellOf, closedLoad, histogramAround, openLoad, resultOf } from './small-result.ts';

const request: Request = {
  only: [],
  wires: [],
  seed: 1,
  loading: { effort: 'normal' },
  tls: false,
  targets: [],
};

describe('the equal rate is tied to capacity', () => {
  test.each([
    [9_999, 7000],
    [7000, 7000],
    [6999, 5000],
    [2300, 2000],
    [1999, 1500],
    [1400, 1000],
    [340, 300],
  ])('%i/s is rounded down to %i/s', (rate, expected) => {
    expect(roundedDown(rate)).toBe(expected);
  });

  test('it is half of what the slowest contender showed first, and stays so for the run', async () => {
    const rates = createRates();
    const capacities = async () => [
      { contender: 'rest', perSecond: 15_000 },
      { contender: 'nobody', perSecond: null },
      { contender: 'grpc', perSecond: 4100 },
    ];
    expect(await rates.of('point-read', 'read', capacities)).toBe(2000);
    expect(await rates.of('point-read', 'read', () => Promise.reject(new Error('asked')))).toBe(
      2000,
    );
    expect(rates.all).toEqual([
      { scenario: 'point-read', workload: 'read', perSecond: 2000, slowest: 'grpc' },
    ]);
    await expect(rates.of('create', 'create', async () => [])).rejects.toThrow(/throughput/);
  });

  test('latency of a server above 70 % is a queue, and is not compared; its CPU is', () => {
    const at = (serverCpuShare: number) =>
      cellOf('point-read rest', [{ open: [openLoad(80, 300, { serverCpuShare })] }]);
    expect(typical(at(0.69), 'responseAtRate')).toBe(300);
    expect(typical(at(0.71), 'responseAtRate')).toBeUndefined();
    expect(typical(at(0.71), 'cpuAtRate')).toBe(80);
  });
});

test('the board puts no latency near saturation ahead', () => {
  const reads = (name: `${string} ${string}`, micros: number, shares: readonly number[]) =>
    cellOf(
      name,
      shares.map((serverCpuShare) => ({ open: [openLoad(80, micros, { serverCpuShare })] })),
    );
  const calm = [0.3, 0.3, 0.3];
  const of = (shares: readonly number[]) => {
    const board = boardOf(
      resultOf([
        reads('point-read rest', 500, calm),
        reads('point-read rest-again', 500, calm),
        reads('point-read grpc', 900, calm),
        reads('point-read graphql', 500, shares),
      ]),
    );
    const at = board.columns.findIndex(({ label }) => label === 'p50 ms');
    return board.rows.flatMap(({ wire, cells }) => {
      const cell = cells[at];
      return cell?.kind === 'figure' && cell.isBest ? [wire] : [];
    });
  };
  expect(of(calm)).toEqual(['rest', 'graphql']);
  expect(of([0.3, 0.3, 0.8])).toEqual(['rest']);
});

describe('a run fits its time on any machine', () => {
  test('on a machine that starts processes half as fast, it has fewer rounds and no more time', () => {
    const [usual, slow, slowest] = [1, 2, 6].map((slowness) =>
      makePlan(scenarios, request, false, slowness),
    );
    expect(slow?.blocks.length).toBeLessThan(slow?.wanted.length ?? 0);
    expect(slow?.blocks.length).toBeLessThanOrEqual(usual?.blocks.length ?? 0);
    for (const plan of [usual, slow]) expect(plan?.estimateMs).toBeLessThanOrEqual(300_000);
    // Three rounds have an interval; whoever has none of its own is left out and said to be.
    for (const plan of [slow, slowest]) {
      const rounds = Map.groupBy(plan?.blocks ?? [], ({ scenario }) => scenario.name);
      for (const blocks of rounds.values()) expect(blocks.length).toBeGreaterThanOrEqual(3);
      const cut = cutOf(plan?.wanted ?? [], plan?.blocks ?? []);
      expect(cut.length).toBeGreaterThan(0);
    }
  });

  test('rounds beyond the third are spared first, then what may be cut, and nothing else', () => {
    const [read, error] = [{ name: 'read' }, { name: 'error', mayBeCut: true }] as const;
    const all = [0, 1, 2, 3].flatMap((round) =>
      [read, error].map((scenario) => ({ scenario, round, estimateMs: 10 })),
    );
    const names = (leftMs: number) => {
      const rounds = Map.groupBy(fitting(all, leftMs), ({ scenario }) => scenario.name);
      return Object.fromEntries([...rounds].map(([name, { length }]) => [name, length]));
    };
    expect(names(80)).toEqual({ read: 4, error: 4 });
    expect(names(75)).toEqual({ read: 4, error: 3 });
    expect(names(60)).toEqual({ read: 3, error: 3 });
    expect(names(59)).toEqual({ read: 3 });
    expect(names(0)).toEqual({ read: 3 });
    // One that has begun is not cut: it would have cost time and show nothing.
    expect(fitting(all.slice(2), 0)).toHaveLength(4);
    expect(cutOf(all, fitting(all, 59))).toEqual([
      { scenario: 'read', what: 'read ran 3 of 4 rounds to keep the time' },
      { scenario: 'error', what: 'error was left out to keep the time' },
    ]);
  });

  test('a run that was asked for longer phases or more processes has no limit', () => {
    const longer = { ...request, pairs: 20 };
    expect(makePlan(scenarios, longer, false).blocks).toEqual(
      makePlan(scenarios, longer, false).wanted,
    );
  });
});

describe("Little's law holds on every row", () => {
  test('a thread of its own counts as many calls under way as the latencies say', async () => {
    const counter = await createUnderWayCounter();
    onTestFinished(() => counter.close());
    counter.start();
    const call = () => new Promise((resolve) => setTimeout(resolve, 20));
    await runClosedLoop({ call, inFlight: 8, durationMs: 600, onUnderWay: counter.set });
    const { samples, mean } = counter.stop();
    expect(samples).toBeGreaterThan(50);
    // All eight are out, but for moments and the end.
    expect(mean).toBeGreaterThan(7);
    expect(mean).toBeLessThanOrEqual(8);
  });

  test.each([
    [10, 10.5, 0],
    [10, 12, 1],
    [10, 8, 1],
    // So few were under way that their number is known less well.
    [0.01, 0.012, 0],
  ])('%d sampled beside %d by latency makes %i faults', (sampled, byLatency, count) => {
    const underWay = { samples: 2000, sampled, byLatency };
    const cell = cellOf('point-read rest', [{ open: [openLoad(80, 300, { underWay })] }]);
    expect(faultsOfCell(cell)).toHaveLength(count);
    expect(faultsOfCell(cell).join()).toMatch(count === 0 ? /^$/ : /Little's law does not hold/);
  });

  test('a mean above the p99 is a fault', () => {
    const response = histogramAround(100, 100_000);
    const cell = cellOf('point-read rest', [{ open: [openLoad(80, 100, { response })] }]);
    expect(faultsOfCell(cell)).toEqual([]);
  });
});

describe('a figure rests on enough time, spread over the run', () => {
  test('a capacity has 3 s of every contender, a figure at a rate 2 s, a process 0.6 s', () => {
    for (const scenario of [pointRead, create]) {
      const rounds = scenario.rounds.normal;
      for (const { kind, load, ms, times } of scenario
        .phases({ effort: 'normal' }, 0)
        .map((phase) => ({ ...phase, kind: phase.load.kind }))) {
        if (kind === 'warm-up') continue;
        expect(ms).toBeGreaterThanOrEqual(200);
        expect(ms).toBeLessThanOrEqual(500);
        expect(ms * times).toBeGreaterThanOrEqual(600);
        expect(ms * times * rounds).toBeGreaterThanOrEqual(load.kind === 'closed' ? 3000 : 2000);
      }
    }
  });

  test('at a low rate slices are longer, up to half a second, so that there are 2,000 calls', () => {
    const phase = { id: 'rate', ms: 250, times: 3 };
    expect(lengthAtRate(phase, 2000, 4)).toBe(250);
    expect(lengthAtRate(phase, 500, 4)).toBeCloseTo(333, 0);
    expect(lengthAtRate(phase, 10, 4)).toBe(500);
  });

  test('the figure is the middle of all slices, with their range', () => {
    const cell = closedCell('point-read rest', [
      [1000, 1010, 400],
      [1005, 1020, 990],
    ]);
    expect(rangeOf(cell, 'throughput')).toEqual({ value: 1002.5, low: 990, high: 1020 });
    expect(typical(cell, 'throughput')).toBe(1002.5);
  });

  test('a slow spell that meets both contenders changes no ratio', () => {
    const spell = [1, 1, 0.4];
    const fast = closedCell('point-read rest', [
      [2000, 2000, 2000],
      [2000, 2000, 2000].map((rate, at) => rate * (spell[at] ?? 1)),
      [2000, 2000, 2000],
    ]);
    const half = closedCell('point-read grpc', [
      [1000, 1000, 1000],
      [1000, 1000, 1000].map((rate, at) => rate * (spell[at] ?? 1)),
      [1000, 1000, 1000],
    ]);
    const compared = compareCells(resultOf([]), half, fast, 'throughput');
    expect(compared?.ratio).toBeCloseTo(0.5, 9);
    expect(compared?.interval?.low).toBeCloseTo(0.5, 9);
  });

  test('slices that still rise in every process make the figure invalid', () => {
    const rising = [
      [1000, 1100, 1300],
      [1000, 1150, 1250],
      [1000, 1050, 1400],
    ];
    expect(faultsOfCell(closedCell('create rest', rising))[0]).toMatch(/^still rising .* by 3\d %/);
    const level = [
      [1000, 1100, 1300],
      [1300, 1150, 1000],
      [1000, 1050, 1010],
    ];
    expect(faultsOfCell(closedCell('create rest', level))).toEqual([]);
  });

  test('a rise of the whole machine is none of the contender', () => {
    const slices = [1000, 1200, 1400].map((perSecond, at) =>
      sliceOf(at, { perSecond, machinePerSecond: perSecond * 40 }),
    );
    const process = { closed: [closedLoad(1000, { slices })] };
    expect(faultsOfCell(cellOf('create rest', [process, process, process]))).toEqual([]);
  });
});

describe('figures that contradict each other count for nothing', () => {
  const carried = (perSecond: number, more: Partial<OpenLoopSample> = {}) =>
    openLoad(80, 300, { perSecond, ...more });

  test('a capacity below a rate that was carried, and the rate', () => {
    const slices = slicesOf([1900, 1990, 1950]);
    const closed = [closedLoad(1990, { slices })];
    const of = (perSecond: number) =>
      faultsOfCell(cellOf('point-read grpc', [{ closed, open: [carried(perSecond)] }]));
    expect(of(1500)).toEqual([]);
    expect(of(3000)).toHaveLength(2);
    expect(of(3000)[0]).toMatch(/1990\/s in the closed loop, and 3000\/s were carried/);
  });

  test('a p99 that falls as load rises, in every process', () => {
    const at = (share: number, perSecond: number, micros: number) =>
      carried(perSecond, { share, response: histogramAround(micros, 5000) });
    const cell = (p99s: readonly (readonly [number, number])[]) =>
      cellOf(
        'curve rest',
        p99s.map(([less, more]) => ({ open: [at(0.27, 4000, less), at(0.74, 11_000, more)] })),
      );
    expect(
      faultsOfCell(
        cell([
          [700, 200],
          [720, 210],
          [690, 230],
        ]),
      ),
    ).toHaveLength(6);
    expect(
      faultsOfCell(
        cell([
          [700, 200],
          [720, 210],
          [190, 230],
        ]),
      ),
    ).toEqual([]);
  });

  test('a search that met its objective above a rate at which it missed it', () => {
    const search = (steps: { perSecond: number; met: boolean }[]) =>
      faultsOfCell(
        cellOf('curve rest', [
          {
            capacity: [
              {
                workload: 'read',
                invalid: [],
                objective: { quantile: 0.99, ms: 20 },
                perSecond: 9000,
                steps,
              },
            ],
          },
        ]),
      );
    expect(
      search([
        { perSecond: 9000, met: true },
        { perSecond: 9500, met: false },
      ]),
    ).toEqual([]);
    expect(
      search([
        { perSecond: 9000, met: true },
        { perSecond: 8500, met: false },
      ]),
    ).toHaveLength(1);
  });
});
