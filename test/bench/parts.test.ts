import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { assemble } from '../../bench/assemble.ts';
import { readCommand } from '../../bench/command.ts';
import { planParts, runParts } from '../../bench/full.ts';
import {
  findMeasured,
  type MeasuredPart,
  readMeasuredPart,
  recordOf,
} from '../../bench/part-record.ts';
import { hashOfPart, sourcesOf } from '../../bench/part-sources.ts';
import { type Part, partNames, parts } from '../../bench/parts.ts';
import { describeRun } from '../../bench/report/markdown.ts';
import { differencesOf } from '../../bench/result/parts-of-run.ts';
import { type Result, readResult } from '../../bench/result/result.ts';
import type { RunCommand } from '../../bench/run.ts';
import { scenarioNames } from '../../bench/scenarios/index.ts';
import { root } from '../../bench/subject/sources.ts';
import { readEnvironment } from '../../bench/trial/environment.ts';
import { storageName } from '../../bench/trial/plan.ts';
import { callCell, resultOf, wholeResult } from './sample-result.ts';

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'bench-parts-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

function commandOf(...args: readonly string[]): RunCommand {
  const command = readCommand(args, '/results');
  if (command.action !== 'run' && command.action !== 'list') throw new Error('Expected a run.');
  return command;
}

const partNamed = (name: string): Part => {
  const found = parts.find((part) => part.name === name);
  if (!found) throw new Error(`Expected a part, got ${name}.`);
  return found;
};

describe('the parts of --full', () => {
  test('measure every scenario, and each in one part', () => {
    const measured = parts.flatMap(({ scenarios }) => scenarios);
    expect(measured.toSorted()).toEqual([...scenarioNames, storageName].sort());
  });

  test('are named, and say which questions need them', () => {
    expect(commandOf('--part', 'idle, board').parts).toEqual(['idle', 'board']);
    expect(partNamed('idle').questions).toEqual([12]);
    expect(partNamed('storage').questions).toEqual([]);
    expect(() => commandOf('--part', 'x')).toThrow(/--part: expected any of board, .* got 'x'/);
    expect(() => commandOf('--part', 'idle', '--only', 'idle')).toThrow(/one of --only and --part/);
  });

  test('are all run with full effort by --full, and are not made of --full --only', () => {
    const full = commandOf('--full');
    expect([full.parts, full.reuse]).toEqual([partNames, true]);
    expect(full.request.loading.effort).toBe('full');
    expect(commandOf('--part', 'idle').request.loading.effort).toBe('full');
    expect(commandOf('--full', '--only', 'idle').parts).toEqual([]);
    expect(commandOf('--full', '--fresh').reuse).toBe(false);
    expect(commandOf().parts).toEqual([]);
  });
});

describe('the length of a part', () => {
  const planned = (args: readonly string[]) =>
    planParts(commandOf(...args)).map(({ part, plan }) => ({
      name: part.name,
      minutes: plan.estimateMs / 60_000,
    }));

  test('is at most 20 minutes', () => {
    const long = planned(['--full']).filter(({ minutes }) => minutes > 20);
    expect(long).toEqual([]);
  });

  test('is kept by fewer rounds, unless flags ask for a number or another length', () => {
    const of = (...args: string[]) => planned(['--part', 'board', ...args])[0]?.minutes ?? 0;
    expect(of()).toBeLessThanOrEqual(partNamed('board').minutes);
    expect(of('--pairs', '40')).toBeGreaterThan(partNamed('board').minutes);
  });
});

describe('the sources of a part', () => {
  test('are files and folders that there are', () => {
    for (const part of parts) {
      for (const path of sourcesOf(part)) expect(existsSync(join(root, path)), path).toBe(true);
    }
  });

  test('are the servers, what measures them, and its own scenarios with what they import', () => {
    const sources = sourcesOf(partNamed('caching'));
    expect(sources).toEqual(expect.arrayContaining(['services', 'protos', 'package-lock.json']));
    expect(sources).toContain('bench/scenarios/cached.ts');
    expect(sources).not.toContain('bench/scenarios/idle.ts');
    expect(sources).not.toContain('bench/scenarios/index.ts');
    expect(sources.filter((path) => /report|questions/.test(path))).toEqual([]);
  });

  test('give another hash to a part of other scenarios, and the same to the same', () => {
    const [caching, idle] = [partNamed('caching'), partNamed('idle')];
    expect(hashOfPart(caching)).toBe(hashOfPart({ ...caching }));
    expect(hashOfPart(caching)).not.toBe(hashOfPart(idle));
  });
});

