import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { runAutocannon } from '../../bench/drivers/autocannon.ts';
import { openDriver } from '../../bench/drivers/open-driver.ts';
import { runClosedLoop } from '../../bench/generator/closed-loop.ts';
import { runOpenLoop } from '../../bench/generator/open-loop.ts';
import { uniformSchedule } from '../../bench/generator/schedule.ts';
import { startLinkProcess } from '../../bench/link/links.ts';
import { canPin, cores } from '../../bench/process/child.ts';
import { goalsOf } from '../../bench/report/goals.ts';
import { roomOf } from '../../bench/result/wires.ts';
import { curve } from '../../bench/scenarios/curve.ts';
import { grpcClients } from '../../bench/scenarios/grpc-clients.ts';
import { scenarios } from '../../bench/scenarios/index.ts';
import { pointRead } from '../../bench/scenarios/point-read.ts';
import { startLoadGenerator } from '../../bench/scenarios/start-generator.ts';
import { overAutocannon, typical } from '../../bench/statistics/summary.ts';
import { faultsOfOpen } from '../../bench/statistics/validity.ts';
import { faultsOf } from '../../bench/trial/block.ts';
import { nullConstants } from '../../bench/trial/constants.ts';
import { room } from '../../bench/trial/contenders.ts';
import { createPool } from '../../bench/trial/pool.ts';
import { openSampleOf } from '../../bench/trial/samples.ts';
import { nothingMeasured } from '../../bench/trial/scenario.ts';
import { nowhere, setupOf } from './fake-subject.ts';
import { callCell, resultOf } from './sample-result.ts';
import { startOnWire, wires } from './wire-servers.ts';

const context = { workload: 'read', rttMs: 0, achievedRttMs: 0, connections: 64 };

