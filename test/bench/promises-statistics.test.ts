import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { renderReport } from '../../bench/report/markdown.ts';
import { tablesOf } from '../../bench/report/tables/index.ts';
import type { Cell, Result } from '../../bench/result/result.ts';
import { scenarios } from '../../bench/scenarios/index.ts';
import { compare, differenceOf, median } from '../../bench/statistics/paired.ts';
import { createRandom, type Random } from '../../bench/statistics/random.ts';
import { compareCells, contrast, floorFor } from '../../bench/statistics/summary.ts';
import { makePlan, type Request } from '../../bench/trial/plan.ts';
import { isLevel, runOpenStep, warmUp } from '../../bench/trial/steps.ts';
import { nowhere } from './fake-subject.ts';
import { callCell, resultOf } from './sample-result.ts';
import { createVirtualTime } from './virtual-time.ts';

const request: Request = {
  only: [],
  wires: [],
  seed: 1,
  loading: { effort: 'normal' },
  tls: false,
  targets: [],
};

/** Standard normal (Box and Muller). */
const normal = (random: Random): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** A machine that is slower or faster by up to a third for spells of about three seconds. */
function createMachine(random: Random) {
  let untilMs = 0;
  let speed = 1;
  return (atMs: number): number => {
    while (atMs >= untilMs) {
      untilMs += 6000 * random();
      speed = Math.exp(0.15 * normal(random));
    }
    return speed;
  };
}

/**
 * Two contenders that are the same, on that machine, in the steps of a real plan: what each round
 * shows of both.
 */
function measureTwins(rounds: number, random: Random) {
  const seed = Math.floor(random() * 2 ** 32);
  const only = ['point-read'];
  const { blocks } = makePlan(scenarios, { ...request, only, seed, pairs: rounds }, false);
  const machine = createMachine(random);
  let nowMs = 0;
  return blocks.map(({ steps }) => {
    const [one, other] = ['rest', 'rest-again'].map((name) => {
      // A process has its own luck, for as long as it lives.
      return { name, luck: Math.exp(0.03 * normal(random)), micros: [] as number[] };
    });
    if (!one || !other) throw new Error('Expected two contenders.');
    for (const { phase, contenders } of steps) {
      for (const contender of contenders) {
        nowMs += phase.ms;
        const twin = [one, other].find(({ name }) => name === contender.name);
        if (!twin || !phase.id.includes('open')) continue;
        twin.micros.push(100 * twin.luck * machine(nowMs) * Math.exp(0.02 * normal(random)));
      }
    }
    // As the ratio of a round is formed: by slices that lie beside each other.
    return [median(one.micros.map((each, at) => each / (other.micros[at] ?? each))), 1] as const;
  });
}