/** Runs parts in a folder of results, without measuring; up to a scenario that is interrupted. */
async function runFake(folder: string, args: readonly string[], interrupted?: string) {
  const measured: string[] = [];
  let said = '';
  const environment = readEnvironment();
  const code = await runParts(commandOf('--out', folder, ...args), {
    out: {
      write(text: string | Uint8Array) {
        said += String(text);
        return true;
      },
    },
    signal: new AbortController().signal,
    slowness: 1,
    async measure(_plan, { only, loading }) {
      measured.push(...only);
      const cells = only.map((scenario) => callCell(scenario, 'rest'));
      const complete = !only.includes(interrupted ?? '');
      const from = resultOf([]);
      const options = { ...from.options, effort: loading.effort, only: [...only] };
      return { ...from, environment, options, cells, complete };
    },
  });
  return { code, said, measured };
}

const inOrder = parts.flatMap(({ scenarios }) => scenarios);

describe('--full', () => {
  test('measures its parts in order, each with a result, and makes one of them', async () => {
    const folder = temporaryFolder();
    const { code, measured, said } = await runFake(folder, ['--full']);
    expect(measured).toEqual(inOrder);
    expect(code).toBe(0);
    expect(said).toContain(`${parts.length} of ${parts.length} parts to measure, about`);
    const names = readdirSync(folder).map((name) => name.replace(/^[\d-]+T\d{4}-?/, ''));
    expect(names.toSorted()).toEqual([...partNames, 'full', 'latest'].sort());
    const latest = readResult(join(folder, 'latest', 'result.json'));
    expect(latest.cells.map(({ scenario }) => scenario)).toEqual(inOrder);
    expect(latest.options).toMatchObject({ effort: 'full', only: [] });
  });

  test('goes on after Ctrl-C with the part that it had reached, and says what it reuses', async () => {
    const folder = temporaryFolder();
    const first = await runFake(folder, ['--full'], 'payload');
    const until = inOrder.indexOf('payload');
    expect(first.code).toBe(130);
    expect(first.measured).toEqual(inOrder.slice(0, until + 1));
    expect(first.said).toMatch(/Interrupted in part \d of \d+, payload\. The next --full goes on/);
    expect(existsSync(join(folder, 'latest'))).toBe(false);
    const second = await runFake(folder, ['--full']);
    expect(second.code).toBe(0);
    expect(second.measured).toEqual(inOrder.slice(until));
    expect(second.said).toMatch(/ board +reused: [\dT-]+-board +Read, /);
    const { cells } = readResult(join(folder, 'latest', 'result.json'));
    expect(cells.map(({ scenario }) => scenario)).toEqual(inOrder);
  });

  test('measures nothing again that nothing changed, and all of it with --fresh', async () => {
    const folder = temporaryFolder();
    await runFake(folder, ['--full']);
    expect((await runFake(folder, ['--full'])).measured).toEqual([]);
    expect((await runFake(folder, ['--full', '--fresh'])).measured).toEqual(inOrder);
  });

  test('reuses a part only of the same sources, machine and options', async () => {
    const folder = temporaryFolder();
    await runFake(folder, ['--part', 'idle']);
    const [name = ''] = readdirSync(folder);
    const { record } = readMeasuredPart(join(folder, name));
    expect(findMeasured(folder, record)?.folder).toBe(join(folder, name));
    const others = ['part', 'sources', 'machine', 'options'].map((field) => ({
      ...record,
      [field]: 'another',
    }));
    for (const other of others) expect(findMeasured(folder, other)).toBeUndefined();
    const [plain, faster] = [['--full'], ['--full', '--rate', '500']].map((args) =>
      recordOf(partNamed('idle'), commandOf(...args).request),
    );
    expect(plain).toEqual(record);
    expect(faster).not.toEqual(record);
  });

  test('measures a part that is named again, and leaves latest alone', async () => {
    const folder = temporaryFolder();
    await runFake(folder, ['--part', 'idle']);
    const { measured, code } = await runFake(folder, ['--part', 'idle']);
    expect([measured, code]).toEqual([['idle'], 0]);
    expect(readdirSync(folder).every((name) => /-idle(-2)?$/.test(name))).toBe(true);
  });

  test('is listed with the length of each part, and measures nothing', async () => {
    const { said, measured } = await runFake(temporaryFolder(), ['--full', '--list']);
    expect(measured).toEqual([]);
    expect(said).toMatch(/^ {2}idle +\d+ min +Memory of open connections \(question 12\)$/m);
    expect(said).toContain('idle: Idle connections, 3 rounds');
  });

  test('refuses a limit on what no part measures, before it starts', async () => {
    const run = runFake(temporaryFolder(), [
      '--part',
      'idle,caching',
      '--threshold',
      'rest.create.p99<5ms',
    ]);
    await expect(run).rejects.toThrow(
      /rest\.create\.p99<5ms': expected something that this run measures \(cached, idle\), got rest\.create/,
    );
  });
});

