import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { createMetronome } from '../../bench/generator/metronome.ts';
import { type OpenLoopOptions, runOpenLoop } from '../../bench/generator/open-loop.ts';
import { poissonSchedule, type Schedule, uniformSchedule } from '../../bench/generator/schedule.ts';
import { goalsOf } from '../../bench/report/goals.ts';
import { tablesOf } from '../../bench/report/tables/index.ts';
import {
  createHistogram,
  decodeHistogram,
  type Histogram,
  quantileMicros,
} from '../../bench/statistics/histogram.ts';
import { createRandom } from '../../bench/statistics/random.ts';
import { findCell, merged, openOf } from '../../bench/statistics/summary.ts';
import { callCell, histogram, resultOf } from './sample-result.ts';
import { callOf, createVirtualTime, queueing, stalling } from './virtual-time.ts';
import { startOnWire, wires } from './wire-servers.ts';

const limits = { maxInFlight: 1024, timeoutMs: 2000 };
const msAt = (one: Histogram, quantile: number) =>
  (quantileMicros(one, quantile) ?? Number.NaN) / 1000;

function runVirtual(
  schedule: Schedule,
  answersAt: Parameters<typeof callOf>[1],
  more: Partial<OpenLoopOptions> = {},
) {
  const time = createVirtualTime();
  const call = callOf(time, answersAt);
  return runOpenLoop({ schedule, pacer: time.pacer, call, ...limits, ...more });
}

describe('latency counts from the intended start', () => {
  const stall = stalling(0.2, { fromMs: 2000, forMs: 100 });
  const schedule = uniformSchedule(1000, 5000);

  function expectStall(response: Histogram) {
    // Within a tenth of what the schedule makes of a stall: 1 % of the calls wait 50 ms and more.
    expect(Math.abs(msAt(response, 0.99) - 50)).toBeLessThan(5);
    expect(Math.abs(response.maxValue / 1000 - 100)).toBeLessThan(10);
    expect(msAt(response, 0.5)).toBeLessThan(1);
  }

  test('a stall of 100 ms in 5 s at 1000/s shows p99 of 50 ms and a maximum of 100 ms', async () => {
    const result = await runVirtual(schedule, stall);
    expect(result).toMatchObject({ sent: 5000, completed: 5000, failed: 0, overflow: 0 });
    expectStall(result.response);
  });

  test.each(wires)(
    'and so it does over %s, by the driver and sockets of that wire',
    async (wire) => {
      const { time, call } = await startOnWire(wire, 128, stall);
      const result = await runOpenLoop({ schedule, pacer: time.pacer, call, ...limits });
      expect(result).toMatchObject({ sent: 5000, completed: 5000, failed: 0, overflow: 0 });
      expectStall(result.response);
    },
  );

  test('a closed loop hides that same stall: this is why latency is not taken from it', async () => {
    // One call at a time: the 100 ms are one sample among the others.
    const time = createVirtualTime();
    const call = callOf(time, stalling(1, { fromMs: 2000, forMs: 100 }));
    const durations: number[] = [];
    while (time.pacer.now() < 5000) {
      const sentMs = time.pacer.now();
      let isDone = false;
      void call(0).then(() => {
        isDone = true;
      });
      while (!isDone) await time.pacer.sleepUntil(time.pacer.now() + 1);
      durations.push(time.pacer.now() - sentMs);
    }
    durations.sort((a, b) => a - b);
    expect(durations[Math.floor(durations.length * 0.99)]).toBeLessThan(5);
  });

  test.each([10, 100, 500, 900])(
    'a constant server of 100 ms with room for 1000/s reads p50 = 100 to 102 ms at %i/s',
    async (perSecond) => {
      for (const schedule of [
        uniformSchedule(perSecond, 20_000),
        poissonSchedule(perSecond, 20_000, createRandom(perSecond)),
      ]) {
        const { response, failed } = await runVirtual(schedule, queueing(100, 100));
        expect(failed).toBe(0);
        expect(msAt(response, 0.5)).toBeGreaterThanOrEqual(100);
        expect(msAt(response, 0.5)).toBeLessThanOrEqual(102);
      }
    },
  );

  test.each(wires)('and so does one over %s', async (wire) => {
    const { time, call } = await startOnWire(wire, 100, queueing(100, 100));
    const schedule = poissonSchedule(400, 3000, createRandom(4));
    const { response } = await runOpenLoop({ schedule, pacer: time.pacer, call, ...limits });
    expect(msAt(response, 0.5)).toBeGreaterThanOrEqual(100);
    expect(msAt(response, 0.5)).toBeLessThanOrEqual(102);
  });

  test.each([0.3, 0.5, 0.8])(
    'a queue of one server at utilisation %d waits as theory says, within a twentieth',
    async (utilisation) => {
      // M/D/1: Poisson arrivals, 1 ms of service, mean wait ρ / (2 (1 − ρ)) of it.
      const schedule = poissonSchedule(1000 * utilisation, 200_000, createRandom(11));
      const { response, overflow } = await runVirtual(schedule, queueing(1, 1));
      const waitMs = response.mean / 1000 - 1;
      const expectedMs = utilisation / (2 * (1 - utilisation));
      expect(overflow).toBe(0);
      expect(Math.abs(waitMs / expectedMs - 1)).toBeLessThan(0.05);
    },
  );

  test('response, service and lateness are three histograms; what is sent late is in two', async () => {
    const time = createVirtualTime();
    const pacer = { ...time.pacer, sleepUntil: (ms: number) => time.pacer.sleepUntil(ms + 3) };
    const call = callOf(time, (arrivedMs) => arrivedMs + 5);
    const schedule = uniformSchedule(10, 10_000);
    const result = await runOpenLoop({ schedule, pacer, call, ...limits });
    expect(msAt(result.lateness, 0.5)).toBeCloseTo(3, 1);
    expect(msAt(result.service, 0.5)).toBeCloseTo(5, 1);
    expect(msAt(result.response, 0.5)).toBeCloseTo(8, 1);
  });
});

