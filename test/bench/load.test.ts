import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { runClosedLoop } from '../../bench/generator/closed-loop.ts';
import { poissonSchedule, uniformSchedule } from '../../bench/generator/schedule.ts';
import { quantileMicros } from '../../bench/statistics/histogram.ts';
import { createRandom } from '../../bench/statistics/random.ts';

const soon = () => new Promise<void>((resolve) => setImmediate(resolve));
const never = () => new Promise<void>(() => {});

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
    // Those that were in flight at the end are in the histogram, and are no throughput.
    expect(result.latency.totalCount).toBeGreaterThanOrEqual(result.completed);
    expect(result.latency.totalCount).toBeLessThanOrEqual(result.completed + 4);
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

  test('what is answered after the end is a latency, and no throughput', async () => {
    let nowMs = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => nowMs);
    onTestFinished(() => void vi.restoreAllMocks());
    // 40 ms each: the third one ends 20 ms too late.
    const call = async () => {
      nowMs += 40;
    };
    const result = await runClosedLoop({ call, inFlight: 1, durationMs: 100 });
    expect(result).toMatchObject({ completed: 2, perSecond: 20, failed: 0 });
    expect(result.latency.totalCount).toBe(3);
  });

  test('a server that takes 5 ms answers 200 calls a second of one who waits for each', async () => {
    let nowMs = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => nowMs);
    onTestFinished(() => void vi.restoreAllMocks());
    const call = async () => {
      nowMs += 5;
    };
    const result = await runClosedLoop({ call, inFlight: 1, durationMs: 1000 });
    expect(result).toMatchObject({ completed: 200, perSecond: 200, drift: 1 });
    expect(quantileMicros(result.latency, 0.5)).toBeCloseTo(5000, -1);
  });

  test('exactly as many calls are in flight as were asked for', async () => {
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
