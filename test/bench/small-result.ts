import type { ClosedLoopSample, OpenLoopSample } from '../../bench/result/loads.ts';
import {
  type Cell,
  type DeliverySample,
  type Environment,
  parseResult,
  type Result,
  resultVersion,
  type Sample,
} from '../../bench/result/result.ts';
import { createHistogram, encodeHistogram } from '../../bench/statistics/histogram.ts';

/** Small results of known figures, for tests of what reads two of them, or limits one. */

/** 1,000 samples, the slowest 20 of them ten times as slow. */
export function histogramAround(micros: number, count = 1000): string {
  const histogram = createHistogram();
  histogram.recordValueWithCount(micros, count * 0.98);
  histogram.recordValueWithCount(micros * 10, count * 0.02);
  return encodeHistogram(histogram);
}

const load = (workload: string, cpuMicros: number) => ({
  workload,
  invalid: [],
  rttMs: 0,
  achievedRttMs: 0,
  connections: 64,
  elapsedMs: 1000,
  completed: 1000,
  failed: 0,
  failures: {},
  serverCpuMicros: 1000 * cpuMicros,
  serverCpuShare: 0.5,
  clientCpuShare: 0.5,
  serverLoopDelayMs: 1,
  clientLoopDelayMs: 1,
  slices: [],
  underWay: null,
});

export const openLoad = (
  cpuMicros: number,
  medianMicros: number,
  more: Partial<OpenLoopSample> = {},
): OpenLoopSample => ({
  ...load('read', cpuMicros),
  driver: 'lean',
  perSecond: 2000,
  share: null,
  arrivals: 'poisson',
  achieved: 1,
  scheduled: 1000,
  sent: 1000,
  overflow: 0,
  response: histogramAround(medianMicros),
  service: histogramAround(medianMicros),
  lateness: histogramAround(10),
  ...more,
});

export const closedLoad = (
  perSecond: number,
  more: Partial<ClosedLoopSample> = {},
): ClosedLoopSample => ({
  ...load('read', 1e6 / perSecond),
  driver: 'lean',
  inFlight: 64,
  perSecond,
  drift: 1,
  latency: histogramAround(1e6 / perSecond),
  ...more,
});

export const wireLoad = (
  bytes: number,
  queriesPerCall: number | null = 1,
): Sample['wire'][number] => ({
  workload: 'read',
  calls: 30,
  sentBytesPerCall: 200,
  receivedBytesPerCall: bytes,
  firstSentBytes: 200,
  firstReceivedBytes: bytes,
  requestsPerCall: 1,
  queriesPerCall,
});

export const deliveryOf = (micros: number, watchers = 10): DeliverySample => ({
  watchers,
  published: 100,
  delivered: 100 * watchers,
  missing: 0,
  misplaced: 0,
  delay: histogramAround(micros),
  firstEvent: histogramAround(micros),
  lateness: histogramAround(10),
  serverCpuMicros: 100 * micros,
  sentBytesPerEvent: 0,
  receivedBytesPerEvent: 900,
});

const bareSample = {
  order: 0,
  readyMs: 200,
  idleBytes: 90e6,
  peakBytes: 150e6,
  warmUpMs: 2500,
  closed: [],
  open: [],
  capacity: [],
  wire: [],
  delivery: null,
  caching: null,
  failures: null,
  idle: null,
  mix: null,
} satisfies Omit<Sample, 'round'>;

/** @param processes what was measured of each */
export const cellOf = (
  name: `${string} ${string}`,
  processes: readonly Partial<Sample>[],
  invalid: string[] = [],
): Cell => {
  const [scenario = '', contender = ''] = name.split(' ');
  const kind = contender.endsWith('-again') ? 'again' : 'room';
  const samples = processes.map((measured, round) => ({ ...bareSample, ...measured, round }));
  return { scenario, contender, kind, invalid, samples };
};

interface Run {
  readonly environment?: Partial<Environment>;
  readonly options?: Partial<Result['options']>;
}

/** A result that its own schema accepts. */
export const resultOf = (cells: readonly Cell[], { environment, options }: Run = {}): Result =>
  parseResult({
    version: resultVersion,
    startedAt: '2026-11-21T09:00:00.000Z',
    finishedAt: '2026-11-21T09:04:48.000Z',
    complete: true,
    environment: {
      machine: 'virtual',
      platform: 'linux x64',
      kernel: 'Linux 6.1.0',
      cpuModel: 'Sample Processor',
      cores: 2,
      memoryBytes: 8 * 2 ** 30,
      governor: null,
      pinned: true,
      cpuAccount: 'scheduler, nanoseconds',
      loadBefore: 0.4,
      node: 'v26.10.0',
      packages: { hono: '4.13.19' },
      revision: '0123456789abcdef0123456789abcdef01234567',
      modified: false,
      ...environment,
    },
    options: {
      seed: 7,
      effort: 'normal',
      only: [],
      wires: [],
      tls: false,
      nodeFlags: [],
      targets: {},
      flags: [],
      ...options,
    },
    start: null,
    ceilings: [],
    link: null,
    rates: [],
    machine: null,
    cut: [],
    parts: [],
    cells,
    storage: null,
  });
