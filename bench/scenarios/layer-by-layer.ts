import { closed, open, settling, warming } from '../trial/phases.ts';
import type { Loading } from '../trial/scenario.ts';
import { readPayment } from '../trial/workloads.ts';

const phasesOf = (loading: Loading) => {
  // As those of the point read: the same ratio is to have the same value.
  const { connections = 16 } = loading;
  const where = { workload: readPayment.name, connections };
  const steps = { ms: 250, times: 2 };
  return [
    warming(where, 1200, loading),
    settling(where, 200, loading),
    closed(where, connections, loading, steps),
    open(where, 'equal', loading, { ...steps, ms: 200 }),
  ];
};

const what =
  'The same read, one layer more or another at a time: transport, encoding, library, core, room. A bare library returns a constant, or with core what core reads.';

/** Contenders of a wire are compared with each other; a default run has no time for them. */
export const layerByLayer = {
  what,
  rounds: { quick: 1, normal: 0, full: 5 },
  workloads: [readPayment],
  phases: phasesOf,
};
