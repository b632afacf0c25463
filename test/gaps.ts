/** What a room may have or not have, beside the operations that all of them carry. */
export type Feature =
  /** Every operation of core can be called. */
  | 'calls'
  /** Events reach the client without it asking again. */
  | 'push'
  /** A field that the operation does not know is refused, and not passed over. */
  | 'unknown fields refused'
  /** A payment names the operations that its state allows now. */
  | 'links'
  /** An answer says that it repeats that of an earlier call with the same idempotency key. */
  | 'replays marked';

export type Room = 'rest' | 'grpc' | 'graphql' | 'sse' | 'websocket';

/**
 * Where the rooms differ on purpose, each with its reason. `gaps.test.ts` probes every room for
 * every feature: a gap that is not declared here fails, and so does one that no longer exists.
 */
export const gaps: readonly {
  readonly room: Room;
  readonly feature: Feature;
  readonly reason: string;
}[] = [
  {
    room: 'sse',
    feature: 'calls',
    reason: 'An EventSource can send nothing after its request: the stream runs one way.',
  },
  {
    room: 'sse',
    feature: 'replays marked',
    reason: 'There is no call to replay.',
  },
  {
    room: 'rest',
    feature: 'push',
    reason: 'HTTP answers what it was asked; the REST client polls, and SSE is the stream of HTTP.',
  },
  {
    room: 'grpc',
    feature: 'unknown fields refused',
    reason:
      'proto3 keeps unknown fields for the sake of newer clients, and generated code is blind to them.',
  },
  {
    room: 'grpc',
    feature: 'links',
    reason: 'Hypermedia belongs to HTTP: a generated client knows its methods beforehand.',
  },
  {
    room: 'graphql',
    feature: 'links',
    reason: 'The graph itself is the links; what may be done next is a mutation of the schema.',
  },
  {
    room: 'graphql',
    feature: 'replays marked',
    reason: 'One document may hold many mutations, and their results are resources, not envelopes.',
  },
];
