import { closed, open, settling, warming } from '../trial/phases.ts';
import type { Loading } from '../trial/scenario.ts';
import { readPayment } from '../trial/workloads.ts';

const phasesOf = (loading: Loading) => {
  // As many as the point read has, because the same ratio must have the same value.
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
  'The same read, with one layer added or changed at a time: transport, encoding, library, core, room. A bare library returns a constant; with core, it returns what core reads.';

/** Contenders of a wire are compared with each other. A default run has no time for them. */
export const layerByLayer = {
  what,
  rounds: { quick: 1, normal: 0, full: 5 },
  workloads: [readPayment],
  phases: phasesOf,
};
