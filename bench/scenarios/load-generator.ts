import { serveTasks } from '../generator/tasks.ts';
import type { Lab, Session } from '../trial/scenario.ts';
import type { Tasks } from '../trial/tasks.ts';
import { scenarioNamed } from './index.ts';

/** The client side of a measurement, a process of its own. */

/** By the names of the contenders that share a server. */
const sessions = new Map<string, Session>();

function sessionNamed(name: string): Session {
  const found = sessions.get(name);
  if (found) return found;
  throw new Error(`Expected an open session of ${name}, got an order before it.`);
}

/** Ends the server too if the process that started both is gone without a word. */
function endWithParent({ address: { pid, ours } }: Lab): void {
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
  async open({ session, scenario, lab }) {
    endWithParent(lab);
    sessions.set(session, await scenarioNamed(scenario).open(lab));
  },
  take: ({ session, slice }) => sessionNamed(session).take(slice),
  async finish(name) {
    const session = sessionNamed(name);
    const measured = await session.finish();
    await session.close();
    sessions.delete(name);
    return measured;
  },
  // Loaded only here: no other load generator has the store, or another's driver, in its memory.
  async calibrate(server) {
    const { measureCeilings } = await import('../generator/calibration.ts');
    return measureCeilings(server);
  },
  async closedLoop(order) {
    const { takeClosedSlice } = await import('../generator/closed-slice.ts');
    return takeClosedSlice(order);
  },
  async store(folder) {
    const { measureStorage } = await import('./storage.ts');
    return measureStorage(folder);
  },
};

serveTasks({ ...tasks });
