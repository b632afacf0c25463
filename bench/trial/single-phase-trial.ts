import type { Measured } from '../result/result.ts';
import { nothingMeasured, type Trial } from './scenario.ts';

/** A trial of one step, in which everything is measured. */
export function singlePhaseTrial(measure: (ms: number) => Promise<Measured>): Trial {
  let measured = nothingMeasured;
  return {
    async step({ ms }) {
      measured = await measure(ms);
    },
    finish: async () => measured,
    async close() {},
  };
}
