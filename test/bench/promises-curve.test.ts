import { describe, expect, test } from 'vitest';
import { runOpenLoop } from '../../bench/generator/open-loop.ts';
import { poissonSchedule } from '../../bench/generator/schedule.ts';
import { limits } from '../../bench/report/markdown.ts';
import { tablesOf } from '../../bench/report/tables/index.ts';
import { screen } from '../../bench/scenarios/screen.ts';
import { type AxisPoint, findCrossover } from '../../bench/statistics/crossover.ts';
import { createHistogram, decodeHistogram } from '../../bench/statistics/histogram.ts';
import { createRandom } from '../../bench/statistics/random.ts';
import { faultsOfOpen } from '../../bench/statistics/validity.ts';
import { createCapacitySearch } from '../../bench/trial/capacity-search.ts';
import type { Load } from '../../bench/trial/load.ts';
import { curve } from '../../bench/trial/phases.ts';
import { createRecords } from '../../bench/trial/records.ts';
import { closedSampleOf, openSampleOf } from '../../bench/trial/samples.ts';
import type { ClosedStep, OpenStep, Spent } from '../../bench/trial/steps.ts';
import { closedLoad, nowhere, setupOf } from './fake-subject.ts';
import { callCell, resultOf } from './sample-result.ts';
import { openLoad } from './small-result.ts';
import { callOf, createVirtualTime, queueing } from './virtual-time.ts';

const context = { workload: 'read', rttMs: 0, achievedRttMs: 0, connections: 64 };
const spent: Spent = {
  elapsedMs: 1000,
  clientCpuShare: 0.5,
  clientLoopDelayMs: 2,
  server: { cpuMicros: 400_000, queries: 10, loopDelayMs: 3 },
  underWay: null,
};

/** One step of an open loop on a server of one worker: 500/s where a call takes 2 ms. */
async function takeVirtual(perSecond: number, durationMs: number, seed = 1): Promise<OpenStep> {
  const time = createVirtualTime();
  const loop = await runOpenLoop({
    schedule: poissonSchedule(perSecond, durationMs, createRandom(seed)),
    pacer: time.pacer,
    call: callOf(time, queueing(2, 1)),
    maxInFlight: 4096,
    timeoutMs: 20_000,
  });
  return { at: 0, loop, spent };
}

const closedStep = (perSecond: number, micros: number, more: Partial<Spent> = {}): ClosedStep => {
  const latency = createHistogram();
  latency.recordValueWithCount(micros, perSecond);
  return {
    at: 0,
    loop: {
      completed: perSecond,
      answered: perSecond + 16,
      failed: 1,
      failures: { 'status 500': 1 },
      elapsedMs: 1000,
      perSecond,
      drift: 1,
      latency,
    },
    spent: { ...spent, ...more },
  };
};

const setup = setupOf(nowhere, {
  loading: { effort: 'normal' },
  link: { controlPort: 0, points: [{ askedMs: 50, achievedMs: 50.4 }] },
});

const rate = { share: null, arrivals: 'poisson', driver: 'lean' } as const;

