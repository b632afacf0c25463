import { callScenario } from '../trial/call-scenario.ts';
import { control, leanHost, room, withCore } from '../trial/contenders.ts';
import { closed, open, warming } from '../trial/phases.ts';
import type { Loading } from '../trial/scenario.ts';
import { readPayment } from '../trial/workloads.ts';

const protobuf = { opening: { protobuf: true } } as const;
const readsPerSecond = 2000;

const phasesOf = (loading: Loading) => {
  const { connections = 64 } = loading;
  const where = { workload: readPayment.name, connections };
  // As long in every process; a full run has more of them.
  const steps = { ms: 250, times: loading.effort === 'full' ? 1 : 4 };
  return [
    warming(where, 2000, loading),
    open(where, readsPerSecond, loading, steps),
    closed(where, connections, loading, steps),
  ];
};

const what =
  'The same read, one layer more or another at a time: transport, encoding, library, core, room. A bare library returns a constant, or with core what core reads.';

/** Contenders of a wire are compared with each other; a default run has no time for them. */
const common = {
  what,
  rounds: { quick: 1, normal: 0, full: 5 },
  workloads: [readPayment],
  phases: phasesOf,
};

/** One layer changed at a time: gRPC's difference to REST comes apart into these. */
const betweenRestAndGrpc = [
  room('rest', { name: 'rest-json-h1', label: 'REST, JSON, HTTP/1.1' }),
  room('rest', { name: 'rest-protobuf-h1', label: 'REST, protobuf, HTTP/1.1', ...protobuf }),
  room('rest-http2', { name: 'rest-json-h2', label: 'REST, JSON, HTTP/2' }),
  room('rest-http2', { name: 'rest-protobuf-h2', label: 'REST, protobuf, HTTP/2', ...protobuf }),
  room('grpc'),
  control('node-http', 'node:http and JSON', 'rest'),
  control('node-http-protobuf', 'node:http and protobuf', 'rest', protobuf),
  control('node-http2', 'node:http2 (streams) and JSON', 'rest-http2'),
  control('node-http2-protobuf', 'node:http2 (streams) and protobuf', 'rest-http2', protobuf),
  control('hono', 'hono and JSON', 'rest'),
  control('grpc-js', 'grpc-js with proto-loader', 'grpc'),
];

/** REST and gRPC. */
export const attribution = callScenario({
  ...common,
  name: 'attribution',
  title: "Where a read's server CPU goes, REST and gRPC",
  baseline: 'rest-json-h1',
  contenders: [
    ...betweenRestAndGrpc,
    control('node-http-constant', 'node:http, constant bytes', 'rest'),
    withCore('hono-core', 'hono with core', 'rest'),
    control('node-http2-compat', 'node:http2 (compatibility API) and JSON', 'rest-http2'),
    control('node-http2-grpc', 'node:http2, gRPC by hand, constant bytes', 'grpc'),
    control('grpc-js-constant', 'grpc-js, constant bytes', 'grpc'),
    control('grpc-js-static', 'grpc-js with static messages', 'grpc'),
    control('connect-node', 'connect-node', 'grpc'),
    withCore('grpc-js-core', 'grpc-js with proto-loader and core', 'grpc'),
  ],
});

/** GraphQL on its two hosts, and its ways to execute. */
export const attributionGraphql = callScenario({
  ...common,
  name: 'attribution-graphql',
  title: "Where a read's server CPU goes, GraphQL",
  baseline: 'graphql',
  contenders: [
    room('graphql'),
    leanHost,
    control('graphql-constant', 'node:http, constant bytes, by POST', 'graphql'),
    control('graphql-json', 'node:http and JSON, by POST', 'graphql'),
    control('graphql-execute', 'graphql-js', 'graphql'),
    control('graphql-jit', 'graphql-jit', 'graphql'),
    withCore('graphql-core', 'graphql-js with core', 'graphql'),
    control('yoga', 'Yoga', 'graphql'),
    withCore('yoga-core', 'Yoga with core', 'graphql'),
  ],
});

export const attributionWebsocket = callScenario({
  ...common,
  name: 'attribution-websocket',
  title: "Where a read's server CPU goes, WebSocket",
  baseline: 'websocket',
  contenders: [
    room('websocket'),
    control('ws', 'ws, constant frame', 'websocket'),
    control('ws-json', 'ws and JSON', 'websocket'),
    withCore('ws-core', 'ws with core', 'websocket'),
  ],
});