describe('the work is the same, proved before timing, and every response is checked', () => {
  const failuresOn = {
    http1: /got status 200 and \d+ bytes: \{"data":null,"errors"/,
    http2: /got status 500 /,
    grpc: /got status 13 /,
    websocket: /"type":"error"/,
  } as const;

  test.each(wires)(
    'one failure in fifty is counted as one in fifty on %s, and is invalid',
    async (wire) => {
      const good = (index: number) => index % 50 !== 49;
      const { time, call } = await startOnWire(wire, 64, (arrivedMs) => arrivedMs + 1, good);
      const loop = await runOpenLoop({
        schedule: uniformSchedule(500, 2000),
        pacer: time.pacer,
        call,
        maxInFlight: 64,
        timeoutMs: 2000,
      });
      expect(loop).toMatchObject({ completed: 980, failed: 20 });
      expect(Object.keys(loop.failures).join()).toMatch(failuresOn[wire]);
      const spent = {
        elapsedMs: 2000,
        clientCpuShare: 0.5,
        clientLoopDelayMs: 1,
        server: { cpuMicros: 1000, queries: null, loopDelayMs: null },
        underWay: null,
      };
      const rate = { perSecond: 500, share: null, arrivals: 'uniform', driver: 'lean' } as const;
      const sample = openSampleOf(context, rate, [{ at: 0, loop, spent }]);
      const open = [{ ...sample, invalid: faultsOfOpen(sample) }];
      expect(faultsOf({ ...nothingMeasured, open })[0]).toMatch(/^unexpected failures: 20 × /);
    },
  );

  const rest = room('rest');

  /** A setup of the point read, and of a server that answers every read with this payment. */
  async function setupOn(payment: object) {
    let answered = 0;
    const server = createServer((_request, response) => {
      answered += 1;
      response.setHeader('content-type', 'application/json').end(JSON.stringify(payment));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      server.close();
      server.closeAllConnections();
    });
    const linkProcess = await startLinkProcess();
    onTestFinished(() => linkProcess.stop());
    // A server on a port has an address with one.
    const { port } = server.address() as AddressInfo;
    const address = { ...nowhere, http: port };
    const { controlPort } = linkProcess;
    const setup = setupOf(address, { link: { controlPort, points: [] } });
    const reference = await pointRead.reference(address, setup.fixtures, rest);
    answered = 0;
    return { setup: { ...setup, reference }, answered: () => answered };
  }

  test('who answers other than the baseline is not timed, and the difference is named', async () => {
    const { setup, answered } = await setupOn({ id: 'pay_1', amount: 1999 });
    // What the point read answers is an object.
    const { read } = structuredClone(setup.reference) as { readonly read: object };
    const opening = pointRead.open({ ...setup, reference: { read: { ...read, amount: 2000 } } });
    await expect(opening).rejects.toThrow(
      "Answers differ from the baseline's: answer.amount: expected 2000, got 1999.",
    );
    expect(answered()).toBe(1);
  });

  test('who answers alike is, and every timed answer has to be the one that was proved', async () => {
    const payment = { id: 'pay_1', amount: 1999 };
    const { setup } = await setupOn(payment);
    const trial = await pointRead.open(setup);
    onTestFinished(() => trial.close());
    const phases = pointRead.phases(setup.loading, 0);
    const load = phases.find((phase) => phase.load.kind === 'closed');
    for (const { id, ms } of phases.slice(0, 4)) {
      await trial.step({ phase: id, at: 0, ms, perSecond: 100 });
    }
    const good = await trial.finish([]);
    expect(good.wire).toMatchObject([{ workload: 'read', calls: 30, requestsPerCall: 1 }]);
    expect([...good.closed, ...good.open].map(({ failed }) => failed)).toEqual([0, 0]);
    expect(good.closed[0]?.completed).toBeGreaterThan(0);
    payment.amount = 2000;
    if (load) await trial.step({ phase: load.id, at: 1, ms: load.ms });
    const [bad] = (await trial.finish([])).closed;
    expect(bad?.completed).toBe(good.closed[0]?.completed);
    expect(bad?.failed).toBeGreaterThan(0);
  });
});

describe('all contenders have one client runtime', () => {
  // Where clients are compared, the driver is one of them.
  const ofServers = scenarios.filter((one) => one !== grpcClients);

  test.each(ofServers)('$name loads all of its contenders by the same kind of driver', (one) => {
    const drivers = one.contenders.map((contender) =>
      'driver' in contender ? contender.driver : 'of the scenario',
    );
    expect(new Set(drivers).size).toBe(1);
  });

  test('autocannon is never given a rate', () => {
    const path = new URL('../../bench/drivers/autocannon.ts', import.meta.url);
    expect(readFileSync(path, 'utf8')).not.toMatch(/overallRate|connectionRate|ignoreCoordinated/);
  });

  test('neither driver counts what the server has not answered, nor misses what it has', async () => {
    let answered = 0;
    const server = createServer((_request, response) => {
      answered += 1;
      response.end('ok');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      server.close();
      server.closeAllConnections();
    });
    const { port } = server.address() as AddressInfo;
    const [host, connections] = ['127.0.0.1', 8];
    const request = { method: 'GET', path: '/', headers: {}, body: Buffer.alloc(0) };
    const driver = await openDriver(
      { protocol: 'http1', request },
      { host, port, connections, check: ({ status }) => status === 200 },
    );
    onTestFinished(() => driver.close());
    const own = await runClosedLoop({ call: driver.call, inFlight: connections, durationMs: 100 });
    expect(own.latency.totalCount).toBe(answered);
    expect(own.failed).toBe(0);
    expect(answered - own.completed).toBeLessThanOrEqual(connections);
    answered = 0;
    const origin = `http://${host}:${port}`;
    const other = await runAutocannon({ origin, request, connections, durationMs: 100 });
    expect(other.failed).toBe(0);
    expect(other.completed).toBeLessThanOrEqual(answered);
    expect(answered - other.completed).toBeLessThanOrEqual(2 * connections);
  });

  test.each([
    [10_500, 'reached'],
    [8800, 'missed'],
  ])('REST by autocannon at %i/s to our 10,000/s: within a tenth is %s', (perSecond, verdict) => {
    const cell = callCell('curve', 'rest', { autocannonPerSecond: perSecond });
    const figure = goalsOf(resultOf([cell])).find(({ name }) => name.includes('from autocannon'));
    expect(figure).toMatchObject({ target: '≤ 0.1', verdict });
  });

  test('autocannon is compared with our own loop of as many calls, and with no other', () => {
    const cell = callCell('point-read', 'rest', { autocannonPerSecond: 12_000 });
    const samples = cell.samples.map((sample) => ({
      ...sample,
      closed: sample.closed.flatMap((load) =>
        load.driver === 'autocannon'
          ? [{ ...load, connections: 256, inFlight: 256 }]
          : [load, { ...load, connections: 256, inFlight: 256, perSecond: 6000 }],
      ),
    }));
    expect(typical({ ...cell, samples }, overAutocannon)).toBeCloseTo(0.5, 6);
    const without = samples.map((sample) => ({ ...sample, closed: sample.closed.slice(0, 1) }));
    expect(typical({ ...cell, samples: without }, overAutocannon)).toBeUndefined();
    const silent = callCell('point-read', 'rest', { autocannonPerSecond: 0 });
    expect(typical(silent, overAutocannon)).toBeUndefined();
  });
});

const coresOf = (pid: number | null): string | undefined =>
  /^Cpus_allowed_list:\s+(.*)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];

