import { serveTasks } from '../generator/tasks.ts';
import type { Trial, TrialSetup } from '../trial/scenario.ts';
import type { Tasks } from '../trial/tasks.ts';
import { scenarioNamed } from './index.ts';

/** The client side of a measurement, a process of its own. */

/** By the names of the contenders that share a server. */
const trials = new Map<string, Trial>();

function trialNamed(name: string): Trial {
  const found = trials.get(name);
  if (found) return found;
  throw new Error(`Expected an open trial of ${name}, got an order before it.`);
}

/** Ends the server too if the process that started both is gone without a word. */
function endWithParent({ address: { pid, ours } }: TrialSetup): void {
  if (process.listenerCount('disconnect') > 1) return;
  process.prependOnceListener('disconnect', () => {
    try {
      if (ours && pid !== null) process.kill(pid, 'SIGKILL');
    } finally {
      process.exit(1);
    }
  });
}

const tasks: Tasks = {
  async open({ trial, scenario, setup }) {
    endWithParent(setup);
    trials.set(trial, await scenarioNamed(scenario).open(setup));
  },
  step: ({ trial, ...order }) => trialNamed(trial).step(order),
  capacity: async ({ trial, workload }) => trialNamed(trial).capacity?.(workload) ?? null,
  async finish({ trial: name, machine }) {
    const trial = trialNamed(name);
    const measured = await trial.finish(machine);
    await trial.close();
    trials.delete(name);
    return measured;
  },
  // Loaded only here: no other load generator has the store, or another's driver, in its memory.
  async calibrate(server) {
    const { measureCeilings } = await import('../generator/calibration.ts');
    return measureCeilings(server);
  },
  async gauge({ server, ms }) {
    const { gaugeMachine } = await import('../generator/gauge.ts');
    return gaugeMachine(server, ms);
  },
  async closedLoop(order) {
    const { runClosedOrder } = await import('../generator/closed-order.ts');
    return runClosedOrder(order);
  },
  async store(folder) {
    const { measureStorage } = await import('./storage.ts');
    return measureStorage(folder);
  },
};

serveTasks({ ...tasks });