describe('latency is measured against load, and capacity under an objective', () => {
  test('the curve goes up to 110 % of what the process itself can do', () => {
    const shares = curve({ workload: 'read', connections: 64 }, setup.loading, {
      ms: 100,
      times: 1,
    }).map(({ load }) => (load.kind === 'share' ? load.share : Number.NaN));
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    expect(shares.at(-1)).toBe(1.1);
    expect(shares.length).toBeGreaterThanOrEqual(5);
    // Each is as many times the one before: geometric steps.
    const steps = shares.slice(1).map((share, at) => share / (shares[at] ?? Number.NaN));
    for (const step of steps) expect(step / (steps[0] ?? Number.NaN)).toBeCloseTo(1, 1);
  });

  test('calls that are answered after the end cost, and are no throughput', () => {
    const records = createRecords(setup, 'lean');
    records.of({ id: 'closed', load: closedLoad(64) }).closed.set(0, closedStep(400, 100));
    expect(records.measured().closed).toMatchObject([{ perSecond: 400, completed: 416 }]);
  });

  test('its rates are shares of the closed loop before it; without one there is none', async () => {
    const records = createRecords(setup, 'lean');
    const { workload, connections, rttMs } = closedLoad(64);
    const share = 0.5;
    const load: Load = { kind: 'share', share, workload, connections, rttMs };
    const phase = { id: 'share', load };
    expect(() => records.of(phase).capacity()).toThrow(/closed loop of read before/);
    const before = records.of({ id: 'closed', load: closedLoad(64) }).closed;
    const sound = (perSecond: number) => {
      const step = closedStep(perSecond, 100);
      return { ...step, loop: { ...step.loop, failed: 0 } };
    };
    // One whose calls failed says nothing of what the server can do.
    before.set(0, sound(500)).set(1, sound(700)).set(2, closedStep(3, 100));
    expect(records.of(phase).capacity()).toBe(600);
    const record = records.of(phase);
    record.perSecond = share * record.capacity();
    record.open.set(0, await takeVirtual(record.perSecond, 1000));
    expect(records.measured().open).toMatchObject([{ share: 0.5, perSecond: 300 }]);
  });

  test.each([
    [250, true],
    [450, true],
    [550, false],
    [1000, false],
  ])('of a server that can do 500/s, %i/s being achieved is %s', async (perSecond, isAchieved) => {
    const step = await takeVirtual(perSecond, 10_000);
    const sample = openSampleOf(context, { ...rate, perSecond }, [step]);
    expect(sample.achieved >= 0.99).toBe(isAchieved);
    // Never less than what the server could do of it, and never all of it.
    expect(sample.achieved).toBeGreaterThanOrEqual(Math.min(0.99, 500 / perSecond));
    const faults = faultsOfOpen(sample).filter((fault) => fault.startsWith('achieved'));
    expect(faults).toHaveLength(isAchieved ? 0 : 1);
  });

  test('a point of the curve that was not achieved is hollow', () => {
    const cell = callCell('point-read', 'rest');
    const point = (share: number, invalid: string[]) => openLoad(80, 300, { share, invalid });
    const samples = cell.samples.map((sample) => ({
      ...sample,
      open: [...sample.open, point(0.5, []), point(1.1, ['achieved 90 % of the rate'])],
    }));
    const tables = tablesOf(resultOf([{ ...cell, samples }]));
    const table = tables.find(({ title }) => title.includes('p99 in ms by share of capacity'));
    expect(table?.rows[0]).toEqual(['REST', '3', '(3)']);
  });

  test('a search halves its way to the highest rate that meets the objective', async () => {
    // M/D/1 with 2 ms: p99 within 20 ms holds up to some 78 % of 500/s.
    const objective = { quantile: 0.99, ms: 20 };
    const search = createCapacitySearch(objective, 500);
    for (let step = 0; step < 7; step += 1) {
      search.add(await takeVirtual(search.next(), 60_000));
    }
    const { perSecond, steps } = search.sample('read');
    expect(steps).toHaveLength(7);
    expect(steps[0]).toEqual({ perSecond: 250, met: true });
    const [met, missed] = [true, false].map((kind) =>
      steps.filter((step) => step.met === kind).map((step) => step.perSecond),
    );
    expect(perSecond).toBe(Math.max(...(met ?? [])));
    expect(Math.min(...(missed ?? [])) - (perSecond ?? 0)).toBeLessThanOrEqual(300 / 2 ** 6);
    expect(perSecond).toBeGreaterThan(370);
    expect(perSecond).toBeLessThan(410);
  });

  test('a search of what never meets the objective finds none, below where it began', async () => {
    const search = createCapacitySearch({ quantile: 0.99, ms: 1 }, 500);
    for (let step = 0; step < 4; step += 1) search.add(await takeVirtual(search.next(), 1000));
    const { perSecond, steps } = search.sample('read');
    expect(perSecond).toBeNull();
    expect(steps.map((step) => step.perSecond)).toEqual([250, 125, 62.5, 31.25]);
  });

  test('a rate that piles up does not meet it, however lax it is', async () => {
    const search = createCapacitySearch({ quantile: 0.99, ms: 100_000 }, 2000);
    search.add(await takeVirtual(search.next(), 5000));
    expect(search.sample('read')).toMatchObject({ perSecond: null, steps: [{ met: false }] });
  });
});

describe('steps of one measurement', () => {
  const steps = [
    closedStep(400, 100),
    closedStep(500, 200, { clientLoopDelayMs: 9, elapsedMs: 3000, clientCpuShare: 0.9 }),
    closedStep(600, 300, { server: { ...spent.server, loopDelayMs: 40 } }),
  ];
  const sample = closedSampleOf(context, closedLoad(64), 'lean', steps);

  test('add up: calls, failures, time and CPU, and every sample of every histogram', () => {
    expect(sample).toMatchObject({
      // 16 each came after the end.
      completed: 1548,
      failed: 3,
      failures: { 'status 500': 3 },
      elapsedMs: 5000,
      serverCpuMicros: 1_200_000,
      perSecond: 500,
    });
    const latency = decodeHistogram(sample.latency ?? '');
    expect(latency.totalCount).toBe(1500);
    expect(latency.getValueAtPercentile(50)).toBe(200);
  });

  test('weigh shares by time, and keep the longest that an event loop was held up', () => {
    expect(sample.clientCpuShare).toBeCloseTo((0.5 + 0.9 * 3 + 0.5) / 5);
    expect(sample.serverCpuShare).toBeCloseTo(1200 / 5000);
    expect(sample).toMatchObject({ clientLoopDelayMs: 9, serverLoopDelayMs: 40 });
  });

  test('show drift by the last over the first; one step alone does not', () => {
    expect(sample.drift).toBe(1.5);
    const [first] = steps;
    const alone = first && closedSampleOf(context, closedLoad(64), 'lean', [first]);
    expect(alone?.drift).toBeNull();
  });

  test('have no CPU where that of one of them is not known', () => {
    const server = { cpuMicros: null, queries: null, loopDelayMs: null };
    const unknown = [...steps, closedStep(400, 100, { server })];
    expect(closedSampleOf(context, closedLoad(64), 'lean', unknown)).toMatchObject({
      serverCpuMicros: null,
      serverCpuShare: null,
      serverLoopDelayMs: null,
    });
  });

  test('of open loops add up in all three histograms and all counts', async () => {
    const [one, other] = [await takeVirtual(250, 2000, 1), await takeVirtual(250, 2000, 2)];
    const both = openSampleOf(context, { ...rate, perSecond: 250 }, [one, other]);
    const sent = one.loop.sent + other.loop.sent;
    expect(both).toMatchObject({ sent, scheduled: sent, completed: sent, overflow: 0 });
    for (const histogram of [both.response, both.service, both.lateness]) {
      expect(decodeHistogram(histogram).totalCount).toBe(sent);
    }
  });
});

