import { describe, expect, test } from 'vitest';
import { poissonSchedule } from '../../bench/generator/schedule.ts';
import { createRandom } from '../../bench/statistics/random.ts';
import { createDraw, type PreparedOperation } from '../../bench/trial/mix.ts';
import { runSearchStep } from '../../bench/trial/mix-search.ts';
import { createRateSearch } from '../../bench/trial/rate-search.ts';
import { recoveryOf, runSpike, spikeSchedule } from '../../bench/trial/spike.ts';
import { type AnswersAt, callOf, createVirtualTime, queueing } from './virtual-time.ts';

describe('the search for the highest rate', () => {
  /** Searches among servers that manage `most` calls a second. @returns every rate it tried */
  function searched(most: number, steps: number, disturbed: readonly number[] = []) {
    const search = createRateSearch(1000);
    const tried = Array.from({ length: steps }, (_, step) => {
      const rate = search.next();
      search.add(rate <= most && !disturbed.includes(step));
      return rate;
    });
    return { tried, best: search.best() };
  }

  test('ends at a rate that the server manages, close to the highest', () => {
    const { best } = searched(800, 12);
    expect(best).toBeLessThanOrEqual(800);
    expect(best).toBeGreaterThan(760);
  });

  test('tries a rate again before it counts as too high', () => {
    const { tried } = searched(800, 4);
    expect(tried).toEqual([500, 800, 950, 950]);
  });

  test('is not misled by one disturbance', () => {
    const { best } = searched(800, 12, [0]);
    expect(best).toBeGreaterThan(760);
  });

  test('finds nothing where no rate is managed', () => {
    expect(searched(0, 12).best).toBeNull();
  });
});

describe('a step of the search', () => {
  /** One second at a rate, of a server that takes 1 ms a call with one worker. */
  async function stepAt(perSecond: number, answersAt: AnswersAt = queueing(1, 1)) {
    const time = createVirtualTime();
    const schedule = poissonSchedule(perSecond, 1000, createRandom(3));
    return runSearchStep(schedule, { pacer: time.pacer, call: callOf(time, answersAt) });
  }

  test('meets the objective below what the server can do', async () => {
    expect(await stepAt(700)).toMatchObject({ met: true });
  });

  test('meets it where every call takes long, as long as none waits for another', async () => {
    const step = await stepAt(700, (atMs) => atMs + 90);
    expect(step.met).toBe(true);
    expect(step.achieved).toBeGreaterThan(0.995);
  });

  test('misses it where calls pile up, even if all are answered within 200 ms', async () => {
    const step = await stepAt(1150);
    expect(step.quantileMs).toBeLessThan(200);
    expect(step.achieved).toBeLessThan(0.99);
    expect(step.met).toBe(false);
  });

  test('misses it where one call in two hundred gets no response', async () => {
    const serve = queueing(0.1, 1);
    const step = await stepAt(700, (atMs, index) =>
      index % 200 === 7 ? undefined : serve(atMs, index),
    );
    expect(step.met).toBe(false);
  });
});

