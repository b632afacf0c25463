import { formatMs, formatNumber } from '../result/format.ts';
import type { Cell, Sample } from '../result/result.ts';
import { type Metric, type MetricName, metrics, wireOf } from '../statistics/summary.ts';
import {
  type Conditions,
  conditionsOfClosed,
  conditionsOfDelivery,
  conditionsOfOpen,
  faultOfLoads,
} from './load-conditions.ts';

/** A figure of one load that runs are compared by. */
export interface ComparableMetric {
  readonly name: string;
  readonly metric: Metric;
  format(value: number): string;
  readonly better: 'more' | 'less';
  /** Counted, not timed: without noise unless a run measured some. */
  readonly isCounted?: true;
  /** Valid even if the client was the limit: the server's CPU for a call does not depend on it. */
  readonly outlivesFaults?: true;
}

const timed = (
  name: string,
  metric: MetricName,
  format: ComparableMetric['format'],
  better: ComparableMetric['better'] = 'less',
): ComparableMetric => ({
  name,
  metric: (sample) => metrics[metric](sample, {}),
  format,
  better,
});

const counted = (name: string, unit: string, metric: Metric): ComparableMetric => ({
  name,
  metric,
  format: (value) => `${formatNumber(value)}${unit}`,
  better: 'less',
  isCounted: true,
});

const inMicros = (micros: number): string => `${formatNumber(micros)} µs`;
const inMs = (micros: number): string => `${formatMs(micros)} ms`;
const perSecond = (rate: number): string => `${formatNumber(rate)}/s`;

/** The kinds of load, and what is compared of each. */
export const kinds = {
  open: {
    title: 'at equal rate',
    figures: [
      timed('CPU at rate', 'cpuAtRate', inMicros),
      timed('p50 at rate', 'responseAtRate', inMs),
      timed('p99 at rate', 'p99AtRate', inMs),
    ],
  },
  closed: {
    title: 'in a closed loop',
    figures: [
      timed('throughput', 'throughput', perSecond, 'more'),
      { ...timed('CPU at capacity', 'cpuAtCapacity', inMicros), outlivesFaults: true },
    ],
  },
  wire: {
    title: 'one call after the other',
    figures: [
      counted('bytes out', ' B', (sample) => wireOf(sample)?.sentBytesPerCall),
      counted('bytes in', ' B', (sample) => wireOf(sample)?.receivedBytesPerCall),
      counted('queries', '', (sample) => wireOf(sample)?.queriesPerCall ?? undefined),
    ],
  },
  delivery: {
    title: 'delivered',
    figures: [
      timed('delay, p50', 'delay', inMs),
      timed('CPU of an event', 'cpuPerEvent', inMicros),
    ],
  },
} as const satisfies Record<string, { title: string; figures: readonly ComparableMetric[] }>;

/** One load of a process. The sample has no other of its kind, so that a metric reads no other. */
interface ComparableLoad {
  readonly kind: keyof typeof kinds;
  readonly workload: string;
  readonly conditions: Conditions;
  readonly invalid: readonly string[];
  readonly sample: Sample;
}

/** The same load of all processes of a cell. */
export type CellLoad = Pick<ComparableLoad, 'kind' | 'workload' | 'conditions'> & {
  readonly fault: string | undefined;
  readonly samples: readonly Sample[];
};

/** Equal if two loads were made in the same way. */
export const keyOf = ({
  kind,
  workload,
  conditions,
}: Pick<ComparableLoad, 'kind' | 'workload' | 'conditions'>): string =>
  [kind, workload, ...Object.values(conditions)].join(', ');

/** Without autocannon, which cross-checks, and rates that a process's own capacity chose. */
function loadsOf(sample: Sample): ComparableLoad[] {
  const { open, closed, wire, delivery } = sample;
  const loads: ComparableLoad[] = [
    ...open
      .filter(({ share }) => share === null)
      .map((load) => ({
        kind: 'open' as const,
        ...load,
        conditions: conditionsOfOpen(load),
        sample: { ...sample, open: [load] },
      })),
    ...closed
      .filter(({ driver }) => driver !== 'autocannon')
      .map((load) => ({
        kind: 'closed' as const,
        ...load,
        conditions: conditionsOfClosed(load),
        sample: { ...sample, closed: [load] },
      })),
    ...wire.map((one) => ({
      kind: 'wire' as const,
      workload: one.workload,
      conditions: {},
      invalid: [],
      sample: { ...sample, wire: [one] },
    })),
  ];
  if (delivery) {
    const conditions = conditionsOfDelivery(delivery);
    loads.push({ kind: 'delivery', workload: 'event', conditions, invalid: [], sample });
  }
  // A process that is loaded twice in one way is still one process.
  return [...new Map(loads.toReversed().map((load) => [keyOf(load), load])).values()].reverse();
}

/** The loads of a cell, each of all processes that had it. */
export function partsOf({ samples }: Cell): CellLoad[] {
  const groups = Map.groupBy(samples.flatMap(loadsOf), keyOf);
  return [...groups.values()].flatMap((loads) => {
    const [first] = loads;
    if (!first) return [];
    const { kind, workload, conditions } = first;
    const fault = faultOfLoads(loads);
    return { kind, workload, conditions, fault, samples: loads.map(({ sample }) => sample) };
  });
}

export const titleOf = ({ kind, workload }: CellLoad): string => `${workload} ${kinds[kind].title}`;
