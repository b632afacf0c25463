import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { readCommand } from '../../bench/command.ts';
import { readResult } from '../../bench/result/result.ts';
import { closedOf, openOf, wireOf } from '../../bench/statistics/summary.ts';
import { startServer } from '../../bench/subject/subject.ts';
import { findTemplate, importTemplate, openCopies } from '../../bench/subject/template.ts';
import type { Request } from '../../bench/trial/plan.ts';
import { isAlive } from './alive.ts';

const startPath = fileURLToPath(new URL('../../bench/start.js', import.meta.url));

function startBench(...args: readonly string[]): ChildProcess {
  const child = spawn(process.execPath, [startPath, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

/** Runs the bench to its end. */
async function runBench(...args: readonly string[]) {
  const bench = startBench(...args);
  const { stdout, stderr } = bench;
  if (!stdout || !stderr) throw new Error('Expected a process with pipes.');
  const exit = once(bench, 'exit');
  const [said, complaint, [code]] = await Promise.all([text(stdout), text(stderr), exit]);
  return { said, complaint, code };
}

/** The only dated folder in a folder of results. */
function datedIn(folder: string): string {
  const [dated, ...others] = readdirSync(folder);
  expect(dated).toMatch(/^\d{4}-\d{2}-\d{2}T\d{4}$/);
  expect(others).toEqual([]);
  return join(folder, dated ?? '');
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'bench-cli-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** Ids of the processes whose parent is `pid`. */
const childrenOf = (pid: number): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((child) => {
      try {
        const status = readFileSync(`/proc/${child}/status`, 'utf8');
        return new RegExp(`^PPid:\\s+${pid}$`, 'm').test(status);
      } catch {
        return false;
      }
    });

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 1000 && !holds(); tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  expect(holds()).toBe(true);
}

/** What the command line asks a run for. */
function requestIn(...args: readonly string[]): Request {
  const command = readCommand(args, '/results');
  if (command.action !== 'run') throw new Error(`Expected a run, got ${command.action}.`);
  return command.request;
}

describe('the command line', () => {
  test.each([
    [['--only', 'point-read,nothing'], /--only: expected any of point-read.*, got 'nothing'/],
    [['--wires', 'soap'], /--wires: expected any of rest.*, got 'soap'/],
    [['--seed', 'x'], /--seed: expected an integer .* got 'x'/],
    [['--rate', '0'], /--rate: expected an integer from 1 .* got '0'/],
    [['--rtt', '1,x'], /--rtt: expected a number .* got 'x'/],
    [['--target', 'rest=127.0.0.1'], /--target: expected WIRE=URL with its port/],
    [['--target', 'soap=http://127.0.0.1:1'], /--target: expected any of rest.*, got 'soap'/],
    [['--compare', 'a.json'], /--compare: expected two results/],
    [['--quick', '--full'], /one of --quick and --full/],
    [['--sed', '1'], /--sed/],
    [['extra'], /extra/],
  ])('%j is refused with what was expected', (args, message) => {
    expect(() => readCommand(args, '/results')).toThrow(message);
  });

  test('asks for a run in all that can be asked', () => {
    const args = '--only point-read --wires grpc --rate 300 --rtt 0,2.5 --connections 8';
    const more = '--duration 1.5 --pairs 4 --seed 9 --full --tls --target-pid 7';
    const target = ['--target', 'rest=https://a.example:4000', '--target', 'grpc=a.example:4001'];
    expect(requestIn(...args.split(' '), ...more.split(' '), ...target)).toEqual({
      only: ['point-read'],
      wires: ['grpc'],
      seed: 9,
      pairs: 4,
      tls: true,
      targets: [
        { wire: 'rest', host: 'a.example', port: 4000, tls: true },
        { wire: 'grpc', host: 'a.example', port: 4001, tls: false },
      ],
      targetPid: 7,
      targetCa: undefined,
      targetKey: undefined,
      loading: {
        effort: 'full',
        perSecond: 300,
        connections: 8,
        rttsMs: [0, 2.5],
        durationMs: 1500,
      },
    });
  });

  test.each([
    ['5', 5000],
    ['5s', 5000],
    ['500ms', 500],
    ['1.5 s', 1500],
    ['2m', 120_000],
  ])('takes the duration %j as %d ms', (text, durationMs) => {
    expect(requestIn('--duration', text).loading.durationMs).toBe(durationMs);
  });

  test.each(['', '5h', 's', '1.2.3s', '-5s', '49ms', '601s', '5s 5s', '1e3ms'])(
    'refuses the duration %j and says which it takes',
    (text) => {
      expect(() => requestIn(`--duration=${text}`)).toThrow(
        `--duration: expected a time from 50ms to 600s, such as 5s, got '${text}'`,
      );
    },
  );

  test('compares two results, or asks other tools, instead of a run', () => {
    expect(readCommand(['--compare', 'a.json', 'b.json'], '')).toEqual({
      action: 'compare',
      paths: ['a.json', 'b.json'],
    });
    expect(readCommand(['cross-check'], '')).toEqual({ action: 'cross-check', durationMs: 3000 });
    expect(readCommand(['--help'], '')).toEqual({ action: 'help', all: false });
    expect(readCommand(['--help', 'all'], '')).toEqual({ action: 'help', all: true });
  });
});

describe('the command', () => {
  test.each([
    [/--seed/, ['--seed=-1.5']],
    [/--threshold/, ['--threshold', 'rest.point-read.p99<5']],
    [/measures \(create\), got/, ['--only=create', '--threshold', 'sse.events.delay<5ms']],
    [
      /--target: expected one host/,
      ['--target', 'rest=http://127.0.0.1:1', '--target', 'grpc=10.0.0.1:2'],
    ],
    [
      /at 127\.0\.0\.1:1, got ECONNREFUSED; start the server/,
      ['--target', 'rest=http://127.0.0.1:1'],
    ],
    [/--target-ca: expected a readable PEM file/, ['--target-ca', '/none.pem']],
    [/--target-pid: expected a process that runs/, ['--target-pid', '4194304']],
    [/--out: expected a folder/, ['--out', startPath]],
    [/--compare: expected a result file or its folder/, ['--compare', '/none.json', '/none.json']],
    [/package\.json: Expected a bench result/, ['--compare', 'package.json', 'package.json']],
    [/Expected the folder of a part/, ['--assemble', '/tmp', '--out', '/tmp/whole.json']],
  ])('what cannot be run is one line that says %s, and exit code 1: %j', async (expected, args) => {
    const { code, complaint, said } = await runBench('--quick', ...args);
    expect(complaint).toMatch(expected);
    expect(complaint.trim().split('\n')).toHaveLength(1);
    expect(said).toBe('');
    expect(code).toBe(1);
  });

  test('a list of what would be run is exit code 0', async () => {
    const { code, said } = await runBench('--list');
    expect(code).toBe(0);
    expect(said).toMatch(/point-read: One payment read, [34] rounds/);
  });
});

describe.runIf(process.platform === 'linux')('a run', () => {
  beforeAll(async () => {
    const template = findTemplate();
    if (!template.exists) await importTemplate(template, new AbortController().signal);
  });

  test('measures real servers, proves their answers, and says that a limit was not kept', async () => {
    const folder = temporaryFolder();
    const args = ['--quick', '--only', 'create', '--wires', 'grpc', '--rtt', '0', '--out', folder];
    const { code, said } = await runBench(...args, '--threshold', 'rest.create.queries<0.5');
    expect(said).toContain('One payment created');
    expect(said).toContain('not met: rest.create.queries<0.5 (');
    expect(code).toBe(2);
    const result = readResult(join(datedIn(folder), 'result.json'));
    expect(result.cells.map(({ invalid }) => invalid)).toEqual([[], [], []]);
    expect(result.complete).toBe(true);
    const names = result.cells.map(({ contender }) => contender);
    expect(names.toSorted()).toEqual(['grpc', 'rest', 'rest-again']);
    const samples = result.cells.flatMap(({ samples: [sample] }) => sample ?? []);
    expect(samples).toHaveLength(3);
    for (const sample of samples) {
      expect(wireOf(sample)?.queriesPerCall).toBeGreaterThanOrEqual(1);
      expect(closedOf(sample)?.driver).toBe('lean');
      expect(openOf(sample)?.completed).toBeGreaterThan(0);
      expect(openOf(sample)?.serverCpuMicros).toBeGreaterThan(0);
      // Drawn by the seed, and by nothing else: all contenders have the same arrivals.
      expect(openOf(sample)?.scheduled).toBe(samples[0] && openOf(samples[0])?.scheduled);
    }
    expect(result.ceilings.map(({ protocol, driver }) => `${protocol} ${driver}`)).toEqual([
      'http1 lean',
      'http2 lean',
      'websocket lean',
      'http1 autocannon',
    ]);
    expect(readFileSync(join(datedIn(folder), 'report.md'), 'utf8')).toContain('# Bench report');
    expect(readFileSync(join(datedIn(folder), 'report.html'), 'utf8')).toContain('</html>');
  }, 240_000);

  test("of somebody else's server asks nothing of its process, and leaves it alive", async () => {
    const folder = temporaryFolder();
    const copies = openCopies(findTemplate());
    onTestFinished(() => copies.close());
    const target = await startServer({ wires: ['rest'], databasePath: copies.copy() });
    onTestFinished(() => target.stop());
    const { http, pid } = target.address;
    const args = ['--quick', '--only', 'point-read', '--rtt', '0', '--out', folder, '--target'];
    const limit = ['--threshold', 'rest.point-read.cpu<5s'];
    const { code, said } = await runBench(...args, `rest=http://127.0.0.1:${http}`, ...limit);
    const result = readResult(join(datedIn(folder), 'result.json'));
    // Its processor time is not known.
    expect(said).toContain('not measured: rest.point-read.cpu<5s');
    expect(said.trimEnd().split('\n').at(-1)).toMatch(
      /^Exit code 3: rest\.point-read\.cpu<5s lost/,
    );
    expect(code).toBe(3);
    expect(result.cells.map(({ contender, invalid }) => [contender, invalid])).toEqual([
      ['rest', []],
      ['rest-again', []],
    ]);
    for (const { samples } of result.cells) {
      expect(samples[0]).toMatchObject({ readyMs: null, idleBytes: null, peakBytes: null });
      const loads = samples.flatMap(({ closed, open }) => [...closed, ...open]);
      expect(loads.length).toBeGreaterThan(0);
      for (const { serverCpuMicros, serverLoopDelayMs, completed } of loads) {
        expect([serverCpuMicros, serverLoopDelayMs]).toEqual([null, null]);
        expect(completed).toBeGreaterThan(0);
      }
      expect(samples[0]?.wire[0]?.queriesPerCall).toBeNull();
    }
    expect(pid !== null && isAlive(pid)).toBe(true);
    expect((await fetch(`http://127.0.0.1:${http}/healthz`)).status).toBe(200);
  }, 240_000);

  test('of the store alone, in which nothing is invalid, is exit code 0', async () => {
    const folder = temporaryFolder();
    const { code } = await runBench('--quick', '--only', 'storage', '--out', folder);
    expect(code).toBe(0);
    expect(readResult(join(datedIn(folder), 'result.json')).storage?.writes.ratio).toBeGreaterThan(
      0,
    );
  }, 240_000);

  test('that is interrupted leaves no process, and keeps what was measured', async () => {
    const folder = temporaryFolder();
    const bench = startBench('--quick', '--only', 'cached,errors', '--out', folder);
    bench.stdout?.resume();
    const pid = bench.pid ?? 0;
    // Two: a server and its load generator.
    await until(() => childrenOf(pid).length >= 2);
    const children = childrenOf(pid);
    bench.kill('SIGINT');
    const [code] = await once(bench, 'exit');
    expect(code).toBe(130);
    await until(() => !children.some(isAlive));
    expect(readResult(join(datedIn(folder), 'result.json')).complete).toBe(false);
    expect(readFileSync(join(datedIn(folder), 'report.md'), 'utf8')).toContain('CUT SHORT');
  }, 240_000);
});
