import { readPayment } from './acts.ts';
import { callScenario } from './calls.ts';
import { restAgain, room } from './contenders.ts';
import type { Scenario } from './scenario.ts';
import { autocannon, closed, curve, open, searching, warming } from './turns.ts';

const act = 'read';
const readsPerSecond = 2000;
const objective = { quantile: 0.99, ms: 20 };

/** (1) One payment is read. */
export const pointRead: Scenario = callScenario({
  name: 'point-read',
  title: 'One payment read',
  what: 'One payment is read by its id, with key, scope, limiter and validation.',
  baseline: 'rest',
  rounds: { quick: 1, normal: 4, full: 10 },
  contenders: [room('rest'), restAgain, room('grpc'), room('graphql'), room('websocket')],
  acts: [readPayment],
  turns(loading) {
    const { connections = 64, rttsMs = [0] } = loading;
    const where = { act, connections };
    const over = (many: number) => ({ act, connections: many });
    return [
      warming(where, 2500, loading),
      ...rttsMs.flatMap((rttMs) => [
        closed({ ...where, rttMs }, connections, loading, { ms: 150, times: 4 }),
        open({ ...where, rttMs }, readsPerSecond, loading, { ms: 250, times: 8 }),
      ]),
      autocannon(where, loading, { ms: 200, times: 2 }),
      // Two views of concurrency: as many connections as calls, and one connection for all.
      ...[1, 4, 16, 256].map((many) => closed(over(many), many, loading, { ms: 100, times: 1 })),
      closed(over(1), 64, loading, { ms: 100, times: 1 }),
      ...curve(where, loading, { ms: 120, times: 1 }),
      searching(where, objective, loading, { ms: 150, times: 4 }),
    ];
  },
});
