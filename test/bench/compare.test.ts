import { describe, expect, test } from 'vitest';
import { compareResults } from '../../bench/report/compare.ts';
import { renderComparison } from '../../bench/report/compare-text.ts';
import type { Result } from '../../bench/result/result.ts';
import { compareIndependent } from '../../bench/statistics/independent.ts';
import { differenceOf } from '../../bench/statistics/paired.ts';
import { createRandom, type Random } from '../../bench/statistics/random.ts';
import { grpc, reads, runOf, wobble } from './compared-runs.ts';
import {
  cellOf,
  closedLoad,
  deliveryOf,
  histogramAround,
  openLoad,
  resultOf,
  wireLoad,
} from './small-result.ts';

/** Standard normal (Box and Muller). */
const normal = (random: Random): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

const figureOf = (older: Result, newer: Result, contender: string, figure: string) =>
  compareResults(older, newer).figures.find(
    (one) => one.contender === contender && one.figure === figure,
  );

const refusalsOf = (older: Result, newer: Result): string[] =>
  compareResults(older, newer).refused.map(({ what, reason }) => `${what}: ${reason}`);

describe('two samples that are no pairs', () => {
  test.each([
    [3, 3],
    [4, 4],
    [3, 10],
    [10, 10],
  ])('of %i and %i equal processes, about one in twenty shows a difference', (many, others) => {
    const random = createRandom(42 + many + others);
    const runs = 700;
    let shown = 0;
    for (let run = 0; run < runs; run += 1) {
      const draw = (n: number) =>
        Array.from({ length: n }, () => 1000 * Math.exp(0.05 * normal(random)));
      const ratio = compareIndependent(draw(many), draw(others), random);
      if (differenceOf(ratio, 1) !== 'not shown') shown += 1;
    }
    expect(shown / runs).toBeGreaterThan(0.01);
    expect(shown / runs).toBeLessThan(0.08);
  });

  test('the ratio is of the geometric means, and lies in its interval', () => {
    const { ratio, interval } = compareIndependent([2, 8, 4], [1, 2, 4], createRandom(1));
    expect(ratio).toBeCloseTo(2);
    expect(interval?.low).toBeLessThan(2);
    expect(interval?.high).toBeGreaterThan(2);
  });

  test('the interval is as wide as that of Welch, for as few processes as there are', () => {
    const values = [0.97, 1, 1.01, 1.03].map((value) => Math.exp(value));
    const { interval } = compareIndependent(values, values, createRandom(1));
    // Unbiased variance of a mean of four; 6 degrees of freedom have Student's t of 2.447.
    const halfWidth = 2.447 * Math.sqrt(2 * (0.001875 / 3 / 4));
    expect(Math.log(interval?.high ?? 0) / halfWidth).toBeCloseTo(1, 1);
    expect(Math.log(interval?.low ?? 0) / halfWidth).toBeCloseTo(-1, 1);
  });

  test('equal values have a ratio of exactly 1, and an interval of nothing else', () => {
    const { ratio, interval } = compareIndependent(
      [890, 890, 890, 890, 890],
      [890, 890, 890],
      createRandom(1),
    );
    expect(ratio).toBe(1);
    expect(interval).toEqual({ low: 1, high: 1 });
  });

  test('two values on a side have no interval', () => {
    expect(compareIndependent([1, 2], [1, 2, 3], createRandom(1)).interval).toBeUndefined();
  });
});

