import { callScenario } from '../trial/call-scenario.ts';
import { room } from '../trial/contenders.ts';
import {
  autocannon,
  closed,
  searching,
  settling,
  curve as shares,
  warming,
} from '../trial/phases.ts';
import { readPayment } from '../trial/workloads.ts';

const workload = 'read';
const objective = { quantile: 0.99, ms: 20 };

/** One payment is read at every load, and by every number of connections. */
export const curve = callScenario({
  name: 'curve',
  title: 'One payment read, at every load',
  what: 'One payment is read at rates up to 110 % of what the process can do, by 1 to 256 connections, and by autocannon in turns with our own driver.',
  baseline: 'rest',
  rounds: { quick: 1, normal: 0, full: 4 },
  contenders: [room('rest'), room('grpc'), room('graphql'), room('websocket')],
  workloads: [readPayment],
  phases(loading) {
    const { connections = 16 } = loading;
    const where = { workload, connections };
    const over = (many: number) => ({ workload, connections: many });
    const slices = { ms: 250, times: 2 };
    const turn = { ms: 250, times: 1 };
    return [
      warming(where, 2700, loading),
      settling(where, 600, loading),
      closed(where, connections, loading, slices),
      warming(over(64), 500, loading, 'autocannon'),
      // In turns, over enough connections for autocannon to keep the server busy while it is busy
      // itself.
      ...Array.from({ length: 4 }, () => [
        closed(over(64), 64, loading, turn),
        autocannon(over(64), loading, turn),
      ]).flat(),
      ...[1, 4, 256].map((many) => closed(over(many), many, loading, slices)),
      // The other view of concurrency: one connection for all calls, if the wire allows it.
      closed(over(1), 64, loading, slices),
      ...shares(where, loading, slices),
      searching(where, objective, loading, { ms: 500, times: 6 }),
    ];
  },
});
