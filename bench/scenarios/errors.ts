import { callWires } from '../result/wires.ts';
import { plainRoom } from '../trial/contenders.ts';
import { callsInFlight, failuresOn, lengthOf, measureFailures } from '../trial/failure-costs.ts';
import { nothingMeasured, type Scenario } from '../trial/scenario.ts';
import { singlePhaseTrial } from '../trial/single-phase-trial.ts';

const contenders = callWires.map((wire) => plainRoom(wire));

const wireOf = (contender: string) =>
  contenders.find(({ name }) => name === contender)?.wire ?? 'rest';

/** The same six failures on every wire: shape, bytes and cost. */
export const errors: Scenario = {
  name: 'errors',
  title: 'The same six failures on every wire',
  what: `Each client reports the same code and the same violations. Cost: ${callsInFlight} calls in flight, compared with the successful call on the same path.`,
  baseline: 'rest',
  contenders,
  rounds: { quick: 1, normal: 1, full: 5 },
  mayBeCut: true,
  phases: ({ effort }) => [{ id: 'failures', ms: lengthOf(effort), times: 1 }],
  reference: (address, _fixtures, { name }) => failuresOn(wireOf(name), address),
  open: async (setup) =>
    singlePhaseTrial(async () => ({
      ...nothingMeasured,
      failures: await measureFailures(setup, wireOf(setup.contender)),
    })),
};
