import { describe, expect, test } from 'vitest';
import { questions } from '../../bench/questions/index.ts';
import { tablesOf } from '../../bench/report/tables/index.ts';
import type { ClosedLoopSample, OpenLoopSample } from '../../bench/result/loads.ts';
import type { Ceiling, Result } from '../../bench/result/result.ts';
import { compareCells, findCell, type metrics, typical } from '../../bench/statistics/summary.ts';
import { faultsOfClosed, faultsOfOpen } from '../../bench/statistics/validity.ts';
import { callCell, histogram, resultOf } from './sample-result.ts';
import { closedLoad, openLoad } from './small-result.ts';

const ceiling: Ceiling = {
  protocol: 'http1',
  driver: 'lean',
  connections: 64,
  inFlight: 64,
  perSecond: 40_000,
  clientCpuShare: 1,
};

/** At rate, with all that the gates allow. */
const soundOpen = openLoad(80, 300, {
  achieved: 0.99,
  clientCpuShare: 0.8,
  response: histogram(300),
  lateness: histogram(150),
});
const soundClosed = closedLoad(30_000, { clientCpuShare: 0.8 });
const failing = { failed: 2, failures: { 'status 500': 2 } };

const openFaults: readonly [string, Partial<OpenLoopSample>, string][] = [
  ['a rate that was not achieved', { achieved: 0.98 }, 'achieved 98 % of the rate, below 99 %'],
  [
    'a client above 80 % of its core',
    { clientCpuShare: 0.85 },
    'client at 85 % of its core, above 80 %',
  ],
  [
    'sending that is late by more than half of the median response',
    { lateness: histogram(200) },
    'sent late by 200 µs in the middle, of a median response of 300 µs',
  ],
  ['overflow', { overflow: 3 }, 'overflow: 3 of 1000 calls did not fit'],
  ['unexpected failures', failing, 'unexpected failures: 2 × status 500'],
];

const closedFaults: readonly [string, Partial<ClosedLoopSample>, string][] = [
  [
    "more than 75 % of the generator's own ceiling",
    { perSecond: 32_000 },
    "80 % of the generator's own ceiling, above 75 %",
  ],
  [
    'a client above 80 % of its core',
    { clientCpuShare: 0.85 },
    'client at 85 % of its core, above 80 %',
  ],
  ['unexpected failures', failing, 'unexpected failures: 2 × status 500'],
];

/** REST, REST again and gRPC, with every load of one kind as `change` leaves it. */
function resultWith(
  kind: 'closed' | 'open',
  change: { readonly invalid?: string[]; readonly failed?: number },
): Result {
  const cells = [
    callCell('point-read', 'rest', { autocannonPerSecond: 15_000 }),
    callCell('point-read', 'rest-again', { autocannonPerSecond: 15_100 }, { kind: 'again' }),
    callCell('point-read', 'grpc', { perSecond: 6000, cpuMicros: 130, p50Micros: 500 }),
  ];
  return resultOf(
    cells.map((cell) => ({
      ...cell,
      samples: cell.samples.map((sample) => ({
        ...sample,
        [kind]: sample[kind].map((load) => ({ ...load, ...change })),
      })),
    })),
  );
}

const compared = (result: Result, metric: keyof typeof metrics) =>
  compareCells(
    result,
    findCell(result, 'point-read', 'grpc'),
    findCell(result, 'point-read', 'rest'),
    metric,
  );

describe('a load is valid, or invalid with its reason', () => {
  test('nothing speaks against figures at the very limits', () => {
    expect(faultsOfOpen(soundOpen)).toEqual([]);
    expect(faultsOfClosed(soundClosed, ceiling.perSecond)).toEqual([]);
    expect(faultsOfClosed(soundClosed, undefined)).toEqual([]);
  });

  test.each(openFaults)(
    'of an open loop, %s is a fault with its numbers',
    (_what, change, said) => {
      expect(faultsOfOpen({ ...soundOpen, ...change })).toEqual([said]);
    },
  );

  test.each(closedFaults)('of a closed loop, %s is one, too', (_what, change, said) => {
    expect(faultsOfClosed({ ...soundClosed, ...change }, ceiling.perSecond)).toEqual([said]);
  });

  test('each fault is reported', () => {
    const all = Object.assign({}, ...openFaults.map(([, change]) => change));
    expect(new Set(faultsOfOpen({ ...soundOpen, ...all }))).toEqual(
      new Set(openFaults.map(([, , said]) => said)),
    );
  });

  test('an invalid load at equal rate has no figures, and enters no comparison', () => {
    const [sound, unsound] = [resultWith('open', {}), resultWith('open', { invalid: ['no'] })];
    for (const metric of ['cpuAtRate', 'responseAtRate', 'p99AtRate'] as const) {
      expect(compared(sound, metric)?.pairs, metric).toBe(3);
      expect(compared(unsound, metric), metric).toBeUndefined();
    }
    expect(compared(unsound, 'throughput')?.pairs).toBe(3);
  });

  test('a closed loop that the client limits has no throughput; its CPU a call stands', () => {
    const unsound = resultWith('closed', { invalid: ['client at 85 % of its core'] });
    const rest = findCell(unsound, 'point-read', 'rest');
    expect(compared(unsound, 'throughput')).toBeUndefined();
    expect(rest && typical(rest, 'autocannon')).toBeUndefined();
    expect(compared(unsound, 'cpuAtCapacity')?.ratio).toBeCloseTo(130 / 80, 2);
    const other = resultWith('closed', { invalid: ['no'] });
    expect(compared(other, 'cpuAtCapacity')).toBeUndefined();
    const failed = resultWith('closed', { invalid: ['client at 85 % of its core'], failed: 1 });
    expect(compared(failed, 'cpuAtCapacity')).toBeUndefined();
    expect(compared(failed, 'latency')).toBeUndefined();
  });

  test('no question is answered by invalid loads, nor by invalid cells', () => {
    const answerOf = (result: Result) => questions[0]?.judge(result).answer;
    expect(questions[0]?.claim).toBe('gRPC is faster than REST');
    const sound = resultWith('open', {});
    expect(answerOf(sound)).toBe('no');
    const { cells } = resultWith('closed', { invalid: ['no'] });
    const unsound = resultOf(
      cells.map((cell) => ({
        ...cell,
        samples: cell.samples.map((one) => ({
          ...one,
          open: one.open.map((load) => ({ ...load, invalid: ['no'] })),
        })),
      })),
    );
    expect(answerOf(unsound)).toBe('not measured');
    const hollow = resultOf(sound.cells.map((cell) => ({ ...cell, invalid: ['no'] })));
    for (const { judge, claim } of questions) {
      expect(judge(hollow).answer, claim).toBe('not measured');
    }
  });

  test('an invalid load is printed hollow, with its reason', () => {
    const [table] = tablesOf(resultWith('closed', { invalid: ['client at 85 % of its core'] }));
    const [row] = table?.rows ?? [];
    const at = (head: string) => row?.[table?.columns.findIndex((one) => one.head === head) ?? -1];
    expect(at('calls/s')).toBe('–');
    expect(at('p50 ms')).toBe('0.3');
    expect(table?.notes.join('\n')).toContain(
      'REST: capacity INVALID, client at 85 % of its core; 12500/s is estimated by its CPU',
    );
  });
});