describe('a spike', () => {
  const shape = { basePerSecond: 200, times: 10, beforeMs: 2000, forMs: 2000, afterMs: 4000 };

  async function spikeOn(answersAt: AnswersAt, maxInFlight = 8192) {
    const time = createVirtualTime();
    return runSpike(shape, {
      pacer: time.pacer,
      call: callOf(time, answersAt),
      random: createRandom(5),
      maxInFlight,
      timeoutMs: 2000,
    });
  }

  test('is ten times the base rate for two seconds, and the same for every contender', () => {
    const schedule = spikeSchedule(shape, createRandom(1));
    const within = (fromMs: number, toMs: number) =>
      schedule.filter((atMs) => atMs >= fromMs && atMs < toMs).length;
    expect(within(0, 2000) / 400).toBeCloseTo(1, 0);
    expect(within(2000, 4000) / 4000).toBeCloseTo(1, 1);
    expect(within(4000, 8000) / 800).toBeCloseTo(1, 0);
    expect(schedule).toEqual(schedule.toSorted((a, b) => a - b));
    expect(spikeSchedule(shape, createRandom(1))).toEqual(schedule);
  });

  test('takes no time to recover from if the server has room for it', async () => {
    const spike = await spikeOn((atMs) => atMs + 1);
    expect(spike).toMatchObject({ recoveryMs: 0, failed: 0, overflow: 0 });
  });

  test('is recovered from when the queue that it left is served', async () => {
    // 1,000/s: 2,000 calls too many, for which 800/s are left: 2.5 s, within the time of a call.
    const spike = await spikeOn(queueing(1, 1));
    expect(spike.recoveryMs).toBeGreaterThanOrEqual(2000);
    expect(spike.recoveryMs).toBeLessThanOrEqual(2900);
  });

  test('counts every call of a server that answers none, and ends by itself', async () => {
    const spike = await spikeOn(() => undefined, 100);
    const { scheduled, sent, overflow, completed, failed, timedOut, windows } = spike;
    expect([sent + overflow, completed, failed]).toEqual([scheduled, 0, sent]);
    expect(timedOut).toBe(sent);
    expect(overflow).toBeGreaterThan(0);
    expect(windows.reduce((sum, window) => sum + window.failed, 0)).toBe(scheduled);
    expect(spike.recoveryMs).toBeNull();
  });

  test('counts every call of a server that hangs from the spike on', async () => {
    const spike = await spikeOn((atMs) => (atMs < 2000 ? atMs + 1 : undefined));
    expect(spike.completed + spike.failed).toBe(spike.sent);
    expect(spike.sent + spike.overflow).toBe(spike.scheduled);
    expect(spike.windows.slice(0, 19).every(({ failed }) => failed === 0)).toBe(true);
    expect(spike.windows.slice(21).every(({ completed }) => completed === 0)).toBe(true);
    expect(spike.recoveryMs).toBeNull();
  });
});

describe('the time to recover', () => {
  const window = (fromMs: number, p99Ms: number | null, failed = 0) => ({
    fromMs,
    scheduled: 100,
    completed: 100 - failed,
    failed,
    p99Ms,
  });

  test('ends with three windows in a row that are as before', () => {
    const p99s = [9, 1, 9, 1, 1, 9, 1, 1, 1, 9];
    const windows = p99s.map((p99Ms, at) => window(at * 100, p99Ms));
    expect(recoveryOf(windows, 200, 1)).toBe(400);
    expect(recoveryOf(windows.slice(0, 8), 200, 1)).toBeNull();
  });

  test('waits until no call fails', () => {
    const windows = [0, 0, 1, 0, 0, 0].map((failed, at) => window(at * 100, 1, failed));
    expect(recoveryOf(windows, 0, 1)).toBe(300);
  });

  test('is not known if too little went before', () => {
    expect(recoveryOf([window(0, 1)], 0, null)).toBeNull();
  });
});

describe('the mix', () => {
  const operation = (name: string, share: number, calls: number): PreparedOperation => ({
    name,
    share,
    answers: [],
    calls: Array.from({ length: calls }, (_, at) => ({ name, stages: [[at]] })),
  });
  const operations = [
    operation('read', 0.6, 3),
    operation('page', 0.25, 2),
    operation('make', 0.15, 1),
  ];

  test('has each operation by its share, and each of its calls alike', () => {
    const draw = createDraw(operations, createRandom(2));
    const drawn = Array.from({ length: 20_000 }, draw);
    for (const { name, share } of operations) {
      expect(drawn.filter((call) => call.name === name).length / 20_000).toBeCloseTo(share, 1);
    }
    const reads = drawn.filter(({ name }) => name === 'read');
    const first = reads.filter(({ stages }) => stages[0]?.[0] === 0);
    expect(first.length / reads.length).toBeCloseTo(1 / 3, 1);
  });

  test('is the same for the same seed', () => {
    const drawnBy = (seed: number) => {
      const draw = createDraw(operations, createRandom(seed));
      return Array.from({ length: 50 }, draw);
    };
    expect(drawnBy(4)).toEqual(drawnBy(4));
    expect(drawnBy(4)).not.toEqual(drawnBy(5));
  });
});