describe('a figure of two runs', () => {
  test('is a difference where its interval excludes 1 and it is beyond both floors', () => {
    const slower = figureOf(runOf([grpc(100)]), runOf([grpc(130)]), 'grpc', 'CPU at rate');
    expect(slower).toMatchObject({ difference: 'more', older: '100 µs', newer: '130 µs' });
    expect(slower?.comparison.ratio).toBeCloseTo(1.3);
    const faster = figureOf(runOf([grpc(130)]), runOf([grpc(100)]), 'grpc', 'CPU at capacity');
    expect(faster?.difference).toBe('less');
  });

  test('reads "no difference shown" within the noise floor of either run', () => {
    const quiet = runOf([grpc(100)]);
    const noisyAgain = cellOf(
      'point-read rest-again',
      reads(50).map((_, at) => reads(50 * (at % 2 === 0 ? 1.4 : 0.7))[at] ?? {}),
    );
    const noisy = resultOf([cellOf('point-read rest', reads(50)), noisyAgain, grpc(130)]);
    for (const [older, newer] of [
      [quiet, noisy],
      [noisy, quiet],
    ] as const) {
      const figure = figureOf(older, newer, 'grpc', 'CPU at rate');
      expect(figure?.difference).toBe('not shown');
      const { low = 0, high = 0 } = figure?.comparison.interval ?? {};
      expect(low > 1 || high < 1).toBe(true);
      expect(figure?.floor).toBeGreaterThan(1.3);
    }
  });

  test('reads "no difference shown" where a run has no noise floor, or fewer than 3 processes', () => {
    const alone = (cpu: number) => resultOf([grpc(cpu)]);
    expect(figureOf(alone(100), alone(200), 'grpc', 'CPU at rate')?.difference).toBe('not shown');
    const two = (cpu: number) => runOf([cellOf('point-read grpc', reads(cpu).slice(2))]);
    expect(figureOf(two(100), two(200), 'grpc', 'CPU at rate')?.difference).toBe('not shown');
    expect(renderComparison(compareResults(two(100), two(200))).replaceAll('\n', ' ')).toMatch(
      /\d+ have fewer than 3 processes, so that no difference can be shown/,
    );
  });

  test('is shown for bytes and queries, which are counted, without a noise floor of their own', () => {
    const counting = (bytes: number, queries: number) =>
      resultOf([
        cellOf(
          'payload grpc',
          wobble.map(() => ({ wire: [wireLoad(bytes, queries)] })),
        ),
      ]);
    const [older, newer] = [counting(260, 1), counting(265, 1)];
    expect(figureOf(older, newer, 'grpc', 'bytes in')?.difference).toBe('more');
    expect(figureOf(older, newer, 'grpc', 'bytes out')?.difference).toBe('not shown');
    expect(figureOf(older, newer, 'grpc', 'queries')?.difference).toBe('not shown');
    expect(figureOf(older, counting(260, 4), 'grpc', 'queries')?.newer).toBe('4');
  });

  test('of events is their delay and CPU, against the noise floor of the stream', () => {
    const events = (micros: number) =>
      resultOf(
        (['events sse', 'events sse-again', 'events grpc'] as const).map((name, at) =>
          cellOf(
            name,
            wobble.map((_, round) => ({
              delivery: deliveryOf(
                Math.round((at === 2 ? micros : 1700) * (wobble[(round + at) % 4] ?? 1)),
              ),
            })),
          ),
        ),
      );
    const delay = figureOf(events(2000), events(3000), 'grpc', 'delay, p50');
    expect(delay).toMatchObject({ difference: 'more', load: 'event, 10 watchers' });
    expect(figureOf(events(2000), events(3000), 'sse', 'delay, p50')?.difference).toBe('not shown');
    expect(figureOf(events(2000), events(3000), 'grpc', 'CPU of an event')?.difference).toBe(
      'more',
    );
  });

  test('is of its own load, where a cell was loaded in many ways', () => {
    const sweep = (perSecond: number) =>
      runOf([
        cellOf(
          'point-read grpc',
          reads(100).map((one) => ({
            ...one,
            closed: [closedLoad(10_000), closedLoad(perSecond, { inFlight: 1, connections: 1 })],
          })),
        ),
      ]);
    const { figures } = compareResults(sweep(2000), sweep(3000));
    const rates = figures.filter(
      ({ contender, figure }) => contender === 'grpc' && figure === 'throughput',
    );
    expect(rates.map(({ load, newer, difference }) => [load, newer, difference])).toEqual([
      ['read, 64 in flight, 64 connections', '10,000/s', 'not shown'],
      ['read, 1 in flight, 1 connection', '3,000/s', 'more'],
    ]);
  });

  test('counts a process once, though it was loaded twice in the same way', () => {
    const twice = runOf([
      cellOf(
        'point-read grpc',
        reads(100)
          .slice(0, 2)
          .map((one) => ({ ...one, closed: [closedLoad(10_000), closedLoad(12_000)] })),
      ),
    ]);
    const figure = figureOf(twice, twice, 'grpc', 'throughput');
    expect(figure?.comparison.interval).toBeUndefined();
    expect(figure?.newer).toBe('10,000/s');
  });
});

