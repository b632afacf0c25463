/**
 * What gRPC's CPU per call differs from REST's by, in parts that add up to it.
 *
 * A variant is the server's CPU of one call. `bare-…` is a library alone that encodes and decodes
 * the same messages, `rest-…` the whole REST room, `grpc` the whole gRPC room.
 */
export const variants = [
  'bare-json-h1',
  'bare-protobuf-h1',
  'bare-json-h2',
  'bare-protobuf-h2',
  'bare-hono',
  'bare-grpc',
  'rest-json-h1',
  'rest-protobuf-h1',
  'rest-json-h2',
  'rest-protobuf-h2',
  'grpc',
] as const;

export type Variant = (typeof variants)[number];

/** Two factors' shares of what changing both of them changes. */
interface Shares {
  /** Protocol Buffers instead of JSON. */
  readonly encoding: number;
  /** HTTP/2 instead of HTTP/1.1. */
  readonly transport: number;
}

/** Parts of `gRPC − REST`, in the variants' unit; negative if gRPC is cheaper. */
export interface Attribution {
  /** `grpc − rest-json-h1`: over HTTP/1.1 and in JSON is how REST is mostly spoken. */
  readonly difference: number;
  /** By the libraries alone, and what the rooms add to them. */
  readonly bare: Shares & {
    /** grpc-js beyond bare HTTP/2, less hono beyond bare HTTP/1.1. */
    readonly library: number;
    /** The gRPC room beyond grpc-js, less the REST room beyond hono. */
    readonly ours: number;
  };
  /** By whole rooms: encoding and transport of the same REST room. */
  readonly rooms: Shares & {
    /** The gRPC room against a REST room that speaks the same bytes over the same transport. */
    readonly libraryAndOurs: number;
  };
}

/**
 * Two factors' shares, each the mean of its two steps: first of all, and after the other factor
 * (Shapley's value of two players). One order alone would give to one of them what only both
 * together cost or save.
 */
function shares(jsonH1: number, protobufH1: number, jsonH2: number, protobufH2: number): Shares {
  return {
    encoding: (protobufH1 - jsonH1 + (protobufH2 - jsonH2)) / 2,
    transport: (jsonH2 - jsonH1 + (protobufH2 - protobufH1)) / 2,
  };
}

/**
 * Takes gRPC's difference to REST apart. Each column goes from REST to gRPC in steps, so that its
 * parts add up to the difference:
 *
 * - `bare`: from `bare-json-h1` by both encoding and transport to `bare-protobuf-h2`, then on to
 *   `bare-grpc` for the library. REST does not start at `bare-json-h1`, but a library and a room
 *   above it: what hono and our rooms take is set off against what they take on the other side.
 * - `rooms`: from `rest-json-h1` by both to `rest-protobuf-h2`, then on to `grpc`. Nothing between
 *   those two rooms can be measured, so library and our code are one part here.
 *
 * The columns agree as far as a layer costs the same whatever is below and above it. The transport
 * of the rooms includes Node's compatibility layer, by which hono serves HTTP/2; the bare server
 * uses streams directly.
 *
 * @param cpu CPU of one call of each variant, microseconds
 */
export function attribute(cpu: Readonly<Record<Variant, number>>): Attribution {
  const library =
    cpu['bare-grpc'] - cpu['bare-protobuf-h2'] - (cpu['bare-hono'] - cpu['bare-json-h1']);
  const ours = cpu.grpc - cpu['bare-grpc'] - (cpu['rest-json-h1'] - cpu['bare-hono']);
  return {
    difference: cpu.grpc - cpu['rest-json-h1'],
    bare: {
      ...shares(
        cpu['bare-json-h1'],
        cpu['bare-protobuf-h1'],
        cpu['bare-json-h2'],
        cpu['bare-protobuf-h2'],
      ),
      library,
      ours,
    },
    rooms: {
      ...shares(
        cpu['rest-json-h1'],
        cpu['rest-protobuf-h1'],
        cpu['rest-json-h2'],
        cpu['rest-protobuf-h2'],
      ),
      libraryAndOurs: cpu.grpc - cpu['rest-protobuf-h2'],
    },
  };
}
