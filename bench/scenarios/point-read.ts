import { callScenario } from '../trial/call-scenario.ts';
import { leanHost, restAgain, room } from '../trial/contenders.ts';
import { autocannon, closed, curve, once, open, searching, warming } from '../trial/phases.ts';
import { readPayment } from '../trial/workloads.ts';

const workload = 'read';
/** Less leaves the cores idle in between, and what waking them costs is noise. */
const readsPerSecond = 3000;
const objective = { quantile: 0.99, ms: 20 };

/** One payment is read. */
export const pointRead = callScenario({
  name: 'point-read',
  title: 'One payment read',
  what: 'One payment is read by its id, with key, scope, limiter and validation.',
  baseline: 'rest',
  rounds: { quick: 1, normal: 3, full: 10 },
  // The noise floor of the run comes from these two.
  moreRounds: { contenders: ['rest', 'rest-again'], rounds: { quick: 0, normal: 2, full: 0 } },
  contenders: [room('rest'), restAgain, room('grpc'), room('graphql'), leanHost, room('websocket')],
  workloads: [readPayment],
  phases(loading, round) {
    const { connections = 16, rttsMs = [0] } = loading;
    // What is drawn takes its time, and is not compared to the last percent.
    const isLong = round === 0 || loading.effort === 'full';
    const where = { workload, connections };
    const over = (many: number) => ({ workload, connections: many });
    return [
      warming(where, 3300, loading),
      ...rttsMs.flatMap((rttMs) => [
        closed({ ...where, rttMs }, connections, loading, { ms: 100, times: 3 }),
        open({ ...where, rttMs }, readsPerSecond, loading, { ms: 100, times: 12 }),
      ]),
      ...(isLong
        ? once([
            warming(over(64), 500, loading, 'autocannon'),
            // In turns, over enough connections for autocannon to keep the server busy while it
            // is busy itself.
            ...Array.from({ length: 4 }, () => [
              closed(over(64), 64, loading, { ms: 100, times: 1 }),
              autocannon(over(64), loading, { ms: 150, times: 1 }),
            ]).flat(),
            ...[1, 4, 256].map((many) => closed(over(many), many, loading, { ms: 150, times: 1 })),
            // The other view of concurrency: one connection for all calls, if the wire allows it.
            closed(over(1), 64, loading, { ms: 150, times: 2 }),
            ...curve(where, loading, { ms: 150, times: 2 }),
            searching(where, objective, loading, { ms: 150, times: 4 }),
          ])
        : []),
    ];
  },
});
