import { callScenario } from '../trial/call-scenario.ts';
import { control, room } from '../trial/contenders.ts';
import { autocannon, closed, warming } from '../trial/phases.ts';
import type { Scenario } from '../trial/scenario.ts';
import { readPayment } from '../trial/workloads.ts';

/** (8) Each room beside the library that it is made with. */
export const bare: Scenario = callScenario({
  name: 'bare',
  title: 'Each room beside its bare library',
  what: 'A payment is read; the bare libraries answer the same bytes as a constant.',
  baseline: 'rest',
  rounds: { quick: 1, normal: 0, full: 6 },
  contenders: [
    room('rest'),
    control('hono', 'bare hono', 'rest'),
    room('grpc'),
    control('grpc-js-constant', 'bare grpc-js', 'grpc'),
    room('graphql'),
    control('graphql-execute', 'bare graphql', 'graphql'),
    control('yoga', 'bare yoga', 'graphql'),
    room('websocket'),
    control('ws', 'bare ws', 'websocket'),
  ],
  acts: [readPayment],
  turns(loading) {
    const { connections = 64 } = loading;
    const where = { act: readPayment.name, connections };
    return [
      warming(where, 3000, loading),
      closed(where, connections, loading, { ms: 150, times: 4 }),
      autocannon(where, loading, { ms: 300, times: 1 }),
    ];
  },
});
