import type { Cell, Measured, Result, Sample } from '../../bench/result/result.ts';
import { createHistogram, encodeHistogram } from '../../bench/statistics/histogram.ts';
import { nothingMeasured } from '../../bench/trial/scenario.ts';
import {
  closedLoad,
  deliveryOf,
  openLoad,
  resultOf as smallResultOf,
  wireLoad,
} from './small-result.ts';

/** Results as a run would write them, with figures that a test chooses. */

/** A histogram of n equal samples. */
export function histogram(micros: number, n = 2000): string {
  const made = createHistogram();
  made.recordValueWithCount(micros, n);
  return encodeHistogram(made);
}

/** What one contender is to show. Every process of it shows nearly the same. */
export interface Shown {
  readonly perSecond: number;
  readonly cpuMicros: number;
  readonly p50Micros: number;
  /** In each of the histograms of a process. */
  readonly samples: number;
  readonly received: number;
  readonly requests: number;
  readonly queries: number;
  readonly clientCpuShare: number;
  readonly serverCpuShare: number;
  readonly autocannonPerSecond?: number;
}

const usual: Shown = {
  perSecond: 10_000,
  cpuMicros: 80,
  p50Micros: 300,
  samples: 2000,
  received: 1000,
  requests: 1,
  queries: 1,
  clientCpuShare: 0.5,
  serverCpuShare: 0.95,
};

/** Processes differ by a little; the same little for all, so that ratios are sharp. */
const wobble = [1, 1.01, 0.99];

export function measuredOf(shown: Partial<Shown>, round: number): Measured {
  const { autocannonPerSecond, ...rest } = { ...usual, ...shown };
  const { p50Micros, samples, clientCpuShare, serverCpuShare } = rest;
  const factor = wobble[round % wobble.length] ?? 1;
  const completed = Math.round(rest.perSecond * factor);
  const cpuMicros = rest.cpuMicros * factor;
  const shares = { clientCpuShare, serverCpuShare };
  const closed = (perSecond: number) =>
    closedLoad(perSecond, {
      ...shares,
      completed: perSecond,
      serverCpuMicros: perSecond * cpuMicros,
      latency: histogram(p50Micros, samples),
    });
  return {
    ...nothingMeasured,
    warmUpMs: 500,
    closed: [
      closed(completed),
      ...(autocannonPerSecond === undefined
        ? []
        : [{ ...closed(autocannonPerSecond), driver: 'autocannon' as const, latency: null }]),
    ],
    open: [
      openLoad(cpuMicros, p50Micros, {
        perSecond: 1000,
        response: histogram(p50Micros, samples),
        service: histogram(p50Micros, samples),
        lateness: histogram(50, samples),
        clientCpuShare: 0.2,
      }),
    ],
    wire: [{ ...wireLoad(rest.received, rest.queries), requestsPerCall: rest.requests }],
  };
}

export const sampleOf = (measured: Measured, round: number): Sample => ({
  round,
  order: round,
  readyMs: 400,
  idleBytes: 100e6,
  peakBytes: 150e6,
  ...measured,
});

export function cellOf(
  scenario: string,
  contender: string,
  measure: (round: number) => Measured,
  more: Partial<Cell> = {},
): Cell {
  const samples = [0, 1, 2].map((round) => sampleOf(measure(round), round));
  return { scenario, contender, kind: 'room', invalid: [], samples, ...more };
}

/** Three processes of a contender whose calls are answered once. */
export const callCell = (
  scenario: string,
  contender: string,
  shown: Partial<Shown> = {},
  more: Partial<Cell> = {},
): Cell => cellOf(scenario, contender, (round) => measuredOf(shown, round), more);

export const eventCell = (contender: string, p50Micros: number, more: Partial<Cell> = {}): Cell =>
  cellOf(
    'events',
    contender,
    (round) => ({
      ...nothingMeasured,
      delivery: deliveryOf(Math.round(p50Micros * (wobble[round] ?? 1))),
    }),
    more,
  );

export const failureCell = (contender: string, shapes: Readonly<Record<string, string>>): Cell =>
  cellOf('errors', contender, () => ({
    ...nothingMeasured,
    failures: Object.entries(shapes).map(([failure, shape]) => ({
      failure,
      code: failure.startsWith('none') ? 'ok' : failure,
      shape,
      receivedBytes: 500,
      repeatedBytes: 400,
      perCall: { latency: histogram(300), serverCpuMicros: 80_000, completed: 1000 },
    })),
  }));

/** A result with these cells, complete in every other respect. */
export const resultOf = (cells: readonly Cell[], more: Partial<Result> = {}): Result => ({
  ...smallResultOf(cells),
  start: { readyMs: 500, firstAnswerMs: 600, idleBytes: 100e6 },
  ...more,
});

/** A result in which every part that a result may have is there. */
export function wholeResult(): Result {
  const [first] = callCell('point-read', 'rest', { autocannonPerSecond: 15_000 }).samples;
  if (!first) throw new Error('Expected a cell with a sample.');
  const failures = failureCell('rest', { not_found: '404' }).samples[0]?.failures ?? null;
  const sample: Sample = {
    ...first,
    capacity: [
      {
        workload: 'read',
        invalid: [],
        objective: { quantile: 0.99, ms: 20 },
        perSecond: 9000,
        steps: [{ perSecond: 9000, met: true }],
      },
    ],
    delivery: deliveryOf(3000),
    caching: { reads: 100, asked: 40, saved: 80, writes: 10, stale: 0 },
    failures,
    idle: { connections: 700, firstBytes: 100e6, lastBytes: 121e6 },
  };
  const cell: Cell = {
    scenario: 'point-read',
    contender: 'rest',
    kind: 'room',
    invalid: [],
    samples: [sample],
  };
  return resultOf([cell], {
    ceilings: [
      {
        protocol: 'http1',
        driver: 'lean',
        connections: 64,
        inFlight: 64,
        perSecond: 40_000,
        clientCpuShare: 0.99,
      },
    ],
    link: { points: [{ askedMs: 50, achievedMs: 50.4 }] },
    storage: {
      pointRead: {
        rows: 25_000,
        readsPerRound: 1000,
        rounds: 5,
        bareMicros: 5,
        bareArrayMicros: 4,
        storeMicros: 15,
        overBareMicros: 10,
        overBareArrayMicros: 11,
      },
      writes: {
        rounds: 3,
        oneByOnePerSecond: 900,
        inFlight: 64,
        togetherPerSecond: 9000,
        ratio: 10,
      },
    },
  });
}
