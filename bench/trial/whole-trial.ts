import type { Measured } from '../result/result.ts';
import { nothingMeasured, type Session, type Slice } from './scenario.ts';

/** A session of one slice, in which everything is measured. */
export function wholeSession(measure: (slice: Slice) => Promise<Measured>): Session {
  let measured = nothingMeasured;
  return {
    async take(slice) {
      measured = await measure(slice);
    },
    finish: async () => measured,
    async close() {},
  };
}
