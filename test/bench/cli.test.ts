import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readCommand } from '../../bench/cli.ts';
import { makePlan } from '../../bench/plan.ts';
import { readResult } from '../../bench/report/result.ts';
import { isAlive } from './alive.ts';

const cliPath = fileURLToPath(new URL('../../bench/cli.ts', import.meta.url));

function startBench(...args: readonly string[]): ChildProcess {
  const child = spawn(process.execPath, [cliPath, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
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

describe('the command line', () => {
  test.each([
    [['--only', 'point-read,nothing'], /--only: expected any of point-read.*, got 'nothing'/],
    [['--wires', 'soap'], /--wires: expected any of rest.*, got 'soap'/],
    [['--seed', 'x'], /--seed: expected an integer .* got 'x'/],
    [['--sed', '1'], /--sed/],
    [['extra'], /extra/],
  ])('%j is refused with what was expected', (args, message) => {
    expect(() => readCommand(args)).toThrow(message);
  });

  test('a bad flag is one error and exit code 1', async () => {
    const bench = startBench('--seed=-1.5');
    const said = bench.stderr ? text(bench.stderr) : Promise.resolve('');
    const [code] = await once(bench, 'exit');
    expect(code).toBe(1);
    expect((await said).trim().split('\n')).toHaveLength(1);
  });
});

describe('the plan', () => {
  const request = { only: [], wires: [], seed: 1, effort: 'normal' } as const;

  test('fits into five minutes, importing included', () => {
    expect(makePlan(request, true).estimateMs).toBeLessThan(295_000);
  });

  test('has every contender once a round, in an order that the seed decides', () => {
    const orderOf = (seed: number) =>
      makePlan({ ...request, only: ['point-read'], seed }, false).steps.map(
        ({ contender, round }) => `${round} ${contender.name}`,
      );
    expect(orderOf(1)).toEqual(orderOf(1));
    expect(orderOf(1)).not.toEqual(orderOf(2));
    expect(new Set(orderOf(1)).size).toBe(orderOf(1).length);
    expect(orderOf(1).toSorted()).toEqual(orderOf(2).toSorted());
    const rounds = orderOf(1).map((name) => name[0]);
    expect(rounds).toEqual(rounds.toSorted());
  });

  test('keeps the baseline and its repeat beside the wires that were asked for', () => {
    const plan = makePlan({ ...request, only: ['point-read'], wires: ['grpc'] }, false);
    const names = new Set(plan.steps.map(({ contender }) => contender.name));
    expect(names).toEqual(new Set(['rest', 'rest-again', 'grpc', 'grpc-js']));
  });
});

describe.runIf(process.platform === 'linux')('a run', () => {
  test('measures real servers, proves their answers, and writes a whole result', async () => {
    const folder = temporaryFolder();
    const args = ['--quick', '--only', 'point-read', '--wires', 'grpc', '--out', folder];
    const bench = startBench(...args);
    const said = bench.stdout ? text(bench.stdout) : Promise.resolve('');
    const [code] = await once(bench, 'exit');
    expect(await said).toContain('One payment read');
    const result = readResult(join(folder, 'latest.json'));
    expect(result.cells.map(({ invalid }) => invalid)).toEqual([[], [], [], []]);
    expect(code).toBe(0);
    expect(result.complete).toBe(true);
    expect(result.cells.map(({ contender }) => contender).toSorted()).toEqual([
      'grpc',
      'grpc-js',
      'rest',
      'rest-again',
    ]);
    const [sample] = result.cells.find(({ contender }) => contender === 'grpc')?.samples ?? [];
    expect(sample?.wire?.queriesPerCall).toBeGreaterThanOrEqual(1);
    expect(sample?.closed?.completed).toBeGreaterThan(0);
    expect(readFileSync(join(folder, 'latest.md'), 'utf8')).toContain('# Bench report');
  }, 40_000);

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
    expect(readResult(join(folder, 'latest.json')).complete).toBe(false);
    expect(readFileSync(join(folder, 'latest.md'), 'utf8')).toContain('CUT SHORT');
  }, 40_000);
});
