import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { faultsOf } from '../../bench/run.ts';
import { measureByAutocannon, measureClosed } from '../../bench/scenarios/phases.ts';
import { nothingMeasured } from '../../bench/scenarios/scenario.ts';
import { counterIn, cpuMicrosOf, memoryOf, metered } from '../../bench/subject/meter.ts';
import { type Subject, startSubject } from '../../bench/subject/subject.ts';
import { isAlive } from './alive.ts';

const fakePath = fileURLToPath(new URL('./fake-server.ts', import.meta.url));

const startFake = (serviceMs: number, failEvery = 0, dieAfter = 0): Promise<Subject> =>
  startSubject([fakePath, ...[serviceMs, failEvery, dieAfter].map(String)], false, {});

const callerOf = ({ address }: Subject) => ({
  async call() {
    const answer = await fetch(`http://127.0.0.1:${address.http}/`);
    await answer.text();
    if (answer.status !== 200) throw new Error(`status ${answer.status}`);
  },
});

const phase = { connections: 2, inFlight: 2, warmUpMs: 50, durationMs: 200 };

describe('a subject', () => {
  test('is gone when it was stopped', async () => {
    const subject = await startFake(0);
    const { pid } = subject.address;
    expect(isAlive(pid)).toBe(true);
    await subject.stop();
    expect(isAlive(pid)).toBe(false);
  });

  test('that ends before it is ready fails with its last words', async () => {
    const starting = startSubject(
      ['-e', 'console.error("no such port"); process.exit(3)'],
      false,
      {},
    );
    await expect(starting).rejects.toThrow(/its end by 3.*no such port/s);
  });

  test('is ended with the process that started it, also when that one crashes', async () => {
    const script = `
      import { startSubject } from ${JSON.stringify(new URL('../../bench/subject/subject.ts', import.meta.url).href)};
      const subject = await startSubject([${JSON.stringify(fakePath)}], false, {});
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
    const subject = await startFake(0);
    try {
      const call = callerOf(subject);
      const { spent } = await metered(subject.address, async () => {
        for (let calls = 0; calls < 50; calls += 1) await call.call();
      });
      expect(spent.cpuMicros).toBeGreaterThan(500);
      const idle = await metered(subject.address, async () => {});
      expect(idle.spent.cpuMicros).toBeLessThan(spent.cpuMicros);
      expect(memoryOf(subject.address.pid)?.residentBytes).toBeGreaterThan(10e6);
    } finally {
      await subject.stop();
    }
  });

  test('says so where a process or a counter is not there', () => {
    expect(cpuMicrosOf(2 ** 30)).toBeUndefined();
    expect(memoryOf(2 ** 30)).toBeUndefined();
    expect(counterIn('a_total 3\nb_total 4.5\n', 'b_total')).toBe(4.5);
    expect(() => counterIn('a_total 3\n', 'b_total')).toThrow(/b_total/);
  });
});

describe('validity', () => {
  test('a server that answers 2 % with errors makes the cell invalid, and says how often', async () => {
    const subject = await startFake(0, 50);
    try {
      const closed = await measureClosed(subject.address, callerOf(subject), phase);
      expect(closed.failed).toBeGreaterThan(0);
      const [fault] = faultsOf({ ...nothingMeasured, closed });
      expect(fault).toMatch(/unexpected failures: \d+ × status 500/);
    } finally {
      await subject.stop();
    }
  });

  test("autocannon's errors and wrong bodies make the cell invalid, too", async () => {
    const subject = await startFake(0, 10);
    const request = { method: 'GET', path: '/', headers: {}, body: '' };
    const load = { request, connections: 2, warmUpMs: 50, durationMs: 150 };
    try {
      const failing = await measureByAutocannon(subject.address, load);
      expect(failing.failed).toBeGreaterThan(0);
      expect(faultsOf({ ...nothingMeasured, autocannon: failing })).toHaveLength(1);
      const wrong = await measureByAutocannon(subject.address, { ...load, expectBody: '{}' });
      expect(wrong.failed).toBeGreaterThan(wrong.completed / 2);
    } finally {
      await subject.stop();
    }
  });

  test('a good server with a constant service time is valid, and measured for what it is', async () => {
    const subject = await startFake(10);
    try {
      const closed = await measureClosed(subject.address, callerOf(subject), phase);
      expect(faultsOf({ ...nothingMeasured, closed })).toEqual([]);
      // Two at a time of at least 10 ms each: no more than 200 a second, whatever the machine.
      expect(closed.perSecond).toBeLessThanOrEqual(205);
      expect(closed.completed).toBeGreaterThan(0);
    } finally {
      await subject.stop();
    }
  });

  test('a server that dies while it is measured is a failure, not throughput', async () => {
    const subject = await startFake(0, 0, 30);
    const closed = await measureClosed(subject.address, callerOf(subject), phase).catch(
      (error: Error) => error,
    );
    await subject.stop();
    if (!(closed instanceof Error)) expect(closed.failed).toBeGreaterThan(0);
  });

  test('overflow, missed calls and lost or misplaced events are faults', () => {
    const open = {
      perSecond: 100,
      arrivals: 'poisson' as const,
      elapsedMs: 1000,
      scheduled: 100,
      sent: 97,
      overflow: 3,
      completed: 97,
      failed: 0,
      failures: {},
      response: 'x',
      service: 'x',
      lateness: 'x',
      serverCpuMicros: 1,
      clientCpuShare: 0.1,
    };
    expect(faultsOf({ ...nothingMeasured, open })).toEqual([
      'overflow: 3 calls did not fit',
      'achieved 97 of 100 calls',
    ]);
    const delivery = {
      watchers: 1,
      published: 10,
      delivered: 9,
      missing: 1,
      misplaced: 2,
      delay: 'x',
      lateness: 'x',
      serverCpuMicros: 1,
      sentBytesPerEvent: 0,
      receivedBytesPerEvent: 0,
    };
    expect(faultsOf({ ...nothingMeasured, delivery })).toEqual([
      'events lost: 1',
      'events out of order: 2',
    ]);
  });
});
