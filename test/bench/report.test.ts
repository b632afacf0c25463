import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { questions } from '../../bench/questions/index.ts';
import { goalsOf } from '../../bench/report/goals.ts';
import { writeJson } from '../../bench/report/json.ts';
import { renderReport } from '../../bench/report/markdown.ts';
import { renderReadmeResults } from '../../bench/report/readme.ts';
import { tablesOf } from '../../bench/report/tables/index.ts';
import { renderEnd, renderTables } from '../../bench/report/terminal.ts';
import { formatDuration, formatMs, formatNumber, formatRatio } from '../../bench/result/format.ts';
import { parseResult, type Result, readResult } from '../../bench/result/result.ts';
import { left, renderMarkdown, renderText, right } from '../../bench/result/table.ts';
import { faultsOfClosed } from '../../bench/statistics/validity.ts';
import { goodCreate, goodRead } from '../../bench/trial/failure-costs.ts';
import { usage, usageOfAll } from '../../bench/usage.ts';
import {
  callCell,
  eventCell,
  failureCell,
  resultOf,
  wholeResult as resultOfEveryPart,
  type Shown,
} from './sample-result.ts';

const rest: Partial<Shown> = {
  perSecond: 10_000,
  cpuMicros: 80,
  p50Micros: 300,
  autocannonPerSecond: 15_000,
};
const again = { kind: 'again' } as const;
const invalid = { invalid: ['unexpected failures: 3 × status 500'] };

const wholeResult = (): Result =>
  resultOf([
    callCell('point-read', 'rest', rest),
    callCell('point-read', 'rest-again', { ...rest, perSecond: 10_050, p50Micros: 301 }, again),
    callCell('point-read', 'grpc', { perSecond: 6000, cpuMicros: 130, p50Micros: 500 }),
    callCell('point-read', 'graphql', rest, invalid),
    callCell('attribution', 'rest-json-h1', rest),
    callCell(
      'attribution',
      'hono',
      { ...rest, cpuMicros: 50, perSecond: 15_000 },
      { kind: 'control' },
    ),
    callCell('screen', 'rest-chatty', { ...rest, requests: 22, queries: 22 }),
    callCell('screen', 'rest-expand', { ...rest, queries: 3 }),
    callCell('screen', 'graphql-naive', { ...rest, cpuMicros: 400, queries: 22 }),
    callCell('screen', 'graphql-loaders', { ...rest, queries: 3.03 }),
    eventCell('sse', 3000),
    eventCell('websocket', 2000),
    eventCell('rest', 120_000),
    eventCell('nobody', 1),
    failureCell('graphql', {
      not_found: '200 data: null',
      unauthenticated: '401 errors[]',
      validation_failed: '200 data: ValidationFailed',
      [goodRead]: '',
      [goodCreate]: '',
    }),
  ]);

type Path = readonly (string | number)[];

/** Where every field of a value is, all the way down. What a map holds is no field of it. */
function fieldsOf(value: unknown, at: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((item, index) => fieldsOf(item, [...at, index]));
  if (['packages', 'targets', 'failures'].includes(String(at.at(-1)))) return [];
  return Object.entries(value).flatMap(([name, inner]) => [
    [...at, name],
    ...fieldsOf(inner, [...at, name]),
  ]);
}

/** A copy of `value` without the field at `path`. */
function without(value: unknown, path: Path): unknown {
  const copy: unknown = structuredClone(value);
  let holder = copy;
  // Each step of the path is there.
  for (const key of path.slice(0, -1)) holder = (holder as Record<string, unknown>)[key];
  delete (holder as Record<string, unknown>)[String(path.at(-1))];
  return copy;
}

