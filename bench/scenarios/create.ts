import { callScenario } from '../trial/call-scenario.ts';
import { restAgain, room } from '../trial/contenders.ts';
import { closed, open, settling, warming } from '../trial/phases.ts';
import { makePayment } from '../trial/workloads.ts';

const workload = 'create';

/** One payment is created, each under an idempotency key of its own. */
export const create = callScenario({
  name: 'create',
  title: 'One payment created with an idempotency key',
  what: 'A payment is created: key, payment and event are durable before the response.',
  baseline: 'rest',
  rounds: { quick: 1, normal: 4, full: 8 },
  contenders: [room('rest'), restAgain, room('grpc'), room('graphql'), room('websocket')],
  workloads: [makePayment],
  phases(loading) {
    const { connections = 64 } = loading;
    const where = { workload, connections };
    return [
      warming(where, 1500, loading),
      settling(where, 400, loading),
      closed(where, connections, loading, { ms: 250, times: 3 }),
      open(where, 'equal', loading, { ms: 250, times: 3 }),
    ];
  },
});
