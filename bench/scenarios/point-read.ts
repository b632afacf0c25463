import { callScenario } from '../trial/call-scenario.ts';
import { restAgain, room } from '../trial/contenders.ts';
import { closed, open, settling, warming } from '../trial/phases.ts';
import { readPayment } from '../trial/workloads.ts';

const workload = 'read';

/** One payment is read. */
export const pointRead = callScenario({
  name: 'point-read',
  title: 'One payment read',
  what: 'One payment is read by its id, with key, scope, limiter and validation.',
  baseline: 'rest',
  rounds: { quick: 1, normal: 4, full: 8 },
  contenders: [room('rest'), restAgain, room('grpc'), room('graphql'), room('websocket')],
  workloads: [readPayment],
  phases(loading) {
    const { connections = 16, rttsMs = [0] } = loading;
    const where = { workload, connections };
    return [
      warming(where, 2400, loading),
      settling(where, 600, loading),
      ...rttsMs.flatMap((rttMs) => [
        closed({ ...where, rttMs }, connections, loading, { ms: 250, times: 3 }),
        open({ ...where, rttMs }, 'equal', loading, { ms: 250, times: 3 }),
      ]),
    ];
  },
});