describe('round trips of the link', () => {
  test('are an axis of 0, 1, 10, 50 and 150 ms', () => {
    const loads = screen.phases({ effort: 'full' }, 0).map(({ load }) => load);
    const closed = loads.filter(({ kind }) => kind === 'closed');
    expect(closed.map(({ rttMs }) => rttMs)).toEqual([0, 1, 10, 50, 150]);
  });

  test('are reported as they were achieved, beside what was asked for', () => {
    const records = createRecords(setup, 'client');
    const phase = { id: 'far', load: { ...closedLoad(1), rttMs: 50 } };
    records.of(phase).closed.set(0, closedStep(10, 50_400));
    expect(records.measured().closed).toMatchObject([{ rttMs: 50, achievedRttMs: 50.4 }]);
    const link = { points: [{ askedMs: 50, achievedMs: 50.4 }] };
    const ceilings = [
      { protocol: 'http1', driver: 'lean', connections: 64, inFlight: 64 } as const,
    ].map((one) => ({ ...one, perSecond: 40_000, clientCpuShare: 1 }));
    const table = tablesOf(resultOf([], { link, ceilings })).at(-1);
    expect(table?.notes.join()).toContain('50 ms → 50.40 ms');
  });

  test('and the report says what the link does not model', () => {
    const tables = tablesOf(resultOf([callCell('screen', 'rest-chatty')]));
    expect(tables.map(({ lead }) => lead).join(' ')).toContain('neither loss nor congestion');
    expect(limits.join(' ')).toMatch(/loss/);
  });
});

describe('a crossover', () => {
  const sizes = [200, 2000, 20_000, 200_000];
  /** Two contenders whose costs cross at `x`, by rounds, with noise of so much. */
  function pointsAround(x: number, noise: number, rounds: number, seed: number): AxisPoint[] {
    const random = createRandom(seed);
    const noisy = () => Math.exp(noise * (random() + random() + random() - 1.5) * 2);
    return sizes.map((size) => ({
      x: size,
      pairs: Array.from({ length: rounds }, () => [noisy() * (size / x) ** 0.2, noisy()] as const),
    }));
  }

  test('is found where it is, and says who is ahead below it', () => {
    const found = findCrossover(pointsAround(5000, 0, 5, 1), createRandom(1));
    expect(found?.x).toBeCloseTo(5000, 0);
    expect(found?.below).toBe('contender');
    expect(found?.interval?.low).toBeCloseTo(5000, 0);
    expect(found?.interval?.high).toBeCloseTo(5000, 0);
  });

  test('lies in its interval in most of many noisy runs', () => {
    const runs = 100;
    let inside = 0;
    for (let seed = 0; seed < runs; seed += 1) {
      const found = findCrossover(pointsAround(5000, 0.1, 8, seed), createRandom(seed));
      const { low, high } = found?.interval ?? { low: Number.NaN, high: Number.NaN };
      if (low <= 5000 && high >= 5000) inside += 1;
    }
    expect(inside / runs).toBeGreaterThan(0.85);
  });

  test('is none if one is ahead everywhere', () => {
    expect(findCrossover(pointsAround(1, 0.1, 5, 1), createRandom(1))).toBeUndefined();
  });

  test('has no interval where it comes and goes with the rounds that are drawn', () => {
    // One ahead by a hair at the first size alone, and only in some rounds.
    const pairs = [0.8, 1.1, 1.02, 0.98, 1.05].map((ratio) => [ratio, 1] as const);
    const behind = Array.from({ length: 5 }, () => [1.5, 1] as const);
    const found = findCrossover(
      [
        { x: 200, pairs },
        { x: 2000, pairs: behind },
      ],
      createRandom(1),
    );
    expect(found?.x).toBeGreaterThan(200);
    expect(found?.interval).toBeUndefined();
  });

  test('has no interval with fewer than three rounds', () => {
    const found = findCrossover(pointsAround(5000, 0.1, 2, 1), createRandom(1));
    expect(found?.x).toBeGreaterThan(0);
    expect(found?.interval).toBeUndefined();
  });
});
