import { callScenario } from '../trial/call-scenario.ts';
import { control, room } from '../trial/contenders.ts';
import { open, warming } from '../trial/phases.ts';
import { makePayment, readPayment } from '../trial/workloads.ts';

const protobuf = { opening: { protobuf: true } } as const;
const connections = 64;
const readsPerSecond = 2000;
const createsPerSecond = 500;

/** The same read and the same write, one layer changed at a time. */
export const attribution = callScenario({
  name: 'attribution',
  title: 'JSON or protobuf, HTTP/1.1 or HTTP/2, bare library or whole room',
  what: 'The same read and the same create, with one layer changed at a time, which splits the difference between gRPC and REST into parts.',
  baseline: 'rest-json-h1',
  rounds: { quick: 1, normal: 3, full: 8 },
  contenders: [
    room('rest', { name: 'rest-json-h1', label: 'REST, JSON, HTTP/1.1' }),
    room('rest', { name: 'rest-protobuf-h1', label: 'REST, protobuf, HTTP/1.1', ...protobuf }),
    room('rest-http2', { name: 'rest-json-h2', label: 'REST, JSON, HTTP/2' }),
    room('rest-http2', { name: 'rest-protobuf-h2', label: 'REST, protobuf, HTTP/2', ...protobuf }),
    room('grpc'),
    control('node-http', 'bare node:http, JSON', 'rest'),
    control('node-http-protobuf', 'bare node:http, protobuf', 'rest', protobuf),
    control('node-http2', 'bare node:http2, JSON', 'rest-http2'),
    control('node-http2-protobuf', 'bare node:http2, protobuf', 'rest-http2', protobuf),
    control('hono', 'bare hono, JSON', 'rest'),
    control('grpc-js', 'bare grpc-js', 'grpc'),
  ],
  workloads: [readPayment, makePayment],
  phases(loading) {
    const { connections: many = connections } = loading;
    const [read, create] = [
      { workload: 'read', connections: many },
      { workload: 'create', connections: many },
    ];
    return [
      warming(read, 800, loading),
      warming(create, 300, loading),
      open(read, readsPerSecond, loading, { ms: 75, times: 6 }),
      open(create, createsPerSecond, loading, { ms: 45, times: 5 }),
    ];
  },
});
