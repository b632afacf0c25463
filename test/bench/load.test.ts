import { describe, expect, test } from 'vitest';
import { runClosedLoop } from '../../bench/load/closed-loop.ts';
import { createMetronome } from '../../bench/load/metronome.ts';
import { runOpenLoop } from '../../bench/load/open-loop.ts';
import { poissonSchedule, uniformSchedule } from '../../bench/load/schedule.ts';
import { quantileMicros } from '../../bench/statistics/histogram.ts';
import { createRandom } from '../../bench/statistics/random.ts';
import { createStallingServer, createVirtualTime } from './virtual-time.ts';

const soon = () => new Promise<void>((resolve) => setImmediate(resolve));
const never = () => new Promise<void>(() => {});

describe('open loop', () => {
  test('a server stalled for 100 ms in 5 s at 1000/s shows p99 of 50 ms and a maximum of 100 ms', async () => {
    const time = createVirtualTime();
    const result = await runOpenLoop({
      schedule: uniformSchedule(1000, 5000),
      pacer: time.pacer,
      call: createStallingServer(time, 0.2, { fromMs: 2000, forMs: 100 }),
      maxInFlight: 1000,
      timeoutMs: 1000,
    });
    expect(result).toMatchObject({ sent: 5000, completed: 5000, failed: 0, overflow: 0 });
    const p99 = quantileMicros(result.response, 0.99) ?? 0;
    expect(p99 / 1000).toBeGreaterThan(45);
    expect(p99 / 1000).toBeLessThan(55);
    expect(result.response.maxValue / 1000).toBeGreaterThan(98);
    expect(result.response.maxValue / 1000).toBeLessThan(102);
    expect((quantileMicros(result.response, 0.5) ?? 0) / 1000).toBeLessThan(0.3);
  });

  test('a closed loop hides that same stall: this is why latency is not taken from it', async () => {
    // One call at a time: the 100 ms are one sample among the others.
    const time = createVirtualTime();
    const call = createStallingServer(time, 1, { fromMs: 2000, forMs: 100 });
    const durations: number[] = [];
    while (time.pacer.now() < 5000) {
      const sentMs = time.pacer.now();
      let isDone = false;
      void call().then(() => {
        isDone = true;
      });
      while (!isDone) await time.pacer.sleepUntil(time.pacer.now() + 1);
      durations.push(time.pacer.now() - sentMs);
    }
    durations.sort((a, b) => a - b);
    expect(durations[Math.floor(durations.length * 0.99)]).toBeLessThan(5);
  });

  test('what does not fit is counted: with a hung server, sent and overflow are the schedule', async () => {
    const time = createVirtualTime();
    const result = await runOpenLoop({
      schedule: uniformSchedule(1000, 1000),
      pacer: time.pacer,
      call: never,
      maxInFlight: 64,
      timeoutMs: 10_000,
    });
    expect(result.sent).toBe(64);
    expect(result.sent + result.overflow).toBe(result.scheduled);
    expect(result.failed).toBe(64);
    expect(result.completed).toBe(0);
  });

  test('calls without an answer are in the histogram with no less than the timeout', async () => {
    const time = createVirtualTime();
    const answer = createStallingServer(time, 1);
    const result = await runOpenLoop({
      schedule: uniformSchedule(1000, 2000),
      pacer: time.pacer,
      call: (index) => (index % 50 === 0 ? never() : answer()),
      maxInFlight: 1000,
      timeoutMs: 500,
    });
    expect(result.failed).toBe(40);
    expect(result.completed).toBe(1960);
    // 2 % have no answer, so that the slowest hundredth is all timeouts.
    expect(quantileMicros(result.response, 0.99)).toBeGreaterThanOrEqual(499_000);
  });

  test('failures are counted by their message and are not in the histograms', async () => {
    const time = createVirtualTime();
    const result = await runOpenLoop({
      schedule: uniformSchedule(100, 1000),
      pacer: time.pacer,
      call: async (index) => {
        if (index % 10 === 0) throw new Error('status 500');
      },
      maxInFlight: 10,
      timeoutMs: 500,
    });
    expect(result.failures).toEqual({ 'status 500': 10 });
    expect(result.response.totalCount).toBe(90);
    expect(result.completed).toBe(90);
  });

  test("lateness is the generator's own, and response starts at the intended time", async () => {
    let nowMs = 0;
    // A pacer that oversleeps by 3 ms.
    const pacer = {
      now: () => nowMs,
      async sleepUntil(ms: number) {
        await soon();
        nowMs = ms + 3;
      },
      async close() {},
    };
    const result = await runOpenLoop({
      schedule: uniformSchedule(10, 2500),
      pacer,
      call: async () => {},
      maxInFlight: 10,
      timeoutMs: 500,
    });
    // Three significant digits: a bucket is 3,000 to 3,001.
    expect(quantileMicros(result.lateness, 0.5)).toBeLessThanOrEqual(3001);
    expect(quantileMicros(result.response, 0.5)).toBeGreaterThanOrEqual(3000);
    expect(quantileMicros(result.service, 0.5)).toBe(0);
  });
});

