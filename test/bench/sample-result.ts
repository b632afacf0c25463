import type { Cell, Measured, Result, Sample } from '../../bench/report/result.ts';
import { resultVersion } from '../../bench/report/result.ts';
import { nothingMeasured } from '../../bench/scenarios/scenario.ts';
import { createHistogram, encodeHistogram } from '../../bench/statistics/histogram.ts';

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
  readonly received?: number;
  readonly requests?: number;
  readonly queries?: number;
  readonly clientCpuShare?: number;
  readonly serverCpuShare?: number;
  readonly autocannonPerSecond?: number;
}

/** Processes differ by a little; the same little for all, so that ratios are sharp. */
const wobble = [1, 1.01, 0.99];

export function measuredOf(shown: Shown, round: number): Measured {
  const factor = wobble[round % wobble.length] ?? 1;
  const completed = Math.round(shown.perSecond * factor);
  const { clientCpuShare = 0.5, serverCpuShare = 0.95 } = shown;
  return {
    ...nothingMeasured,
    closed: {
      connections: 16,
      inFlight: 16,
      warmUpMs: 500,
      elapsedMs: 1000,
      completed,
      failed: 0,
      failures: {},
      perSecond: completed,
      drift: 1,
      latency: histogram(shown.p50Micros),
      serverCpuMicros: completed * shown.cpuMicros * factor,
      serverCpuShare,
      clientCpuShare,
    },
    open: {
      perSecond: 1000,
      arrivals: 'poisson',
      elapsedMs: 1000,
      scheduled: 1000,
      sent: 1000,
      overflow: 0,
      completed: 1000,
      failed: 0,
      failures: {},
      response: histogram(shown.p50Micros),
      service: histogram(shown.p50Micros),
      lateness: histogram(50),
      serverCpuMicros: 1000 * shown.cpuMicros * factor,
      clientCpuShare: 0.2,
    },
    autocannon: shown.autocannonPerSecond
      ? {
          connections: 64,
          completed: shown.autocannonPerSecond,
          failed: 0,
          perSecond: shown.autocannonPerSecond,
          serverCpuMicros: shown.autocannonPerSecond * shown.cpuMicros,
          serverCpuShare,
          clientCpuShare,
        }
      : null,
    wire: {
      calls: 50,
      sentBytesPerCall: 200,
      receivedBytesPerCall: shown.received ?? 1000,
      firstSentBytes: 300,
      firstReceivedBytes: 1100,
      requestsPerCall: shown.requests ?? 1,
      queriesPerCall: shown.queries ?? 1,
    },
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

export const callCell = (
  scenario: string,
  contender: string,
  shown: Shown,
  more: Partial<Cell> = {},
): Cell => cellOf(scenario, contender, (round) => measuredOf(shown, round), more);

const delivered = (p50Micros: number): Measured => ({
  ...nothingMeasured,
  delivery: {
    watchers: 8,
    published: 100,
    delivered: 800,
    missing: 0,
    misplaced: 0,
    delay: histogram(p50Micros, 800),
    lateness: histogram(50, 100),
    serverCpuMicros: 200_000,
    sentBytesPerEvent: 0,
    receivedBytesPerEvent: 800,
  },
});

export const eventCell = (contender: string, p50Micros: number): Cell =>
  cellOf('events', contender, (round) => delivered(p50Micros * (wobble[round] ?? 1)));

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
  version: resultVersion,
  startedAt: '2026-01-02T03:04:05.000Z',
  finishedAt: '2026-01-02T03:08:05.000Z',
  complete: true,
  environment: {
    machine: 'virtual',
    platform: 'linux x64',
    kernel: 'Linux 6.1',
    cpuModel: 'A CPU',
    cores: 2,
    memoryBytes: 8 * 2 ** 30,
    governor: null,
    pinned: true,
    cpuAccount: 'scheduler',
    loadBefore: 0.1,
    node: 'v26.0.0',
    packages: { hono: '4.0.0' },
    revision: '0123456789abcdef',
    modified: false,
  },
  options: { seed: 1, effort: 'normal', only: [], wires: [], flags: [] },
  start: { readyMs: 500, firstAnswerMs: 600, idleBytes: 100e6 },
  cells: [...cells],
  storage: null,
  ...more,
});
