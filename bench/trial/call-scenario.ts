import { connectClient } from '../subject/clients.ts';
import { comparableOf, openCallSession, type References } from './call-trial.ts';
import type { CallContender } from './callers.ts';
import type { Phase, Turn } from './phase.ts';
import type { Loading, Scenario } from './scenario.ts';
import type { Workload } from './workload.ts';

/** A scenario of calls that are answered once. */
export interface CallScenario extends Omit<Scenario, 'slices' | 'reference' | 'open'> {
  readonly contenders: readonly CallContender[];
  /** The first is the one that contenders are compared by. */
  readonly workloads: readonly Workload[];
  /** What each process goes through in one round. */
  turns(loading: Loading, round: number): readonly Turn[];
}

/** The name of a phase, which says all of it. */
const nameOf = (phase: Phase): string => JSON.stringify(phase);

export function callScenario(calls: CallScenario): Scenario {
  const { contenders, workloads, baseline, turns, ...rest } = calls;
  const named = (name: string): CallContender => {
    const found = contenders.find((contender) => contender.name === name);
    if (!found) throw new Error(`Expected a contender of ${rest.name}, got '${name}'.`);
    return found;
  };
  return {
    ...rest,
    baseline,
    contenders,
    slices: (loading, round) =>
      turns(loading, round).map(({ phase, ms, times, once = false }) => ({
        name: nameOf(phase),
        ms,
        times,
        together: phase.kind === 'warm-up',
        once,
      })),
    async reference(address, fixtures, { name }): Promise<References> {
      const { wire, opening = {}, workloads: own } = named(name);
      const client = await connectClient(address, wire, opening);
      try {
        const answers: Record<string, unknown> = {};
        for (const workload of own ?? workloads) {
          const answer = await workload.perform(client, fixtures, `reference-${workload.name}`);
          answers[workload.name] = comparableOf(workload, answer);
        }
        return answers;
      } finally {
        await client.close();
      }
    },
    open(lab) {
      const contender = named(lab.contender);
      const phases = turns(lab.loading, lab.round).map(
        ({ phase }) => [nameOf(phase), phase] as const,
      );
      return openCallSession(lab, contender, contender.workloads ?? workloads, new Map(phases));
    },
  };
}