describe('calls in flight are bounded, and none is dropped in silence', () => {
  test('with a hung server, sent and overflow are what was scheduled', async () => {
    const more = { maxInFlight: 64, timeoutMs: 10_000 };
    const result = await runVirtual(uniformSchedule(1000, 1000), () => undefined, more);
    expect(result).toMatchObject({ scheduled: 1000, sent: 64, overflow: 936 });
    expect(result).toMatchObject({ completed: 0, failed: 64 });
  });

  test.each(wires)('with one that hangs on %s, too', async (wire) => {
    const { time, call } = await startOnWire(wire, 128, () => undefined);
    const result = await runOpenLoop({
      schedule: uniformSchedule(1000, 1000),
      pacer: time.pacer,
      call,
      maxInFlight: 64,
      timeoutMs: 500,
    });
    expect(result.sent + result.overflow).toBe(result.scheduled);
    expect(result).toMatchObject({ completed: 0, failed: result.sent });
    expect(result.overflow).toBeGreaterThan(0);
  });

  test('2 % without an answer make p99 no less than the timeout', async () => {
    const answersAt = (arrivedMs: number, index: number) =>
      index % 50 === 0 ? undefined : arrivedMs + 1;
    const result = await runVirtual(uniformSchedule(1000, 2000), answersAt, { timeoutMs: 500 });
    expect(result).toMatchObject({ failed: 40, completed: 1960 });
    expect(result.failures).toEqual({ 'no response within 500 ms': 40 });
    expect(result.response.totalCount).toBe(2000);
    // Three significant digits: a bucket is 499,712 to 500,223.
    expect(msAt(result.response, 0.99)).toBeGreaterThanOrEqual(499.5);
  });

  test('failures are counted by their message, and are no latency', async () => {
    const result = await runOpenLoop({
      schedule: uniformSchedule(100, 1000),
      pacer: createVirtualTime().pacer,
      async call(index) {
        if (index % 10 === 0) throw new Error('status 500');
      },
      ...limits,
    });
    expect(result.failures).toEqual({ 'status 500': 10 });
    expect(result).toMatchObject({ completed: 90, failed: 10 });
    expect(result.response.totalCount).toBe(90);
  });

  test('what comes after its timeout is not counted twice', async () => {
    const result = await runVirtual(uniformSchedule(100, 1000), (at) => at + 700, {
      timeoutMs: 500,
    });
    expect(result).toMatchObject({ sent: 100, failed: 100, completed: 0 });
    expect(result.response.totalCount).toBe(100);
  });
});

