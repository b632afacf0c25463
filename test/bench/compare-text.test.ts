import { describe, expect, test } from 'vitest';
import { compareResults } from '../../bench/report/compare.ts';
import { renderComparison } from '../../bench/report/compare-text.ts';
import { type Result, readResult } from '../../bench/result/result.ts';
import { grpc, reads, runOf, wobble } from './compared-runs.ts';
import { cellOf, closedLoad, resultOf } from './small-result.ts';

describe('the comparison as text', () => {
  test('of a run with itself shows no difference, and refuses nothing', () => {
    const run = runOf([grpc(100)]);
    const comparison = compareResults(run, run);
    expect(comparison.figures.length).toBeGreaterThan(20);
    expect(comparison.refused).toEqual([]);
    for (const { comparison: of, difference } of comparison.figures) {
      expect(of.ratio).toBe(1);
      expect(difference).toBe('not shown');
    }
    const text = renderComparison(comparison);
    expect(text).toContain('0 of 24 figures differ');
    expect(text).not.toContain('what differs:');
    expect(text).toMatch(/^gRPC +no difference shown in \d+ figures$/m);
    expect(text).toMatch(/^SSE +not compared$/m);
  });

  test('sums up each wire in a line: what is better or worse, in how many figures, and the most', () => {
    const slower = renderComparison(compareResults(runOf([grpc(100)]), runOf([grpc(130)])));
    expect(slower).toMatch(
      /^gRPC +worse in 3 of \d+; most: point-read, .* (1\.30|0\.77)× \([\d.]+–[\d.]+\)$/m,
    );
    const faster = renderComparison(compareResults(runOf([grpc(130)]), runOf([grpc(100)])));
    expect(faster).toMatch(/^gRPC +better in 3 of/m);
    expect(faster).toMatch(/^REST +no difference shown/m);
  });

  test('calls more calls a second better, and more of anything else worse', () => {
    const at = (perSecond: number) =>
      runOf([
        cellOf(
          'point-read grpc',
          wobble.map((off) => ({ closed: [closedLoad(perSecond * off)] })),
        ),
      ]);
    const text = renderComparison(compareResults(at(1000), at(2000)));
    expect(text).toMatch(/grpc: throughput, [^×]* 2\.00× .*better$/m);
    expect(text).toMatch(/grpc: CPU at capacity, [^×]* 0\.50× .*better$/m);
  });

  test('has only figures that differ, each with its ratio, interval and direction', () => {
    const text = renderComparison(compareResults(runOf([grpc(100)]), runOf([grpc(130)])));
    const lines = text.slice(text.indexOf('what differs:')).split('\n');
    expect(lines.filter((line) => line.includes('×'))).toHaveLength(3);
    expect(lines.join('\n')).toMatch(
      /point-read grpc: CPU at rate, read, 2,000\/s, 64 connections\s+100 µs → 130 µs +1\.30× \(1\.2\d–1\.3\d\) +worse/,
    );
    expect(text).not.toContain('not comparable:');
  });

  test('fits into 100 columns, of the committed result and of one that differs in all', () => {
    const path = new URL('./fixtures/2026-11-26-two-cores.json', import.meta.url);
    const run = readResult(path);
    const cells = run.cells.map((cell) => ({
      ...cell,
      samples: cell.samples.map((sample) => ({
        ...sample,
        open: sample.open.map((load) => ({
          ...load,
          serverCpuMicros: (load.serverCpuMicros ?? 0) * 7,
        })),
        closed: sample.closed.map((load) => ({ ...load, perSecond: load.perSecond * 3 })),
      })),
    }));
    const environment = { ...run.environment, cpuModel: 'Other', packages: {}, loadBefore: 9 };
    const text = renderComparison(compareResults(run, { ...run, cells, environment }));
    const lines = text.split('\n');
    expect(lines.length).toBeGreaterThan(60);
    expect(lines.filter(({ length }) => length > 100)).toEqual([]);
  });
});

describe('a warning on top', () => {
  const usual = runOf([grpc(100)]);
  const warningsOf = (older: Result, newer: Result) => compareResults(older, newer).warnings;

  test('names rates that differ', () => {
    const rest = (perSecond: number) =>
      resultOf([cellOf('point-read rest', reads(80, { perSecond }))], {
        environment: { revision: null },
      });
    expect(warningsOf(rest(2000), rest(1500))).toContainEqual(
      expect.stringMatching(
        /^The equal rates differ: 2,000\/s in the older, 1,500\/s in the newer/,
      ),
    );
    expect(warningsOf(rest(2000), rest(2000))).toEqual([]);
  });

  test('names a machine that was busy before one of the runs', () => {
    const busy = runOf([], { environment: { loadBefore: 2.1 } });
    expect(warningsOf(usual, busy)).toContainEqual(
      expect.stringContaining('busier before the newer run: load 0.4 before the older, 2.1'),
    );
  });

  test('names a run that was cut short, a smoke test, and runs of the same revision', () => {
    const quick = { ...usual, options: { ...usual.options, effort: 'quick' as const } };
    expect(warningsOf({ ...usual, complete: false }, quick)).toEqual([
      'The older run was cut short: not everything was measured.',
      'The newer run is a smoke test.',
      'Both runs are of the same revision: what differs comes from the machine.',
    ]);
    const other = runOf([], { environment: { revision: 'f'.repeat(40) } });
    expect(warningsOf(usual, other)).toEqual([]);
  });

  test('comes before the figures', () => {
    const text = renderComparison(compareResults(usual, { ...usual, complete: false }));
    expect(text.indexOf('Warning: ')).toBeLessThan(text.indexOf('gRPC '));
  });
});