describe('what is refused', () => {
  const usual = runOf([grpc(100)]);

  test.each([
    ['2,000/s in one, 1,000/s in the other', { perSecond: 1000 }],
    ['64 connections in one, 1 connection in the other', { connections: 1 }],
    ['0 ms round trip in one, 10 ms round trip in the other', { rttMs: 10 }],
    ['poisson arrivals in one, uniform arrivals in the other', { arrivals: 'uniform' }],
    ['lean driver in one, client driver in the other', { driver: 'client' }],
  ] as const)('is a load made differently, by name: %s', (reason, more) => {
    const other = runOf([grpc(200, more)]);
    expect(refusalsOf(usual, other)).toEqual([`point-read grpc: read at equal rate: ${reason}`]);
    expect(figureOf(usual, other, 'grpc', 'CPU at rate')).toBeUndefined();
    expect(figureOf(usual, other, 'grpc', 'throughput')).toBeDefined();
  });

  test('is another number of calls in flight', () => {
    const other = runOf([
      cellOf(
        'point-read grpc',
        reads(100).map((one) => ({ ...one, closed: [closedLoad(9000, { inFlight: 16 })] })),
      ),
    ]);
    expect(refusalsOf(usual, other)).toEqual([
      'point-read grpc: read in a closed loop: 64 in flight in one, 16 in flight in the other',
    ]);
  });

  test('is everything, where one run is over TLS or of a server of somebody else', () => {
    const secure = runOf([grpc(100)], { options: { tls: true } });
    const target = runOf([grpc(100)], { options: { targets: { grpc: '127.0.0.1:4000' } } });
    expect(refusalsOf(usual, secure)).toEqual(['everything: no TLS in one, TLS in the other']);
    expect(refusalsOf(target, usual)).toEqual([
      "everything: somebody else's server in one, own server in the other",
    ]);
    expect(compareResults(usual, secure).figures).toEqual([]);
    expect(compareResults(target, usual).figures).toEqual([]);
    expect(renderComparison(compareResults(usual, secure))).toMatch(
      /not comparable:\n {2}everything: no TLS in one, TLS in the other\n\nNo figure can be compared\.$/,
    );
  });

  test('is a cell or a load that is invalid in either, with its reason', () => {
    const cell = runOf([cellOf('point-read grpc', reads(100), ['events lost: 3'])]);
    expect(refusalsOf(cell, usual)).toEqual([
      'point-read grpc: INVALID in the older: events lost: 3',
    ]);
    const processes = reads(100).map((one, at) =>
      at === 0 ? { ...one, open: [openLoad(100, 400, { invalid: ['overflow'] })] } : one,
    );
    const late = runOf([cellOf('point-read grpc', processes)]);
    expect(refusalsOf(usual, late)).toEqual([
      'point-read grpc: read at equal rate: INVALID in the newer: 1 of 4 processes: overflow',
    ]);
    expect(figureOf(usual, late, 'grpc', 'p50 at rate')).toBeUndefined();
  });

  test('is throughput that the client limited; what the server spent on a call is not', () => {
    const bound = runOf([
      cellOf(
        'point-read grpc',
        reads(100).map((one) => ({
          ...one,
          closed: [closedLoad(10_000, { invalid: ['client at 85 % of its core'] })],
        })),
      ),
    ]);
    expect(refusalsOf(usual, bound)).toHaveLength(1);
    expect(figureOf(usual, bound, 'grpc', 'throughput')).toBeUndefined();
    expect(figureOf(usual, bound, 'grpc', 'CPU at capacity')).toBeDefined();
  });

  test('is a quantile with too few samples, and only that', () => {
    const few = runOf([grpc(100, { response: histogramAround(400, 100) })]);
    expect(refusalsOf(usual, few)).toEqual([
      'point-read grpc: read at equal rate, p99 at rate: not measured in the newer',
    ]);
    expect(figureOf(usual, few, 'grpc', 'p50 at rate')).toBeDefined();
  });
});

describe('what two runs do not share', () => {
  test('is named: cells and loads of one of them', () => {
    const older = runOf([grpc(100), cellOf('create rest', reads(200))]);
    const more = reads(100).map((one) => ({
      ...one,
      closed: [...(one.closed ?? []), closedLoad(3000, { rttMs: 10 })],
    }));
    const newer = runOf([cellOf('point-read grpc', more), cellOf('screen rest-expand', [])]);
    const { onlyInOlder, onlyInNewer, refused } = compareResults(older, newer);
    expect(onlyInOlder).toEqual(['create rest']);
    expect(onlyInNewer).toEqual([
      'screen rest-expand',
      'point-read grpc: read in a closed loop, 64 in flight, 64 connections, 10 ms round trip',
    ]);
    expect(refused).toEqual([]);
  });

  test('is not named where it is no comparison: a cross-check, a rate by its own capacity', () => {
    const more = reads(100).map((one) => ({
      ...one,
      open: [...(one.open ?? []), openLoad(100, 900, { share: 0.9, perSecond: 8123 })],
      closed: [...(one.closed ?? []), closedLoad(9000, { driver: 'autocannon', inFlight: 3 })],
    }));
    const newer = runOf([cellOf('point-read grpc', more)]);
    const { onlyInNewer, refused } = compareResults(runOf([grpc(100)]), newer);
    expect([...onlyInNewer, ...refused]).toEqual([]);
  });

  test('is what differs in their environments, packages and governor among it', () => {
    const other = runOf([], {
      environment: {
        kernel: 'Linux 6.2.0',
        node: 'v26.11.0',
        packages: { hono: '4.14.0', ws: '8.23.0' },
        pinned: false,
        governor: 'performance',
      },
    });
    const comparison = compareResults(runOf([]), other);
    expect(comparison.differs).toEqual([
      'kernel: Linux 6.1.0 → Linux 6.2.0',
      'governor: unknown → performance',
      'pinned to cores: yes → no',
      'node: v26.10.0 → v26.11.0',
      'hono: 4.13.19 → 4.14.0',
      'ws: none → 8.23.0',
    ]);
    const text = renderComparison(comparison);
    expect(text).toContain('settings that differ:\n  kernel: Linux 6.1.0 → Linux 6.2.0\n');
    expect(text).not.toContain('two machines');
  });

  test.each([{ machine: 'physical' }, { cores: 8 }, { cpuModel: 'Other' }])(
    'is the machine, whose ratios compare the machines, not the code: %o',
    (environment) => {
      const text = renderComparison(compareResults(runOf([]), runOf([], { environment })));
      expect(text).toContain('their ratios compare the machines, not the code');
    },
  );
});
