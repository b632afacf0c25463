import { callScenario } from '../trial/call-scenario.ts';
import { control, room, withCore } from '../trial/contenders.ts';
import { layerByLayer } from './layer-by-layer.ts';

const protobuf = { opening: { protobuf: true } } as const;

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
  ...layerByLayer,
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
