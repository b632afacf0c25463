import { callScenario } from '../trial/call-scenario.ts';
import { control, leanHost, room, withCore } from '../trial/contenders.ts';
import { autocannon, closed, warming } from '../trial/phases.ts';
import { readPayment } from '../trial/workloads.ts';

/** Each room beside the library that it is made with, alone and with core in it. */
export const bare = callScenario({
  name: 'bare',
  title: 'Each room beside its bare library',
  what: 'A payment is read. A bare library returns a constant, or with core what core reads.',
  baseline: 'rest',
  rounds: { quick: 1, normal: 0, full: 6 },
  contenders: [
    room('rest'),
    control('hono', 'bare hono', 'rest'),
    withCore('hono-core', 'hono with core', 'rest'),
    room('grpc'),
    control('grpc-js-constant', 'bare grpc-js', 'grpc'),
    withCore('grpc-js-core', 'grpc-js with core', 'grpc'),
    room('graphql'),
    leanHost,
    control('graphql-execute', 'bare graphql', 'graphql'),
    withCore('graphql-core', 'graphql with core', 'graphql'),
    control('yoga', 'bare yoga', 'graphql'),
    room('websocket'),
    control('ws', 'bare ws', 'websocket'),
    withCore('ws-core', 'ws with core', 'websocket'),
  ],
  workloads: [readPayment],
  phases(loading) {
    const { connections = 64 } = loading;
    const where = { workload: readPayment.name, connections };
    return [
      warming(where, 3000, loading),
      closed(where, connections, loading, { ms: 150, times: 4 }),
      autocannon(where, loading, { ms: 300, times: 1 }),
    ];
  },
});
