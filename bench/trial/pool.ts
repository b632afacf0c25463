import { type CpuCore, pin } from '../process/child.ts';
import { type Subject, startControl, startServer, targetAt } from '../subject/subject.ts';
import type { Copies } from '../subject/template.ts';
import type { Preflight } from './preflight.ts';
import { type Contender, serverOf } from './scenario.ts';
import type { LoadGenerator, StartLoadGenerator } from './tasks.ts';

/** A fresh server and the load generator that measures it. */
export interface Processes {
  readonly subject: Subject;
  readonly generator: LoadGenerator;
  /**
   * Pins each to the core that it is measured on, or lets both use any core: on any core, starting
   * and warming up take half the time.
   */
  place(where: Placement): Promise<void>;
}

export type Placement = 'own core' | 'any core';

/** The processes of one round. */
export interface Pool {
  /**
   * Returns the processes of a contender, started at its first scenario. Contenders of the same
   * server use it one after the other; a baseline's repeat has a server of its own.
   */
  processesOf(contender: Contender): Promise<Processes>;
  end(): Promise<void>;
}

export function createPool(
  preflight: Preflight,
  copies: Copies,
  startGenerator: StartLoadGenerator,
): Pool {
  const started = new Map<string, Promise<Processes>>();
  const databases: string[] = [];
  const { constantsPath, certificate, target, nodeFlags } = preflight;

  function startSubject({ subject: spec }: Contender): Promise<Subject> {
    if ('control' in spec) {
      const databasePath = spec.database && newDatabase();
      return startControl(spec.control, constantsPath, { nodeFlags, databasePath });
    }
    if (target) return Promise.resolve(targetAt(target));
    return startServer({ ...spec, databasePath: newDatabase(), certificate, nodeFlags });
  }

  function newDatabase(): string {
    const path = copies.copy();
    databases.push(path);
    return path;
  }

  async function start(contender: Contender): Promise<Processes> {
    const starting = [startGenerator(), startSubject(contender)] as const;
    try {
      const [generator, subject] = await Promise.all(starting);
      return { generator, subject, place: placing(generator, subject) };
    } catch (thrown) {
      for (const one of await Promise.allSettled(starting)) {
        if (one.status === 'fulfilled') await one.value.stop();
      }
      throw thrown;
    }
  }

  return {
    processesOf(contender) {
      const key = serverOf(contender);
      const known = started.get(key) ?? start(contender);
      started.set(key, known);
      return known;
    },
    async end() {
      const all = await Promise.allSettled(started.values());
      const processes = all.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
      await Promise.all(
        processes.flatMap(({ subject, generator }) => [subject.stop(), generator.stop()]),
      );
      for (const path of databases) copies.delete(path);
    },
  };
}

function placing(generator: LoadGenerator, { address }: Subject): Processes['place'] {
  let placed: Placement = 'any core';
  return async (where) => {
    if (where === placed) return;
    const coreOf = (own: CpuCore) => (where === 'any core' ? 'any' : own);
    await Promise.all([
      pin(generator.pid, coreOf(1)),
      ...(address.ours && address.pid !== null ? [pin(address.pid, coreOf(0))] : []),
    ]);
    placed = where;
  };
}