describe('the result file', () => {
  test('comes back as it was written, histograms and all', () => {
    const folder = mkdtempSync(join(tmpdir(), 'bench-report-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    for (const result of [wholeResult(), resultOfEveryPart()]) {
      writeJson(join(folder, 'a', 'latest.json'), result);
      expect(readResult(join(folder, 'a', 'latest.json'))).toEqual(result);
      expect(readdirSync(join(folder, 'a'))).toEqual(['latest.json']);
    }
  });

  test('is refused with a field that this version does not know', () => {
    const result = resultOfEveryPart();
    expect(() => parseResult({ ...result, average: 3 })).toThrow(/average/);
    expect(() => parseResult({ ...result, version: 'fivewire-bench/1' })).toThrow(/version/);
  });
});

describe('the result holds everything needed to argue with it', () => {
  const result = resultOfEveryPart();
  const fields = fieldsOf(result);
  const [sample] = result.cells[0]?.samples ?? [];

  test.each([
    'environment.machine',
    'environment.kernel',
    'environment.governor',
    'environment.node',
    'environment.packages',
    'environment.revision',
    'options.seed',
    'options.flags',
    'options.tls',
    'options.targets',
    'start.firstAnswerMs',
    'ceilings.0.perSecond',
    'link.points.0.achievedMs',
    'storage.writes.ratio',
    'cells.0.invalid',
    'cells.0.samples.0.warmUpMs',
    'cells.0.samples.0.closed.0.latency',
    'cells.0.samples.0.closed.0.driver',
    'cells.0.samples.0.closed.1.drift',
    'cells.0.samples.0.open.0.achieved',
    'cells.0.samples.0.open.0.response',
    'cells.0.samples.0.open.0.service',
    'cells.0.samples.0.open.0.lateness',
    'cells.0.samples.0.open.0.share',
    'cells.0.samples.0.open.0.serverLoopDelayMs',
    'cells.0.samples.0.capacity.0.steps.0.met',
    'cells.0.samples.0.wire.0.queriesPerCall',
    'cells.0.samples.0.delivery.firstEvent',
    'cells.0.samples.0.caching.stale',
    'cells.0.samples.0.failures.0.perCall.latency',
  ])('%s is a part of it', (name) => {
    expect(fields.map((path) => path.join('.'))).toContain(name);
  });

  test('without any one field, whichever, it is refused, and the field is named', () => {
    expect(fields.length).toBeGreaterThan(180);
    for (const path of fields) {
      const name = path.join('.');
      expect(() => parseResult(without(result, path)), name).toThrow(`\n${name}: `);
    }
  });

  test('histograms are raw, in the compressed form of HdrHistogram V2', () => {
    for (const text of [sample?.open[0]?.response, sample?.closed[0]?.latency]) {
      // Cookie of the compressed V2 form, with the size of a word in it.
      expect(Buffer.from(text ?? '', 'base64').readInt32BE(0)).toBe(0x1c849314);
    }
  });
});

describe('the report', () => {
  test('prints an invalid cell hollow, with its reason', () => {
    const [table] = tablesOf(wholeResult());
    const row = table?.rows.find(([label]) => label?.startsWith('GraphQL'));
    expect(row?.[0]).toBe('GraphQL (INVALID)');
    expect(new Set(row?.slice(1))).toEqual(new Set(['–']));
    expect(table?.notes).toContain('GraphQL: INVALID, unexpected failures: 3 × status 500');
  });

  test('names the noise floor, the samples and the machine', () => {
    const report = renderReport(wholeResult());
    expect(report).toMatch(
      /^# Bench report\n\n\*\*REST, gRPC or GraphQL\?\*\* [^|]*\n\n\| {2}\| reads\/s \|/,
    );
    expect(report).toContain('Noise floor');
    expect(report).toContain('6,000');
    expect(report).toContain('Sample Processor, 2 cores');
    expect(report).toContain('seed 7');
    expect(renderTables(wholeResult())).toContain('Goals, and whether');
  });

  test('is the same of a result in the shape of version 3', () => {
    const result = wholeResult();
    const text = JSON.stringify({ ...result, version: 'fivewire-bench/3' });
    const older: unknown = JSON.parse(text.replaceAll('"workload":', '"act":'));
    expect(parseResult(older)).toEqual(result);
  });

  test('says of a client that was the limit that it was, and judges by CPU then', () => {
    const limited = (contender: string, cpuMicros: number) => {
      const shares = { clientCpuShare: 0.98, serverCpuShare: 0.7 };
      const cell = callCell('attribution', contender, { ...rest, cpuMicros, ...shares });
      const samples = cell.samples.map((sample) => ({
        ...sample,
        closed: sample.closed.map((load) => ({
          ...load,
          invalid: faultsOfClosed(load, undefined),
        })),
      }));
      return { ...cell, samples };
    };
    const result = resultOf([limited('grpc', 100), limited('grpc-js-constant', 70)]);
    expect(renderReport(result)).toContain(
      'capacity INVALID, client at 98 % of its core, above 80 %; 10000/s is estimated by its CPU',
    );
    const figure = goalsOf(result).find(({ name }) => name.startsWith('gRPC'));
    expect(figure).toMatchObject({ verdict: 'reached' });
    expect(figure?.measured).toMatch(/^0\.70× .*by CPU \(calls\/s: –\)/);
  });

  test('says that a figure was missed, and by how much', () => {
    const result = wholeResult();
    const start = { readyMs: 500, firstAnswerMs: 1800, idleBytes: 150e6 };
    const figures = goalsOf({ ...result, start });
    const named = (part: string) => figures.find(({ name }) => name.includes(part));
    expect(named('REST read, over bare hono')).toMatchObject({ verdict: 'reached' });
    expect(named('idle')).toMatchObject({ verdict: 'missed', missedBy: '25 %' });
    expect(named('first response')).toMatchObject({ verdict: 'missed', missedBy: '20 %' });
    expect(named('DataLoader')).toMatchObject({ verdict: 'reached', measured: '3 queries' });
    expect(named('WebSocket read')).toMatchObject({ verdict: 'not measured' });
  });

  test('of a run that was cut short says so', () => {
    expect(renderReport(resultOf([], { complete: false }))).toContain('CUT SHORT');
  });

  test("README's results have the answer, a row a wire with ranges, the noise and the machine", () => {
    const text = renderReadmeResults(wholeResult(), 'bench/results/a.json');
    expect(text).toMatch(
      /^\*\*REST, gRPC or GraphQL\?\*\* .* on 2 cores of Sample Processor: REST/,
    );
    expect(text).toMatch(/\| REST \| \*\*10,000\*\* ±1 % \| \*\*80\*\* ±1 % \|/);
    expect(text).toMatch(/\| GraphQL \| \? \|/);
    expect(text).toContain('GraphQL lacks figures: unexpected failures: 3 × status 500; ');
    expect(text).toMatch(/Differences below \d+ % in CPU/);
    expect(text).toContain('Measured on 2026-11-21, Node v26.10.0, revision 0123456789ab');
    expect(text).not.toContain('p99');
  });

  test("README's results say when to choose which, with the reason that was measured", () => {
    const [, choices = ''] = renderReadmeResults(wholeResult(), '').split(
      '## When to choose which',
    );
    expect(choices).toMatch(
      /\| call between your own services.* \| REST \| a gRPC read costs 1\.6× /,
    );
  });

  test('tables are aligned in a terminal and escaped in Markdown', () => {
    const table = {
      title: 'T',
      lead: '',
      columns: [left('name'), right('value')],
      rows: [
        ['a|b', '1'],
        ['c', '1,000'],
      ],
      notes: ['a note'],
    };
    expect(renderText(table)).toBe(
      'T\n\nname  value\n───────────\na|b       1\nc     1,000\n  a note\n',
    );
    expect(renderMarkdown(table)).toContain('| a\\|b | 1 |');
  });

  test('a table that is wider than a terminal goes on below, each part with its first column', () => {
    const long = 'x'.repeat(50);
    const table = {
      title: 'T',
      lead: 'word '.repeat(30).trim(),
      columns: [left('name'), right(long), right(long), right('last')],
      rows: [['a', '1', '2', '3']],
      notes: [],
    };
    const lines = renderText(table, 100).split('\n');
    expect(lines.filter((line) => line.startsWith('name'))).toEqual([
      `name  ${long}`,
      `name  ${long}  last`,
    ]);
    expect(lines.filter((line) => line.startsWith('a '))).toHaveLength(2);
    expect(lines.filter((line) => line.startsWith('  word')).map(({ length }) => length)).toEqual([
      96, 56,
    ]);
  });

  test('a terminal of 100 columns shows the help and every table of a committed run', () => {
    const result = readResult(new URL('./fixtures/2026-11-26-two-cores.json', import.meta.url));
    const tables = tablesOf(result).map((table) => renderText(table, 100));
    const texts = [usage, usageOfAll, renderEnd(result), renderTables(result), ...tables];
    const lines = texts.flatMap((text) => text.split('\n'));
    expect(lines.length).toBeGreaterThan(300);
    expect(lines.filter(({ length }) => length > 100)).toEqual([]);
  });

  test('numbers have three digits, durations their minutes, and nothing is NaN', () => {
    expect(formatNumber(0.01234)).toBe('0.012');
    expect(formatNumber(12.345)).toBe('12.3');
    expect(formatNumber(12_345)).toBe('12,345');
    expect(formatNumber(Number.NaN)).toBe('–');
    expect(formatMs(undefined)).toBe('–');
    expect(formatMs(1234)).toBe('1.23');
    expect(formatDuration(65_400)).toBe('1 min 05 s');
    expect(formatRatio({ ratio: 1.5, interval: { low: 1.4, high: 1.61 } })).toBe(
      '1.50× [1.40, 1.61]',
    );
  });
});

describe('questions', () => {
  const answers = (result: Result) =>
    Object.fromEntries(questions.map(({ number, judge }) => [number, judge(result).answer]));

  test('are answered by the numbers', () => {
    expect(answers(wholeResult())).toMatchObject({
      1: 'no',
      4: 'yes',
      6: 'yes',
      15: 'no',
      16: 'no',
      30: 'not measured',
    });
  });

  test('are not measured where nothing was, and never answered from an invalid cell', () => {
    expect(new Set(Object.values(answers(resultOf([]))))).toEqual(new Set(['not measured']));
    const result = wholeResult();
    const cells = result.cells.map((cell) => ({ ...cell, ...invalid }));
    expect(new Set(Object.values(answers({ ...result, cells })))).toEqual(
      new Set(['not measured']),
    );
  });

  test("tell what GraphQL costs from what its server's HTTP layer costs", () => {
    const answerOf = (yogaMicros: number, leanMicros: number) => {
      const read = (name: string, cpuMicros: number) =>
        callCell('point-read', name, { ...rest, cpuMicros });
      const cells = [
        read('rest', 80),
        callCell('point-read', 'rest-again', { ...rest, cpuMicros: 80 }, again),
        read('graphql', yogaMicros),
        read('graphql-lean', leanMicros),
      ];
      const question = questions.find(({ number }) => number === 34);
      return question?.judge(resultOf(cells));
    };
    expect(answerOf(160, 120)?.answer).toBe('yes');
    expect(answerOf(160, 80)?.answer).toBe('depends');
    expect(answerOf(40, 40)?.answer).toBe('no');
    expect(answerOf(160, 80)?.because).toContain('GraphQL over its lean host 2.0×');
  });

  test('show no difference if there is none outside the noise', () => {
    const result = resultOf([
      callCell('point-read', 'rest', rest),
      callCell('point-read', 'rest-again', { ...rest, cpuMicros: 70, p50Micros: 270 }, again),
      callCell('point-read', 'grpc', { ...rest, cpuMicros: 78, p50Micros: 310 }),
    ]);
    expect(answers(result)[1]).toBe('no difference shown');
  });
});
