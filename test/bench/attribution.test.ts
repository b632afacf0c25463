import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { attribute, type Variant, variants } from '../../bench/statistics/attribution.ts';

/** What layers cost; a call's cost is the sum of its layers. */
interface Layers {
  readonly json: number;
  readonly protobuf: number;
  readonly http1: number;
  readonly http2: number;
  readonly hono: number;
  readonly grpcJs: number;
  readonly restRoom: number;
  readonly grpcRoom: number;
  /** What protocol buffers over HTTP/2 cost beyond the sum of the two. */
  readonly together: number;
}

function measuredOf(layers: Layers): Record<Variant, number> {
  const { json, protobuf, http1, http2, hono, grpcJs, restRoom, grpcRoom, together } = layers;
  const bare = {
    'bare-json-h1': json + http1,
    'bare-protobuf-h1': protobuf + http1,
    'bare-json-h2': json + http2,
    'bare-protobuf-h2': protobuf + http2 + together,
  };
  const rest = hono + restRoom;
  return {
    ...bare,
    'bare-hono': bare['bare-json-h1'] + hono,
    'bare-grpc': bare['bare-protobuf-h2'] + grpcJs,
    'rest-json-h1': bare['bare-json-h1'] + rest,
    'rest-protobuf-h1': bare['bare-protobuf-h1'] + rest,
    'rest-json-h2': bare['bare-json-h2'] + rest,
    'rest-protobuf-h2': bare['bare-protobuf-h2'] + rest,
    grpc: bare['bare-protobuf-h2'] + grpcJs + grpcRoom,
  };
}

const layers: Layers = {
  json: 4,
  protobuf: 6,
  http1: 15,
  http2: 40,
  hono: 10,
  grpcJs: 90,
  restRoom: 30,
  grpcRoom: 35,
  together: 0,
};

const sum = (parts: object): number =>
  Object.values(parts).reduce((total: number, part: number) => total + part, 0);

describe('attribution', () => {
  test('finds what each layer costs, by the libraries and by whole rooms alike', () => {
    expect(attribute(measuredOf(layers))).toEqual({
      difference: 112,
      bare: { encoding: 2, transport: 25, library: 80, ours: 5 },
      rooms: { encoding: 2, transport: 25, libraryAndOurs: 85 },
    });
  });

  test('gives what only both together cost to encoding and transport by halves', () => {
    const { bare, rooms } = attribute(measuredOf({ ...layers, together: 8 }));
    expect(bare).toEqual({ encoding: 6, transport: 29, library: 80, ours: 5 });
    expect(rooms).toEqual({ encoding: 6, transport: 29, libraryAndOurs: 85 });
  });

  test('adds up to the difference in both columns, whatever was measured', () => {
    const measured = fc.record(
      // The keys are exactly the variants; Object.fromEntries cannot say so.
      Object.fromEntries(
        variants.map((variant) => [variant, fc.integer({ min: 0, max: 1e6 })]),
      ) as Record<Variant, fc.Arbitrary<number>>,
    );
    fc.assert(
      fc.property(measured, (cpu) => {
        const { difference, bare, rooms } = attribute(cpu);
        expect(difference).toBe(cpu.grpc - cpu['rest-json-h1']);
        expect([sum(bare), sum(rooms)]).toEqual([difference, difference]);
      }),
    );
  });

  test('of two rooms that are the same in all but one layer, is that layer alone', () => {
    const same = { ...layers, protobuf: 4, http2: 15, grpcJs: 10, grpcRoom: 30 };
    const nothing = { encoding: 0, transport: 0, library: 0, ours: 0 };
    expect(attribute(measuredOf(same)).bare).toEqual(nothing);
    const changes = {
      protobuf: 'encoding',
      http2: 'transport',
      grpcJs: 'library',
      grpcRoom: 'ours',
    };
    for (const [layer, part] of Object.entries(changes)) {
      const cheaper = { ...same, [layer]: 1 };
      const { bare, difference } = attribute(measuredOf(cheaper));
      expect(difference).toBeLessThan(0);
      expect(bare).toEqual({ ...nothing, [part]: difference });
    }
  });
});
