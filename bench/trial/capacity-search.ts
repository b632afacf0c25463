import type { CapacitySample } from '../result/loads.ts';
import { achievedAtLeast, faultsOfClient } from '../statistics/validity.ts';
import type { Objective } from './load.ts';
import { achievedBy } from './samples.ts';
import type { OpenStep } from './steps.ts';

/** The rates between which a search begins, as shares of the capacity. */
const searchFrom = 0.5;
const searchTo = 1.1;

/** Searches for the highest rate that meets an objective, by halving the range that it is in. */
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
  // The search goes below this rate if the server misses the objective here.
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