describe('the replicate is a process, and every comparison has its interval', () => {
  test.each([3, 4, 6, 10])(
    'with %i pairs and no difference, about one run in twenty shows one',
    (pairs) => {
      const random = createRandom(42 + pairs);
      const runs = 1000;
      let shown = 0;
      for (let run = 0; run < runs; run += 1) {
        const noisy = () => 1000 * Math.exp(0.05 * normal(random));
        const drawn = Array.from({ length: pairs }, () => [noisy(), noisy()] as const);
        if (differenceOf(compare(drawn, random), 1) !== 'not shown') shown += 1;
      }
      expect(shown / runs).toBeGreaterThan(0.02);
      expect(shown / runs).toBeLessThan(0.085);
    },
  );

  test.each([3, 4, 10])(
    'nor with %i rounds of steps on a machine that has spells of slowness',
    (rounds) => {
      const random = createRandom(7 + rounds);
      const runs = 400;
      let shown = 0;
      for (let run = 0; run < runs; run += 1) {
        const comparison = compare(measureTwins(rounds, random), random);
        if (differenceOf(comparison, 1) !== 'not shown') shown += 1;
      }
      // Few slices of such a machine have long tails, which make one in twenty up to one in ten;
      // the noise floor of the run keeps most of these from being shown.
      expect(shown / runs).toBeLessThan(0.1);
    },
  );

  test('alternating steps keep spells of slowness out of the ratio, most of them', () => {
    const random = createRandom(5);
    const spread = (logs: readonly number[]) =>
      Math.sqrt(logs.reduce((sum, log) => sum + log * log, 0) / logs.length);
    const ratios = measureTwins(100, random).map(([one, other]) => Math.log(one / other));
    // By itself, the machine makes a tenth and more of one slice.
    expect(spread(ratios)).toBeLessThan(0.1);
  });

  test('more requests of the same processes make no interval narrower', () => {
    const intervalOf = (factor: number) => {
      const cells = [
        callCell('point-read', 'rest', { samples: 2000 * factor }),
        callCell('point-read', 'grpc', { samples: 2000 * factor }),
      ].map((cell, at) => unlike(cell, at, factor));
      const [baseline, contender] = cells;
      return compareCells(resultOf(cells), contender, baseline, 'cpuAtRate')?.interval;
    };
    const few = intervalOf(1);
    expect(few && few.high / few.low).toBeGreaterThan(1.1);
    expect(intervalOf(1000)).toEqual(few);
  });

  test('more processes do', () => {
    const widthOf = (pairs: number) => {
      const random = createRandom(3);
      const drawn = Array.from(
        { length: pairs },
        () => [Math.exp(0.1 * normal(random)), Math.exp(0.1 * normal(random))] as const,
      );
      const { interval } = compare(drawn, random);
      return interval ? Math.log(interval.high / interval.low) : Number.NaN;
    };
    expect(widthOf(40)).toBeLessThan(widthOf(5) / 2);
  });

  test('figures are paired by round, whatever the order in which they were written', () => {
    const [rest, grpc] = [callCell('a', 'rest'), callCell('a', 'grpc', { cpuMicros: 160 })];
    const reversed = { ...grpc, samples: grpc.samples.toReversed() };
    const result = resultOf([rest, reversed]);
    const comparison = compareCells(result, reversed, rest, 'cpuAtRate');
    expect(comparison?.ratio).toBeCloseTo(2, 6);
    expect(comparison?.interval?.low).toBeCloseTo(2, 6);
  });

  test('two processes say nothing of their spread: a ratio, no interval, no difference', () => {
    const pairs = [
      [2, 1],
      [8, 1],
    ] as const;
    const comparison = compare(pairs, createRandom(1));
    expect(comparison.ratio).toBeCloseTo(4);
    expect(comparison.interval).toBeUndefined();
    expect(differenceOf(comparison, 1)).toBe('not shown');
  });
});

/** The cell with CPU that differs from process to process, of so many times as many requests. */
function unlike(cell: Cell, at: number, factor: number): Cell {
  const cpuMicros = [
    [80, 95, 88],
    [120, 118, 131],
  ][at];
  const samples = cell.samples.map((sample, round) => ({
    ...sample,
    open: sample.open.map((load) => ({
      ...load,
      completed: 1000 * factor,
      serverCpuMicros: 1000 * factor * (cpuMicros?.[round] ?? 1),
    })),
  }));
  return { ...cell, samples };
}

describe('a baseline is compared with itself first', () => {
  const pair = (factor: number): Result =>
    resultOf([
      callCell('point-read', 'rest'),
      callCell('point-read', 'rest-again', { cpuMicros: 80 * factor }, { kind: 'again' }),
      callCell('point-read', 'grpc', { cpuMicros: 88 }),
    ]);
  const reading = (result: Result) =>
    contrast(result, 'point-read', ['grpc', 'rest'], 'cpuAtRate')?.difference;

  test('the baseline and its repeat are in every run of the point read, whatever was asked', () => {
    for (const wires of [[], ['grpc'], ['websocket']]) {
      const { blocks } = makePlan(scenarios, { ...request, wires, only: ['point-read'] }, false);
      for (const { contenders } of blocks) {
        const names = contenders.map(({ name }) => name);
        expect(names).toEqual(expect.arrayContaining(['rest', 'rest-again']));
      }
    }
  });

  test('a difference inside the floor reads "no difference shown", and one beyond it does not', () => {
    expect(reading(pair(1.02))).toBe('more');
    expect(reading(pair(0.95))).toBe('more');
    expect(reading(pair(1.12))).toBe('not shown');
    expect(reading(pair(0.85))).toBe('not shown');
  });

  test('without a floor, nothing is shown', () => {
    const { cells } = pair(1);
    expect(reading(resultOf(cells.filter(({ kind }) => kind !== 'again')))).toBe('not shown');
  });

  test('the floor is printed, and scenarios without one of their own use that of the read', () => {
    const result = pair(1.12);
    expect(floorFor(result, 'point-read', 'cpuAtRate')).toBeCloseTo(1.12, 3);
    expect(floorFor(result, 'payload', 'cpuAtRate')).toBeCloseTo(1.12, 3);
    expect(renderReport(result)).toMatch(/Noise floor.*CPU at equal rate 1\.120×/);
  });
});

