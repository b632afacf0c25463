/** The wires that are measured: their names in results, and in front of a reader. */
export const labels = {
  rest: 'REST',
  'rest-http2': 'REST, HTTP/2',
  grpc: 'gRPC',
  graphql: 'GraphQL',
  websocket: 'WebSocket',
  sse: 'SSE',
} as const;

export type WireName = keyof typeof labels;
/** Wires that carry every call. */
export type CallWire = Exclude<WireName, 'sse'>;

// The keys of a constant are known.
export const wireNames = Object.keys(labels) as readonly WireName[];

/** One wire of each room. */
export const roomWires = wireNames.filter((wire) => wire !== 'rest-http2');

/** One wire of each room that carries every call. */
export const callWires = roomWires.filter((wire) => wire !== 'sse');

/** What the server has to open for a wire. */
export const roomOf = (wire: WireName): string => (wire === 'rest-http2' ? 'rest' : wire);

export type Protocol = 'http1' | 'http2' | 'websocket';

const protocols: Readonly<Record<WireName, Protocol>> = {
  rest: 'http1',
  'rest-http2': 'http2',
  grpc: 'http2',
  graphql: 'http1',
  websocket: 'websocket',
  sse: 'http1',
};

/** The protocol that frames the bytes of a wire. */
export const protocolOf = (wire: WireName): Protocol => protocols[wire];
