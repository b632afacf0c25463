import { connect, createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import {
  connectLinks,
  type LinkProcess,
  type Links,
  startLinkProcess,
} from '../../bench/link/links.ts';
import { connectionsAreCheap } from '../../bench/questions/connections-are-cheap.ts';
import { goalsOf } from '../../bench/report/goals.ts';
import { tablesOf } from '../../bench/report/tables/index.ts';
import { scenarios } from '../../bench/scenarios/index.ts';
import { metrics } from '../../bench/statistics/summary.ts';
import type { Address } from '../../bench/subject/address.ts';
import { memoryOf, metered } from '../../bench/subject/meter.ts';
import { type Counted, countBytes } from '../../bench/trial/count-bytes.ts';
import { makePlan } from '../../bench/trial/plan.ts';
import { nothingMeasured } from '../../bench/trial/scenario.ts';
import { watched } from '../../bench/trial/steps.ts';
import { callOf, nowhere, pidOf, setupOf, startFake } from './fake-subject.ts';
import { callCell, cellOf, resultOf } from './sample-result.ts';

const onLinux = process.platform === 'linux';

describe('server CPU is compared at a rate that is the same for all', () => {
  test.runIf(onLinux)('is what the process itself says, to within a tenth', async () => {
    const subject = await startFake({});
    const burn = callOf(subject, '/burn');
    await burn();
    let ownMicros = 0;
    const { spent } = await metered(subject.address, async () => {
      for (let turn = 0; turn < 5; turn += 1) ownMicros += Number(await burn());
    });
    // Requests and their answers cost something, too: a little more is right, less never is.
    expect(spent.cpuMicros).toBeGreaterThan(0.9 * ownMicros);
    expect(spent.cpuMicros).toBeLessThan(1.5 * ownMicros);
  });

  test('is the server’s own account where the platform has none, and null if nobody has', async () => {
    const subject = await startFake({}, { counters: true });
    const burn = callOf(subject, '/burn');
    const counted: Address = { ...subject.address, pid: null };
    let ownMicros = 0;
    const { spent } = await metered(counted, async () => {
      ownMicros = Number(await burn());
    });
    expect(spent.cpuMicros).toBeGreaterThanOrEqual(ownMicros);
    const unknown = await metered({ ...counted, counters: false }, burn);
    expect(unknown.spent).toEqual({ cpuMicros: null, queries: null, loopDelayMs: null });
  });

  test('is that of the open loop, over the calls that were answered', () => {
    const [sample] = callCell('point-read', 'rest', { cpuMicros: 90 }).samples;
    expect(sample && metrics.cpuAtRate(sample, {})).toBeCloseTo(90, 6);
    const open = sample?.open.map((load) => ({ ...load, serverCpuMicros: null })) ?? [];
    expect(sample && metrics.cpuAtRate({ ...sample, open }, {})).toBeUndefined();
  });

  test('is taken of all contenders of a block by the same phases, rates and arrivals', () => {
    const request = { only: [], wires: [], seed: 1, tls: false, targets: [] };
    const { blocks } = makePlan(scenarios, { ...request, loading: { effort: 'normal' } }, false);
    for (const { steps, contenders } of blocks) {
      const phasesOf = contenders.map((one) =>
        steps
          .filter(({ phase, contenders }) => contenders.includes(one) && !phase.once)
          .map(({ phase }) => phase),
      );
      for (const phases of phasesOf) expect(phases).toEqual(phasesOf[0]);
    }
  });

  test('has its column, with the rate in its head', () => {
    const [table] = tablesOf(resultOf([callCell('point-read', 'rest', { cpuMicros: 90 })]));
    const at = table?.columns.findIndex(({ head }) => head === 'CPU µs at 1,000/s') ?? -1;
    expect(table?.rows[0]?.[at]).toBe('90');
  });
});

/** A server that greets with 100 bytes, and answers each byte with three, by a socket. */
async function startGreeter(): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.write(Buffer.alloc(100));
    socket.on('data', (chunk) => socket.write(Buffer.alloc(3 * chunk.length)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('Expected a port.');
  return address.port;
}

/** Says 7 bytes once, then 10 bytes a call, and waits for all that comes back. */
async function openGreeted(port: number): Promise<Counted> {
  const socket = connect(port, '127.0.0.1');
  let due = 100;
  let arrived = () => {};
  socket.on('data', (chunk) => {
    due -= chunk.length;
    if (due === 0) arrived();
  });
  const say = (bytes: number) =>
    new Promise<void>((resolve) => {
      arrived = resolve;
      due += 3 * bytes;
      socket.write(Buffer.alloc(bytes));
    });
  await say(7);
  let requests = 0;
  return {
    async call() {
      requests += 2;
      await say(10);
    },
    requests: () => requests,
    async close() {
      socket.destroy();
    },
  };
}

describe('bytes on the wire and queries are counted', () => {
  let linkProcess: LinkProcess;
  let links: Links;
  beforeAll(async () => {
    linkProcess = await startLinkProcess();
    links = await connectLinks(linkProcess.controlPort);
  });
  afterAll(async () => {
    await links.close();
    await linkProcess.stop();
  });
  const workload = { name: 'read', wire: 'rest', calls: 5 } as const;

  test('bytes are counted to the last one, both ways, and setting up apart', async () => {
    const address = { ...nowhere, http: await startGreeter() };
    expect(await countBytes(setupOf(address), workload, links, openGreeted)).toEqual({
      workload: 'read',
      calls: 5,
      sentBytesPerCall: 10,
      receivedBytesPerCall: 30,
      // The greeting, 7 bytes and the first call.
      firstSentBytes: 17,
      firstReceivedBytes: 100 + 21 + 30,
      requestsPerCall: 2,
      queriesPerCall: null,
    });
  });

  test('queries are those that the store has counted, of the calls alone', async () => {
    const subject = await startFake({}, { counters: true });
    const counted = await countBytes(setupOf(subject.address), workload, links, async () => ({
      call: callOf(subject),
      requests: () => 0,
      close: async () => {},
    }));
    expect(counted.queriesPerCall).toBe(3);
  });
});

describe('memory and the event loops of both sides are watched', () => {
  test.runIf(onLinux)('resident memory is read, now and at its peak', async () => {
    const memory = memoryOf(pidOf(await startFake({})));
    expect(memory?.residentBytes).toBeGreaterThan(10e6);
    expect(memory?.peakBytes).toBeGreaterThanOrEqual(memory?.residentBytes ?? Number.NaN);
  });

  test('the longest hold-up of a loop is kept, not a quantile; of the server as it says', async () => {
    const subject = await startFake({}, { counters: true });
    const { spent } = await watched(subject.address, async () => {
      for (let turn = 0; turn < 200; turn += 1) await new Promise(setImmediate);
      // Once, in 200 turns.
      const untilMs = performance.now() + 30;
      while (performance.now() < untilMs);
      await new Promise(setImmediate);
    });
    expect(spent.clientLoopDelayMs).toBeGreaterThanOrEqual(29);
    expect(spent.server.loopDelayMs).toBe(25);
    expect(spent.clientCpuShare).toBeGreaterThan(0);
    expect(spent.elapsedMs).toBeGreaterThanOrEqual(30);
  });

  test('what an idle connection weighs is what came with it, and answers the claim', () => {
    const idleCell = (wire: string, bytesEach: number) =>
      cellOf('idle', wire, () => ({
        ...nothingMeasured,
        idle: { connections: 500, firstBytes: 100e6, lastBytes: 100e6 + 500 * bytesEach },
      }));
    const result = resultOf([idleCell('websocket', 36_000), idleCell('grpc', 51_000)]);
    const [table] = tablesOf(result);
    expect(table?.rows.map((row) => row.slice(0, 3))).toEqual([
      ['WebSocket, subscribed', '36', '500'],
      ['gRPC, stream', '51', '500'],
    ]);
    const verdict = connectionsAreCheap.judge(result);
    expect(verdict.answer).toBe('depends');
    expect(verdict.because).toContain('WebSocket 36 kB, gRPC 51 kB. 100,000 over WebSocket');
    const heavy = resultOf([idleCell('websocket', 36e6)]);
    expect(connectionsAreCheap.judge(heavy).answer).toBe('no');
    expect(connectionsAreCheap.judge(resultOf([])).answer).toBe('not measured');
  });

  test('what an idle server weighs is a figure of every run', () => {
    const start = { readyMs: 400, firstAnswerMs: 500, idleBytes: 90e6 };
    const named = goalsOf(resultOf([], { start })).find(({ name }) => name.startsWith('idle'));
    expect(named).toMatchObject({ measured: '90 MB', verdict: 'reached' });
  });
});
