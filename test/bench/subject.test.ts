import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { faultsOfClosed } from '../../bench/statistics/validity.ts';
import { counterIn, cpuMicrosOf, memoryOf, metered } from '../../bench/subject/meter.ts';
import { type Subject, startSubject } from '../../bench/subject/subject.ts';
import { runAutocannonStep } from '../../bench/trial/autocannon-step.ts';
import { faultsOf } from '../../bench/trial/block.ts';
import { closedSampleOf } from '../../bench/trial/samples.ts';
import { nothingMeasured } from '../../bench/trial/scenario.ts';
import { runClosedStep } from '../../bench/trial/steps.ts';
import { isAlive } from './alive.ts';
import { callOf, closedLoad, fakePath, pidOf, startFake } from './fake-subject.ts';
import { deliveryOf } from './small-result.ts';

const load = closedLoad(2);
const context = { workload: 'read', rttMs: 0, achievedRttMs: 0, connections: 2 };

/** As a run measures and judges a process. */
async function loadClosed(subject: Subject) {
  const length = { inFlight: load.inFlight, durationMs: 200 };
  const step = await runClosedStep(
    { address: subject.address, call: callOf(subject), at: 0 },
    length,
  );
  const sample = closedSampleOf(context, load, 'lean', [step]);
  return { ...sample, invalid: faultsOfClosed(sample, undefined) };
}

describe('a subject', () => {
  test('is gone when it was stopped', async () => {
    const subject = await startFake({});
    const pid = pidOf(subject);
    expect(isAlive(pid)).toBe(true);
    await subject.stop();
    expect(isAlive(pid)).toBe(false);
  });

  test('that ends before it is ready fails with its last words', async () => {
    const starting = startSubject(
      ['-e', 'console.error("no such port"); process.exit(3)'],
      { counters: false },
      {},
    );
    await expect(starting).rejects.toThrow(/its end by 3.*no such port/s);
  });

  test('is ended with the process that started it, also when that one crashes', async () => {
    const script = `
      import { startSubject } from ${JSON.stringify(new URL('../../bench/subject/subject.ts', import.meta.url).href)};
      const subject = await startSubject([${JSON.stringify(fakePath)}], { counters: false }, {});
      console.log(subject.address.pid);
      throw new Error('a crash');
    `;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [said] = await once(child.stdout, 'data');
    await once(child, 'exit');
    const pid = Number(String(said));
    expect(pid).toBeGreaterThan(0);
    for (let tries = 0; tries < 100 && isAlive(pid); tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(isAlive(pid)).toBe(false);
  });
});

describe('the meter', () => {
  test.runIf(process.platform === 'linux')('sees the CPU time that a process takes', async () => {
    const subject = await startFake({});
    const call = callOf(subject);
    const { spent } = await metered(subject.address, async () => {
      for (let calls = 0; calls < 50; calls += 1) await call();
    });
    expect(spent.cpuMicros).toBeGreaterThan(500);
    const idle = await metered(subject.address, async () => {});
    expect(idle.spent.cpuMicros).toBeLessThan(spent.cpuMicros ?? 0);
    expect(memoryOf(pidOf(subject))?.residentBytes).toBeGreaterThan(10e6);
  });

  test('says so where a process or a counter is not there', () => {
    expect(cpuMicrosOf(2 ** 30)).toBeUndefined();
    expect(memoryOf(2 ** 30)).toBeUndefined();
    expect(counterIn('a_total 3\nb_total 4.5\n', 'b_total')).toBe(4.5);
    expect(() => counterIn('a_total 3\n', 'b_total')).toThrow(/b_total/);
  });
});

describe('validity', () => {
  test('a server that fails some calls makes the cell invalid, and says how often', async () => {
    const closed = await loadClosed(await startFake({ failEvery: 3 }));
    expect(closed.failed).toBeGreaterThan(0);
    const [fault] = faultsOf({ ...nothingMeasured, closed: [closed] });
    expect(fault).toMatch(/^unexpected failures: \d+ × status 500/);
  });

  test("autocannon's errors and wrong bodies are failures, too", async () => {
    const { address } = await startFake({ failEvery: 3 });
    const request = { method: 'GET', path: '/', headers: {}, body: Buffer.alloc(0) };
    const byAutocannon = (body: string) =>
      runAutocannonStep(
        // Of a setup it looks at the address alone.
        { address } as Parameters<typeof runAutocannonStep>[0],
        load,
        {
          prepared: { protocol: 'http1', request },
          answer: undefined,
          status: 200,
          body: Buffer.from(body),
          welcome: '',
        },
        150,
      );
    const failing = await byAutocannon('{"constant":true}');
    expect(failing?.loop.failures.non2xx).toBeGreaterThan(0);
    expect(failing?.loop.completed).toBeGreaterThan(0);
    const wrong = await byAutocannon('{}');
    const loop = wrong?.loop ?? { failed: 0, completed: Number.NaN };
    expect(loop.failed).toBeGreaterThanOrEqual(loop.completed);
  });

  test('a good server with a constant service time is valid, and measured for what it is', async () => {
    const closed = await loadClosed(await startFake({ serviceMs: 10 }));
    // A busy machine may take the client's core; nothing else speaks against it.
    expect(closed.invalid.filter((fault) => !fault.startsWith('client at'))).toEqual([]);
    expect(faultsOf({ ...nothingMeasured, closed: [closed] })).toEqual([]);
    // Two at a time of at least 10 ms each: no more than 200 a second, whatever the machine.
    expect(closed.perSecond).toBeLessThanOrEqual(205);
    expect(closed.completed).toBeGreaterThan(0);
  });

  test('a server that dies while it is measured is a failure, not throughput', async () => {
    const subject = await startFake({ dieAfter: 3 });
    const closed = await loadClosed(subject).catch((error: Error) => error);
    if (!(closed instanceof Error)) expect(closed.failed).toBeGreaterThan(0);
  });

  test('lost and misplaced events are faults', () => {
    const delivery = { ...deliveryOf(3000), missing: 1, misplaced: 2 };
    expect(faultsOf({ ...nothingMeasured, delivery })).toEqual([
      'events lost: 1',
      'events out of order: 2',
    ]);
    expect(faultsOf({ ...nothingMeasured, delivery: deliveryOf(3000) })).toEqual([]);
  });
});