describe('closed loop', () => {
  test('failures never count as throughput', async () => {
    let calls = 0;
    const result = await runClosedLoop({
      call: async () => {
        await soon();
        calls += 1;
        if (calls % 50 === 0) throw new Error('status 503');
      },
      inFlight: 4,
      durationMs: 100,
      maxFailures: Number.POSITIVE_INFINITY,
    });
    expect(result.failed).toBe(Math.floor(calls / 50));
    expect(result.completed + result.failed).toBeLessThanOrEqual(calls);
    expect(result.latency.totalCount).toBe(result.completed);
    expect(result.failures['status 503']).toBe(result.failed);
  });

  test('a server that fails every call ends the loop early, and nothing was completed', async () => {
    const result = await runClosedLoop({
      call: async () => {
        throw new Error('no');
      },
      inFlight: 2,
      durationMs: 60_000,
      maxFailures: 10,
    });
    expect(result.completed).toBe(0);
    expect(result.failed).toBeGreaterThanOrEqual(10);
  });

  test('calls without an answer are failures', async () => {
    const result = await runClosedLoop({ call: never, inFlight: 3, durationMs: 20, graceMs: 30 });
    expect(result).toMatchObject({ completed: 0, failed: 3 });
  });

  test('exactly as many calls are under way as were asked for', async () => {
    let out = 0;
    let most = 0;
    await runClosedLoop({
      call: async () => {
        out += 1;
        most = Math.max(most, out);
        await soon();
        out -= 1;
      },
      inFlight: 7,
      durationMs: 50,
    });
    expect(most).toBe(7);
  });
});

describe('schedules', () => {
  test('the same seed gives the same arrivals', () => {
    const arrivals = (seed: number) => poissonSchedule(500, 1000, createRandom(seed));
    expect(arrivals(5)).toEqual(arrivals(5));
    expect(arrivals(5)).not.toEqual(arrivals(6));
  });

  test('independent arrivals have the rate asked for, and spread like their mean', () => {
    const arrivals = poissonSchedule(1000, 100_000, createRandom(9));
    expect(arrivals.length / 100_000).toBeCloseTo(1, 1);
    const gaps = arrivals.slice(1).map((at, index) => at - (arrivals[index] ?? 0));
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
    const variance = gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length;
    expect(Math.sqrt(variance) / mean).toBeCloseTo(1, 1);
  });

  test('equal distances never drift', () => {
    const schedule = uniformSchedule(300, 10_000);
    expect(schedule).toHaveLength(3000);
    expect(schedule.at(-1)).toBeCloseTo((2999 * 1000) / 300, 9);
  });
});

describe('metronome', () => {
  test('never beats early', async () => {
    const pacer = await createMetronome();
    try {
      for (let beat = 0; beat < 20; beat += 1) {
        const dueMs = pacer.now() + 1.7;
        await pacer.sleepUntil(dueMs);
        // The two threads' clocks agree to within some microseconds.
        expect(pacer.now()).toBeGreaterThan(dueMs - 0.1);
      }
    } finally {
      await pacer.close();
    }
  });
});