describe('the result of several parts', () => {
  const measuredAs = (name: string, result: Result): Pick<MeasuredPart, 'record' | 'result'> => ({
    record: recordOf(partNamed(name), commandOf('--full').request),
    result,
  });
  const board = measuredAs('board', resultOf([callCell('point-read', 'rest')]));
  const idle = measuredAs('idle', {
    ...wholeResult(),
    startedAt: '2026-11-20T09:00:00.000Z',
    cells: [callCell('idle', 'rest')],
  });

  test('has the cells of all in the order of the parts, and what only one of them has', () => {
    const whole = assemble([idle, board]);
    expect(whole.cells.map(({ scenario }) => scenario)).toEqual(['point-read', 'idle']);
    expect(whole.storage).toEqual(idle.result.storage);
    expect(whole.ceilings).toEqual(idle.result.ceilings);
    expect(whole.startedAt).toBe('2026-11-20T09:00:00.000Z');
    expect(whole.complete).toBe(true);
    expect(
      assemble([board, { ...idle, result: { ...idle.result, complete: false } }]),
    ).toMatchObject({ complete: false });
  });

  test('is refused of none, and of two that are of one part', () => {
    expect(() => assemble([])).toThrow(/expected the folders of parts, got none/);
    expect(() => assemble([board, idle, board])).toThrow(
      /expected each part once, got board twice/,
    );
  });

  test('says which parts are of another revision or machine', () => {
    expect(differencesOf(assemble([board, idle]))).toEqual([]);
    const { environment } = idle.result;
    const other = {
      ...idle,
      result: { ...idle.result, environment: { ...environment, revision: 'f'.repeat(40) } },
    };
    expect(differencesOf(assemble([board, other]))).toEqual([
      'idle: revision ffffffffffff; board: revision 0123456789ab',
    ]);
    expect(describeRun(assemble([board, other])).join('\n')).toContain(
      'Parts differ: idle: revision ffffffffffff; board: revision 0123456789ab.',
    );
    const slower = {
      ...idle,
      result: { ...idle.result, environment: { ...environment, cores: 1 } },
    };
    expect(differencesOf(assemble([board, slower]))).toEqual([
      expect.stringMatching(/^idle: .*1 cores/),
    ]);
  });

  test('can be made of their folders', async () => {
    const folder = temporaryFolder();
    await runFake(folder, ['--part', 'idle,caching']);
    const names = readdirSync(folder).filter((name) => /-(idle|caching)$/.test(name));
    const whole = assemble(names.map((name) => readMeasuredPart(join(folder, name))));
    expect(whole.options.only).toEqual(['cached', 'idle']);
    expect(() => readMeasuredPart(folder)).toThrow(/Expected the folder of a part/);
    const args = ['--assemble', 'a', 'b', '--out', 'c.json'];
    expect(readCommand(args, '')).toEqual({
      action: 'assemble',
      folders: ['a', 'b'],
      path: 'c.json',
    });
    expect(() => readCommand(['--assemble', 'a'], '')).toThrow(/--assemble: expected folders/);
  });
});
