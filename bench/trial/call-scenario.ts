import { connectClient } from '../subject/clients.ts';
import type { CallContender } from './call-sources.ts';
import { comparableOf, openCallTrial, type References } from './call-trial.ts';
import type { CallPhase } from './phases.ts';
import type { Loading, Scenario } from './scenario.ts';
import type { Workload } from './workload.ts';

/** A scenario of calls that are answered once. */
interface CallScenario extends Scenario {
  phases(loading: Loading, round: number): readonly CallPhase[];
}

interface CallScenarioOptions extends Omit<CallScenario, 'reference' | 'open'> {
  readonly contenders: readonly CallContender[];
  /** Contenders are compared by the first. */
  readonly workloads: readonly Workload[];
}

export function callScenario(calls: CallScenarioOptions): CallScenario {
  const { contenders, workloads, baseline, ...rest } = calls;
  const named = (name: string): CallContender => {
    const found = contenders.find((contender) => contender.name === name);
    if (!found) throw new Error(`Expected a contender of ${rest.name}, got '${name}'.`);
    return found;
  };
  return {
    ...rest,
    baseline,
    contenders,
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
    open(setup) {
      const contender = named(setup.contender);
      const phases = calls.phases(setup.loading, setup.round);
      return openCallTrial(setup, contender, contender.workloads ?? workloads, phases);
    },
  };
}
