import type { Result } from '../result/result.ts';
import { type Attribution, attribute, type Variant, variants } from './attribution.ts';
import { spreadOf } from './paired.ts';
import { createRandom } from './random.ts';
import { findCell, isValid, metrics } from './summary.ts';

/** The contender of the scenario that stands for a variant. */
const contenders: Readonly<Record<Variant, string>> = {
  'bare-json-h1': 'node-http',
  'bare-protobuf-h1': 'node-http-protobuf',
  'bare-json-h2': 'node-http2',
  'bare-protobuf-h2': 'node-http2-protobuf',
  'bare-hono': 'hono',
  'bare-grpc': 'grpc-js',
  'rest-json-h1': 'rest-json-h1',
  'rest-protobuf-h1': 'rest-protobuf-h1',
  'rest-json-h2': 'rest-json-h2',
  'rest-protobuf-h2': 'rest-protobuf-h2',
  grpc: 'grpc',
};

/** A part of a difference, µs a call: its mean over the rounds, and its 95 % interval. */
export interface AttributionPart {
  readonly label: string;
  readonly micros: number;
  readonly interval: { readonly low: number; readonly high: number } | undefined;
}

export interface AttributionOfWorkload {
  readonly workload: string;
  readonly difference: AttributionPart;
  /** By the libraries alone, and what the rooms add to them; they add up to the difference. */
  readonly bare: readonly AttributionPart[];
  /** By whole rooms; they add up to the difference, too. */
  readonly rooms: readonly AttributionPart[];
}

function cpuOfRound(result: Result, workload: string, round: number) {
  const entries = variants.map((variant) => {
    const found = findCell(result, 'attribution', contenders[variant]);
    const sample = isValid(found) ? found.samples.find((one) => one.round === round) : undefined;
    return [variant, sample && metrics.cpuAtRate(sample, { workload })] as const;
  });
  if (entries.some(([, micros]) => micros === undefined)) return undefined;
  // Every variant is there, with a number.
  return Object.fromEntries(entries) as Record<Variant, number>;
}

/**
 * What gRPC's CPU differs from REST's by, in parts, by the processes of each round.
 * @returns undefined if a variant was not measured, or is not valid
 */
export function attributionOf(result: Result, workload: string): AttributionOfWorkload | undefined {
  const rounds = [
    ...new Set(findCell(result, 'attribution', 'grpc')?.samples.map(({ round }) => round)),
  ];
  const found = rounds.flatMap((round) => {
    const cpu = cpuOfRound(result, workload, round);
    return cpu ? [attribute(cpu)] : [];
  });
  if (found.length === 0) return undefined;
  const random = createRandom(result.options.seed);
  const part = (label: string, of: (one: Attribution) => number): AttributionPart => {
    const { mean, interval } = spreadOf(found.map(of), random);
    return { label, micros: mean, interval };
  };
  return {
    workload,
    difference: part('gRPC − REST', ({ difference }) => difference),
    bare: [
      part('encoding (protobuf)', ({ bare }) => bare.encoding),
      part('transport (HTTP/2)', ({ bare }) => bare.transport),
      part('library (grpc-js, hono)', ({ bare }) => bare.library),
      part('our code', ({ bare }) => bare.ours),
    ],
    rooms: [
      part('encoding (protobuf)', ({ rooms }) => rooms.encoding),
      part('transport (HTTP/2)', ({ rooms }) => rooms.transport),
      part('library and our code', ({ rooms }) => rooms.libraryAndOurs),
    ],
  };
}