describe('servers are warmed up until stationary, and the same seed gives the same arrivals', () => {
  /** A server whose calls take so many virtual milliseconds, by how many were made before. */
  function virtualServer(msOf: (calls: number, nowMs: number) => number) {
    let nowMs = 0;
    let calls = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => nowMs);
    onTestFinished(() => void vi.restoreAllMocks());
    return {
      calls: () => calls,
      async call() {
        nowMs += msOf(calls, nowMs);
        calls += 1;
      },
    };
  }

  test('a server that is level from the start is warmed up for as long as compiling takes', async () => {
    const { call, calls } = virtualServer(() => 0.05);
    const tookMs = await warmUp(nowhere, call, 1, 10_000);
    expect(calls()).toBeGreaterThanOrEqual(20_000);
    expect(tookMs).toBeLessThan(3200);
  });

  test('one that gets faster is warmed up until it does not', async () => {
    // Faster by a fifth every 100 ms, for two seconds.
    const server = virtualServer((_calls, nowMs) => 0.2 / 1.2 ** Math.min(20, nowMs / 100));
    const tookMs = await warmUp(nowhere, server.call, 1, 10_000);
    expect(tookMs).toBeGreaterThan(2000);
    expect(tookMs).toBeLessThan(4500);
  });

  test('what came in between makes nothing look level, nor the opposite', () => {
    const falling = [90, 80, 70, 60, 50, 45, 42, 40];
    expect(isLevel(falling, 30_000)).toBe(false);
    expect(isLevel([...falling, 40, 90, 41, 40], 30_000)).toBe(true);
    expect(isLevel([40, 40, 40, 40, 40, 95, 41, 40], 30_000)).toBe(true);
    expect(isLevel([40, 40, 40, 40, 40, 40, 40, 40], 3000)).toBe(false);
  });

  test('it is done by one call at a time, and by many', async () => {
    let out = 0;
    let last = 0;
    const seen = new Set<number>();
    const call = async () => {
      out += 1;
      last = out;
      seen.add(out);
      await new Promise((wake) => setImmediate(wake));
      out -= 1;
    };
    await warmUp(nowhere, call, 8, 250);
    expect(Math.max(...seen)).toBe(8);
    expect(last).toBe(1);
  });

  test('one that is slow is warmed up for no longer than there is time', async () => {
    const callMs = 9;
    const { call } = virtualServer(() => callMs);
    expect(await warmUp(nowhere, call, 1, 1000)).toBeLessThan(1000 + callMs);
  });

  test('a failure ends it', async () => {
    const call = () => Promise.reject(new Error('status 500'));
    await expect(warmUp(nowhere, call, 2, 1000)).rejects.toThrow(/warming up: status 500/);
  });

  test('the report says how long, and what was still changing', () => {
    const cell = callCell('point-read', 'rest');
    const samples = cell.samples.map((sample, at) => ({
      ...sample,
      warmUpMs: 1000 * (at + 1),
      closed: sample.closed.map((load) => ({ ...load, drift: 1.3 })),
    }));
    const [table] = tablesOf(resultOf([{ ...cell, samples }]));
    expect(table?.lead).toContain('Warmed up for 1.0 to 3.0 s.');
    expect(table?.notes).toContain('REST: not stationary (last step 1.30 of the first)');
  });

  test('arrivals are those of the seed, whoever answers', async () => {
    const arrivalsOf = async (seed: number, serviceMs: number) => {
      const { pacer, at } = createVirtualTime();
      const sentMs: number[] = [];
      const call = () => {
        sentMs.push(pacer.now());
        return at(pacer.now() + serviceMs);
      };
      const rate = { perSecond: 500, durationMs: 1000, arrivals: 'poisson', seed } as const;
      await runOpenStep({ address: nowhere, call, at: 0 }, pacer, rate);
      return sentMs;
    };
    expect(await arrivalsOf(4, 1)).toEqual(await arrivalsOf(4, 30));
    expect(await arrivalsOf(4, 1)).not.toEqual(await arrivalsOf(5, 1));
  });
});