describe('the pacing is that of a metronome', () => {
  test('it never beats early', async () => {
    const pacer = await createMetronome();
    onTestFinished(() => pacer.close());
    for (let beat = 0; beat < 20; beat += 1) {
      const dueMs = pacer.now() + 1.7;
      await pacer.sleepUntil(dueMs);
      // The two threads' clocks agree to within some microseconds.
      expect(pacer.now()).toBeGreaterThan(dueMs - 0.1);
    }
  });

  test('it beats although no timer of the event loop does', async () => {
    const pacer = await createMetronome();
    onTestFinished(() => pacer.close());
    vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'setImmediate'] });
    onTestFinished(() => void vi.useRealTimers());
    for (let beat = 0; beat < 5; beat += 1) await pacer.sleepUntil(pacer.now() + 2);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('what is late once does not make the next ones late: the schedule is absolute', async () => {
    const time = createVirtualTime();
    const pacer = { ...time.pacer, sleepUntil: (ms: number) => time.pacer.sleepUntil(ms + 3) };
    const sentMs: number[] = [];
    const schedule = uniformSchedule(100, 10_000);
    const call = async () => void sentMs.push(pacer.now());
    await runOpenLoop({ schedule, pacer, call, ...limits });
    expect(sentMs).toHaveLength(1000);
    for (const [index, at] of sentMs.entries()) {
      expect(at - (schedule[index] ?? 0)).toBeLessThanOrEqual(3.001);
    }
  });

  test('its lateness is reported, p50 and p99', () => {
    const figures = goalsOf(resultOf([callCell('point-read', 'rest')]));
    const named = (name: string) => figures.find((one) => one.name === name);
    expect(named('lateness of sending, p50')).toMatchObject({ measured: '0.05 ms' });
    expect(named('lateness of sending, p99')).toMatchObject({ verdict: 'reached' });
  });
});

describe('quantiles need samples, and are never averaged', () => {
  const counted = (n: number) => {
    const made = createHistogram();
    for (let value = 1; value <= n; value += 1) made.recordValue(value);
    return made;
  };

  test.each([
    [999, 0.99, undefined],
    [1000, 0.99, 990],
    [19, 0.5, undefined],
    [20, 0.5, 10],
    [0, 0.5, undefined],
  ])('of %i samples, the quantile %d is %s', (n, quantile, expected) => {
    expect(quantileMicros(counted(n), quantile)).toBe(expected);
  });

  test('the report has a dash in its place', () => {
    const rowOf = (samples: number) => {
      const cell = callCell('point-read', 'rest', { samples });
      const [table] = tablesOf(resultOf([cell]));
      return table?.rows[0]?.[table.columns.findIndex(({ head }) => head === 'p99')];
    };
    // Three processes: 999 samples and 1,002.
    expect(rowOf(333)).toBe('–');
    expect(rowOf(334)).toBe('0.3');
  });

  test('histograms of processes are merged sample by sample', () => {
    const cell = callCell('point-read', 'rest');
    const [fast, slow] = [histogram(100, 990), histogram(10_000, 110)];
    const samples = cell.samples.slice(0, 2).map((sample, at) => ({
      ...sample,
      open: sample.open.map((load) => ({ ...load, response: at === 0 ? fast : slow })),
    }));
    const result = resultOf([{ ...cell, samples }]);
    const found = findCell(result, 'point-read', 'rest');
    const all = found && merged(found, (sample) => openOf(sample)?.response);
    expect(all?.totalCount).toBe(1100);
    // An average of both medians would be 5,050.
    expect(all && quantileMicros(all, 0.5)).toBe(100);
    expect(all && quantileMicros(all, 0.95)).toBeGreaterThan(9900);
    expect(decodeHistogram(fast).totalCount).toBe(990);
  });
});
