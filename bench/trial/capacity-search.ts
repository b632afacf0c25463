import type { CapacitySample } from '../result/loads.ts';
import { achievedAtLeast, faultsOfClient } from '../statistics/validity.ts';
import type { Objective } from './load.ts';
import { achievedBy } from './samples.ts';
import type { OpenStep } from './steps.ts';

/** Where a search begins and ends, as shares of the capacity. */
const searchFrom = 0.5;
const searchTo = 1.1;

/** Searches the highest rate that meets an objective, by halving the range in which it lies. */
export interface CapacitySearch {
  /** How many rates were tried. */
  readonly tried: number;
  /** The rate to try next, calls a second. */
  next(): number;
  add(step: OpenStep): void;
  sample(workload: string): CapacitySample;
}

/** @param capacity calls a second that the closed loop showed */
export function createCapacitySearch(objective: Objective, capacity: number): CapacitySearch {
  const steps: { perSecond: number; met: boolean }[] = [];
  let low = 0;
  let high = capacity * searchTo;
  let best: number | null = null;
  // The lower end first: a server that misses the objective there is looked for below it.
  let trying = capacity * searchFrom;
  let clientCpuShare = 0;
  return {
    get tried() {
      return steps.length;
    },
    next: () => trying,
    add(step) {
      const { loop, spent } = step;
      clientCpuShare = Math.max(clientCpuShare, spent.clientCpuShare);
      const achieved = achievedBy([step]) >= achievedAtLeast;
      const micros = loop.response.getValueAtPercentile(objective.quantile * 100);
      const met = achieved && micros <= objective.ms * 1000;
      steps.push({ perSecond: trying, met });
      if (met) {
        best = trying;
        low = trying;
      } else {
        high = trying;
      }
      trying = (low + high) / 2;
    },
    sample: (workload) => ({
      workload,
      invalid: faultsOfClient(clientCpuShare),
      objective,
      perSecond: best,
      steps,
    }),
  };
}
