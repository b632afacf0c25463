import type { LoadSample } from '../result/loads.ts';
import type { Result } from '../result/result.ts';
import type { Comparison } from './paired.ts';
import { closedOf, compareCells, findCell, openOf } from './summary.ts';

/** One ratio has one value: two scenarios of a run that measure it have to agree. */

const measures = {
  cpuAtRate: { name: 'CPU at equal rate', loadOf: openOf },
  throughput: { name: 'throughput at saturation', loadOf: closedOf },
} as const;

type Measure = keyof typeof measures;
// The keys of a constant are known.
const measureNames = Object.keys(measures) as readonly Measure[];

interface Measuring {
  readonly scenario: string;
  readonly pair: readonly [contender: string, baseline: string];
}

/** Ratios that more than one scenario measures, by the names of the contenders there. */
const shared: readonly { readonly name: string; readonly by: readonly Measuring[] }[] = [
  {
    name: 'gRPC over REST, a read',
    by: [
      { scenario: 'point-read', pair: ['grpc', 'rest'] },
      { scenario: 'attribution', pair: ['grpc', 'rest-json-h1'] },
    ],
  },
  {
    name: 'GraphQL over its lean host, a read',
    by: [
      { scenario: 'point-read', pair: ['graphql', 'graphql-lean'] },
      { scenario: 'attribution-graphql', pair: ['graphql', 'graphql-lean'] },
    ],
  },
];

interface MeasuredRatio {
  readonly scenario: string;
  readonly comparison: Comparison;
  /** How it was loaded. */
  readonly load: LoadSample;
}

export interface RatioAgreement {
  /** What is divided by what, and the measure. */
  readonly name: string;
  readonly values: readonly [MeasuredRatio, MeasuredRatio];
  readonly agrees: boolean;
  /** How the loads differ, such as `16 connections and 64`. */
  readonly conditions: readonly string[];
}

function measured(result: Result, measure: Measure, { scenario, pair }: Measuring) {
  const [contender, baseline] = pair.map((name) => findCell(result, scenario, name));
  const comparison = compareCells(result, contender, baseline, measure, { workload: 'read' });
  const [sample] = contender?.samples ?? [];
  const load = sample && measures[measure].loadOf(sample, { workload: 'read' });
  return comparison?.interval && load ? { scenario, comparison, load } : undefined;
}

const conditions = {
  connections: (load: LoadSample) => load.connections,
  'in flight': (load: LoadSample) => ('inFlight' in load ? load.inFlight : undefined),
  'calls/s': (load: LoadSample) =>
    'arrivals' in load && 'perSecond' in load ? load.perSecond : undefined,
  'ms of round trip': (load: LoadSample) => load.rttMs,
} as const;

const differing = (one: LoadSample, other: LoadSample): string[] =>
  Object.entries(conditions).flatMap(([unit, of]) => {
    const [a, b] = [of(one), of(other)];
    return a === b ? [] : [`${a} ${unit} and ${b}`];
  });

/** Whether two intervals have a value in common. */
function overlaps({ interval: one }: Comparison, { interval: other }: Comparison): boolean {
  return !one || !other || (one.low <= other.high && other.low <= one.high);
}

/** Every ratio that two scenarios of this run measured with intervals. */
export const ratioAgreements = (result: Result): RatioAgreement[] =>
  shared.flatMap(({ name, by }) =>
    measureNames.flatMap((measure) => {
      const [one, other] = by.flatMap((measuring) => measured(result, measure, measuring) ?? []);
      if (!one || !other) return [];
      return {
        name: `${name}, ${measures[measure].name}`,
        values: [one, other] as const,
        agrees: overlaps(one.comparison, other.comparison),
        conditions: differing(one.load, other.load),
      };
    }),
  );
