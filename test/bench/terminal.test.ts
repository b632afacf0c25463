import { readdirSync, readFileSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { questions } from '../../bench/questions/index.ts';
import { commandFor } from '../../bench/report/answer-lines.ts';
import { renderBoard } from '../../bench/report/board-text.ts';
import { inkFor, plain } from '../../bench/report/ink.ts';
import { createProgress, createTimeLeft } from '../../bench/report/progress.ts';
import { tablesOf } from '../../bench/report/tables/index.ts';
import { renderEnd } from '../../bench/report/terminal.ts';
import { formatSpread } from '../../bench/result/format.ts';
import { parseResult, type Result } from '../../bench/result/result.ts';
import { linesOf } from '../../bench/result/table.ts';
import { callWires } from '../../bench/result/wires.ts';
import { scenarios } from '../../bench/scenarios/index.ts';
import { makePlan } from '../../bench/trial/plan.ts';
import { htmlSample } from './html-sample.ts';
import { callCell, eventCell, resultOf, wholeResult } from './sample-result.ts';

const results = new URL('../../bench/results/', import.meta.url);
const committed = readdirSync(results)
  .filter((name) => /^2.*\.json$/.test(name))
  .map((name): [string, Result] => [
    name,
    parseResult(JSON.parse(readFileSync(new URL(name, results), 'utf8'))),
  ]);
const newest = committed.at(-1)?.[1] ?? htmlSample;

const wild = (perSecond: number[]): Result => {
  const cell = callCell('point-read', 'rest', { cpuMicros: 123_456 });
  const samples = cell.samples.map((sample, at) => ({
    ...sample,
    closed: sample.closed.map((load) => ({ ...load, perSecond: perSecond[at] ?? 1 })),
  }));
  const cells = callWires.flatMap((contender) =>
    ['point-read', 'create'].map((scenario) => ({ ...cell, scenario, contender, samples })),
  );
  return resultOf([...cells, eventCell('sse', 99_999_999)]);
};

const samples: [string, Result][] = [
  ...committed,
  ['a made-up result', htmlSample],
  ['a result of every part', wholeResult()],
  ['an empty result', resultOf([])],
  ['a result that varies wildly', wild([1, 1_234_567, 9_999_999])],
];

/** Colours of a terminal. */
const coloured = inkFor({ isTTY: true }, {});
const end = renderEnd(newest);
const small = resultOf([
  callCell('point-read', 'rest', { cpuMicros: 80 }),
  callCell('point-read', 'rest-again', { cpuMicros: 80 }, { kind: 'again' }),
  callCell('point-read', 'grpc', { cpuMicros: 160 }),
]);

describe('the end of a run', () => {
  test.each(samples)('has no line of more than 100 columns: %s', (_name, result) => {
    for (const ink of [plain, coloured]) {
      const lines = renderEnd(result, ink).split('\n').map(stripVTControlCharacters);
      expect(lines.length).toBeGreaterThan(20);
      expect(lines.filter(({ length }) => length > 100)).toEqual([]);
      expect(lines.join('\n')).not.toMatch(/undefined|NaN|Infinity/);
    }
  });

  test('begins with the answer, and has one table', () => {
    expect(end.split('\n')[0]).toMatch(/^REST, gRPC or GraphQL\?/);
    expect(end).not.toContain('──');
    expect(end).toMatch(/\n {9,}reads\/s +CPU µs +p50 ms +bytes +creates\/s +screen ms +event ms/);
  });

  test('says the rate, how busy servers were, the noise and what is valid', () => {
    const text = end.replaceAll('\n', ' ');
    expect(text).toMatch(/Equal rate [\d,]+ reads\/s \(server busy: REST \d+ %, gRPC \d+ %/);
    expect(text).toMatch(/Differences below \d+ % in CPU, .* are noise in this run\./);
    expect(text).toMatch(/\d+ of \d+ cells valid/);
  });

  test("prints the load generator's own cost of a read, by wire", () => {
    // 0.2 of a core for 1,000 ms, and 1,000 calls.
    const result = resultOf([callCell('point-read', 'rest'), callCell('point-read', 'grpc')]);
    expect(renderEnd(result)).toContain('own CPU, µs a read: REST 200, gRPC 200.');
    const [table] = tablesOf(result);
    const at = table?.columns.findIndex(({ head }) => head === 'client µs (lean)');
    expect(table?.rows.map((row) => row[at ?? 0])).toEqual(['200', '200']);
  });

  test('asks each question as a person does, and answers beside it', () => {
    for (const { asks, number } of questions) {
      const [first = ''] = linesOf(asks, 36);
      expect(end).toMatch(new RegExp(`^ *${number}  ${first.replaceAll(/[?+]/g, '\\$&')}`, 'm'));
    }
    expect(end).toMatch(/ {2}Is gRPC faster than REST\? {2,}No: in Node, /);
  });

  test('says how to measure what has no answer, a line a question, after all answers', () => {
    const lines = renderEnd(resultOf([])).split('\n');
    for (const question of questions) {
      const found = lines.filter((line) => line.endsWith(` ${commandFor(question)}`));
      expect(found.length, question.asks).toBeGreaterThan(0);
    }
    const [before = '', after = ''] = end.split('Without an answer in this run.');
    expect(before).toMatch(/ (Yes|No|It depends): /);
    expect(after).not.toMatch(/ (Yes|No|It depends): /);
    expect(after).toContain('npm run bench -- --only ');
  });

  test('says how many cells are valid only in part', () => {
    const cells = small.cells.map((cell, at) => ({
      ...cell,
      invalid: at === 0 ? ['events lost'] : [],
      samples: cell.samples.map((sample) => ({
        ...sample,
        open: sample.open.map((load) => ({ ...load, invalid: at === 1 ? ['late'] : [] })),
      })),
    }));
    expect(renderEnd(resultOf(cells))).toContain('2 of 3 cells valid, 1 of them in part.');
  });

  test('warns first of a run that was cut short, or of a smoke test', () => {
    const options = { ...small.options, effort: 'quick' as const };
    expect(renderEnd({ ...small, complete: false })).toMatch(/^Cut short: /);
    expect(renderEnd({ ...small, options })).toMatch(/^Smoke test: /);
  });

  test('has colours only in a terminal whose user has not declined', () => {
    const isColoured = (isTTY: boolean, env: NodeJS.ProcessEnv) =>
      renderEnd(small, inkFor({ isTTY }, env)) !== renderEnd(small);
    expect(isColoured(true, {})).toBe(true);
    expect(isColoured(true, { NO_COLOR: '1' })).toBe(false);
    expect(isColoured(false, {})).toBe(false);
    expect(renderEnd(small, coloured)).toContain('\u001B[31mNo\u001B[39m: in Node');
  });
});

describe('the board in a terminal', () => {
  const again = { kind: 'again' } as const;
  const result = resultOf([
    callCell('point-read', 'rest', { cpuMicros: 80 }),
    callCell('point-read', 'rest-again', { cpuMicros: 80 }, again),
    callCell('point-read', 'grpc', { cpuMicros: 160 }),
    callCell('point-read', 'graphql', { cpuMicros: 120 }, { invalid: ['failures'] }),
  ]);
  const rowOf = (label: string, ink = plain) =>
    renderBoard(result, ink)
      .split('\n')
      .find((line) => line.startsWith(label));

  test('gives each figure its range, and marks the best', () => {
    expect(rowOf('REST')).toMatch(/ 80\*±1 %/);
    expect(rowOf('gRPC')).toMatch(/ 160 ±1 %/);
    expect(rowOf('REST', coloured)).toContain('\u001B[1m80\u001B[22m');
    expect(rowOf('gRPC', coloured)).not.toContain('\u001B[1m160');
  });

  test('distinguishes what does not apply from what is missing', () => {
    expect(rowOf('GraphQL')).toMatch(/ \? +\? /);
    expect(rowOf('SSE')).toMatch(/ – +– .*\?$/);
  });

  test.each([
    [{ value: 100, low: 91, high: 104 }, '±9 %'],
    [{ value: 100, low: 100, high: 100.2 }, ''],
    [{ value: 0, low: 0, high: 0 }, ''],
  ])('a spread is the larger side: %o', (figure, text) => {
    expect(formatSpread(figure)).toBe(text);
  });
});

/** A clock that a test moves. */
function createClock() {
  let nowMs = 0;
  return {
    now: () => nowMs,
    advance(ms: number) {
      nowMs += ms;
    },
  };
}

describe('the time left', () => {
  test('falls with the clock if the run keeps its pace', () => {
    const { now, advance } = createClock();
    const time = createTimeLeft(300_000, now);
    for (let doneMs = 0; doneMs <= 300_000; doneMs += 1000) {
      time.update(doneMs);
      expect(Math.abs(time.leftMs() - (300_000 - doneMs))).toBeLessThan(1);
      advance(1000);
    }
  });

  test('never jumps, and is right at the end, if the run is slower than estimated', () => {
    const { now, advance } = createClock();
    const time = createTimeLeft(100_000, now);
    const actualMs = 130_000;
    let last = time.leftMs();
    while (now() < actualMs) {
      // What takes long reports late: for ten seconds nothing is said.
      if (now() % 10_000 === 0) time.update((now() / actualMs) * 100_000);
      const left = time.leftMs();
      expect(Math.abs(left - last)).toBeLessThan(8000);
      last = left;
      if (now() > 60_000) expect(Math.abs(left - (actualMs - now()))).toBeLessThan(15_000);
      advance(1000);
    }
    expect(last).toBeLessThan(3000);
  });
});

test('the time left does not run out while the preflight takes longer than estimated', () => {
  const { now, advance } = createClock();
  const time = createTimeLeft(60_000, now);
  time.atLeast(50_000);
  advance(90_000);
  expect(time.leftMs()).toBe(50_000);
  expect(time.share()).toBeLessThan(0.7);
  time.update(10_000);
  expect(time.leftMs()).toBeGreaterThan(50_000);
});

describe('progress', () => {
  const request = {
    only: ['point-read', 'events'],
    wires: [],
    seed: 1,
    tls: false,
    targets: [],
    loading: { effort: 'normal' as const },
  };
  const plan = makePlan(scenarios, request, false);

  /** All that is written while the blocks of a plan are measured, each in ten parts. */
  function outputOf(isTTY: boolean): string[] {
    const { now, advance } = createClock();
    const written: string[] = [];
    const write = (text: string) => void written.push(text);
    const progress = createProgress({ isTTY, write }, plan, now);
    progress.calibrating();
    advance(plan.estimateMs - plan.blocks.reduce((sum, { estimateMs }) => sum + estimateMs, 0));
    for (const [at, block] of plan.blocks.entries()) {
      const restMs = plan.blocks.slice(at + 1).reduce((ms, one) => ms + one.estimateMs, 0);
      for (let part = 0; part < 10; part += 1) {
        progress.block(block, part / 10, restMs);
        advance(block.estimateMs / 10);
      }
      progress.finished(block.scenario.name, htmlSample);
    }
    progress.clear();
    return written;
  }

  test('in a log is a line a scenario and a line a round, without tables or control characters', () => {
    const lines = outputOf(false).join('').trimEnd().split('\n');
    const rounds = new Set(plan.blocks.map(({ round }) => round)).size;
    expect(lines).toHaveLength(1 + 2 + rounds - 1);
    expect(lines.every((line) => / \d.* left\.$/.test(line))).toBe(true);
    expect(lines.join('')).toBe(stripVTControlCharacters(lines.join('')));
    expect(lines[1]).toMatch(/^Measuring 1 of \d+: .*, \d+ min \d\d s left\.$/);
  });

  test('in a terminal is one line that is replaced, and says what, k of n and the time left', () => {
    const written = outputOf(true);
    expect(written.every((text) => text.startsWith('\r') && !text.includes('\n'))).toBe(true);
    const lines = written.map((text) => stripVTControlCharacters(text).trim());
    expect(lines.filter(({ length }) => length >= 100)).toEqual([]);
    expect(lines).toContainEqual(
      expect.stringMatching(new RegExp(`^[█░]{20} .* left · 2 of ${plan.blocks.length} · `)),
    );
    expect(lines.join('\n')).not.toContain('0 %');
  });
});