describe('processes are separate, with one wire open at a time', () => {
  test.each(scenarios)(
    'a server of $name has the room of its contender open, and no other but REST',
    (one) => {
      for (const { subject, wire, name } of one.contenders) {
        if ('control' in subject) continue;
        // Events are published and copies made stale over REST, whatever wire is measured.
        const unasked = subject.wires.filter((open) => ![roomOf(wire), 'rest'].includes(open));
        expect(unasked, name).toEqual([]);
      }
    },
  );

  test('server and client are two processes, fresh in each round, on a core each', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'bench-pool-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const constantsPath = join(folder, 'null.json');
    writeFileSync(constantsPath, JSON.stringify(nullConstants));
    const shared = { constantsPath, certificate: undefined, target: undefined };
    // Of what a run shares and copies, a control needs the path of what it answers.
    const start = () =>
      createPool(
        shared as Parameters<typeof createPool>[0],
        {} as Parameters<typeof createPool>[1],
        startLoadGenerator,
      );
    const contender = {
      name: 'null',
      label: 'null',
      kind: 'control',
      wire: 'rest',
      subject: { control: 'null' },
    } as const;
    const pids: (number | null)[] = [process.pid];
    for (let round = 0; round < 2; round += 1) {
      const pool = start();
      onTestFinished(() => pool.end());
      const processes = await pool.processesOf(contender);
      expect(await pool.processesOf(contender)).toBe(processes);
      const { subject, generator } = processes;
      pids.push(subject.address.pid, generator.pid);
      await processes.place('own core');
      if (canPin) {
        expect(coresOf(subject.address.pid)).toBe('0');
        expect(coresOf(generator.pid)).toBe('1');
      }
      await processes.place('any core');
      if (canPin) {
        expect(coresOf(subject.address.pid)).toBe(`0-${cores - 1}`);
        expect(coresOf(generator.pid)).toBe(`0-${cores - 1}`);
      }
      await pool.end();
    }
    expect(new Set(pids).size).toBe(5);
  });
});

describe('concurrency is shown in two views', () => {
  test('the curve has as many connections as calls, and all calls over one', () => {
    const pairs = curve
      .phases({ effort: 'normal' }, 0)
      .flatMap(({ load }) => (load.kind === 'closed' ? load : []))
      .map(({ connections, inFlight }) => `${inFlight} over ${connections}`);
    expect(pairs).toEqual(expect.arrayContaining(['1 over 1', '64 over 64', '64 over 1']));
  });

  test.each(wires)('64 calls over 64 connections are 64 at a time on %s', async (wire) => {
    const loaded = await startOnWire(wire, 64, (arrivedMs) => arrivedMs + 100);
    const schedule = Array.from({ length: 64 }, () => 0);
    const options = { schedule, maxInFlight: 64, timeoutMs: 2000 };
    await runOpenLoop({ ...options, pacer: loaded.time.pacer, call: loaded.call });
    expect([loaded.mostAtATime(), loaded.connections()]).toEqual([64, 64]);
  });

  test.each(['http2', 'grpc', 'websocket'] as const)(
    '64 calls over one connection are, too, on %s, which has many on one',
    async (wire) => {
      const loaded = await startOnWire(wire, 1, (arrivedMs) => arrivedMs + 100);
      const schedule = Array.from({ length: 64 }, () => 0);
      const options = { schedule, maxInFlight: 64, timeoutMs: 2000 };
      await runOpenLoop({ ...options, pacer: loaded.time.pacer, call: loaded.call });
      expect([loaded.mostAtATime(), loaded.connections()]).toEqual([64, 1]);
    },
  );
});

describe('controls are bare libraries', () => {
  const controls = scenarios.flatMap(({ contenders }) =>
    contenders.flatMap(({ subject }) => ('control' in subject ? subject.control : [])),
  );

  test.each([
    'node-http',
    'node-http2',
    'node-http-protobuf',
    'node-http2-protobuf',
    'hono',
    'grpc-js',
    'yoga',
    'ws',
    'hono-core',
    'grpc-js-core',
    'graphql-core',
    'ws-core',
  ])('%s stands beside the rooms', (name) => {
    expect(controls).toContain(name);
  });

  test('each that is named is there', () => {
    const files = readdirSync(new URL('../../bench/subject/controls', import.meta.url));
    for (const name of controls) expect(files).toContain(`${name}.ts`);
  });
});
