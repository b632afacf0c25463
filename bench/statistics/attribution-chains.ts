import type { WireName } from '../result/wires.ts';

/**
 * The layers of a room, one more at a time. The cost of a layer is the cost of its contender minus
 * that of the contender before it, so that the layers add up to the cost of the last contender.
 */
export interface AttributionChain {
  readonly name: string;
  readonly wire: WireName;
  /** The scenario that its contenders are of. */
  readonly scenario: AttributionScenario;
  /** Name of the whole. */
  readonly label: string;
  readonly steps: readonly ChainStep[];
}

/** Contenders of one scenario alternate, so that their costs can be subtracted. */
export type AttributionScenario = 'attribution' | 'attribution-graphql' | 'attribution-websocket';

export const layers = ['transport', 'encoding', 'library', 'core', 'our code'] as const;
export type Layer = (typeof layers)[number];

interface ChainStep {
  readonly layer: Layer;
  readonly label: string;
  /** The contender that has this layer and all before it. */
  readonly upTo: string;
}

const step = (layer: Layer, label: string, upTo: string): ChainStep => ({ layer, label, upTo });

const grpcByHand = step('transport', 'node:http2 streams, gRPC by hand', 'node-http2-grpc');
const grpcJs = step('library', 'grpc-js', 'grpc-js-constant');
const posts = step('transport', 'node:http', 'graphql-constant');
const graphqlJson = step('encoding', 'JSON of request and response', 'graphql-json');
const graphqlJs = step('library', 'graphql-js', 'graphql-execute');

export const attributionChains: readonly AttributionChain[] = [
  {
    name: 'rest',
    wire: 'rest',
    scenario: 'attribution',
    label: 'REST over HTTP/1.1',
    steps: [
      step('transport', 'node:http', 'node-http-constant'),
      step('encoding', 'JSON', 'node-http'),
      step('library', 'hono', 'hono'),
      step('core', 'core', 'hono-core'),
      step('our code', 'the REST room', 'rest-json-h1'),
    ],
  },
  {
    name: 'rest-http2',
    wire: 'rest-http2',
    scenario: 'attribution',
    label: 'REST over HTTP/2',
    steps: [
      step('transport', "node:http2's streams, JSON", 'node-http2'),
      step('transport', "node:http2's compatibility API", 'node-http2-compat'),
      step('our code', 'hono, core and the REST room', 'rest-json-h2'),
    ],
  },
  {
    name: 'grpc',
    wire: 'grpc',
    scenario: 'attribution',
    label: 'gRPC',
    steps: [
      grpcByHand,
      grpcJs,
      step('encoding', 'protobuf by proto-loader', 'grpc-js'),
      step('core', 'core', 'grpc-js-core'),
      step('our code', 'the gRPC room', 'grpc'),
    ],
  },
  {
    name: 'grpc-static',
    wire: 'grpc',
    scenario: 'attribution',
    label: 'grpc-js static, no core',
    steps: [grpcByHand, grpcJs, step('encoding', 'protobuf by static messages', 'grpc-js-static')],
  },
  {
    name: 'connect-node',
    wire: 'grpc',
    scenario: 'attribution',
    label: 'connect-node, no core',
    steps: [grpcByHand, step('library', 'connect-node and its protobuf', 'connect-node')],
  },
  {
    name: 'graphql',
    wire: 'graphql',
    scenario: 'attribution-graphql',
    label: 'GraphQL (Yoga)',
    steps: [
      posts,
      graphqlJson,
      graphqlJs,
      step('library', "Yoga's own path", 'yoga'),
      step('core', 'core', 'yoga-core'),
      step('our code', 'the GraphQL room', 'graphql'),
    ],
  },
  {
    name: 'graphql-lean',
    wire: 'graphql',
    scenario: 'attribution-graphql',
    label: 'GraphQL (lean host)',
    steps: [
      posts,
      graphqlJson,
      graphqlJs,
      step('core', 'core', 'graphql-core'),
      step('our code', 'the GraphQL room', 'graphql-lean'),
    ],
  },
  {
    name: 'graphql-jit',
    wire: 'graphql',
    scenario: 'attribution-graphql',
    label: 'graphql-jit, no core',
    steps: [posts, graphqlJson, step('library', 'graphql-jit', 'graphql-jit')],
  },
  {
    name: 'websocket',
    wire: 'websocket',
    scenario: 'attribution-websocket',
    label: 'WebSocket',
    steps: [
      step('transport', 'ws', 'ws'),
      step('encoding', 'JSON', 'ws-json'),
      step('core', 'core', 'ws-core'),
      step('our code', 'the WebSocket room', 'websocket'),
    ],
  },
];
