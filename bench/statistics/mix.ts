import type { RateSearchSample } from '../result/mix.ts';
import type { Metric } from './summary.ts';

/** Figures of one process under a mix of calls. */

const validRate = (search: RateSearchSample | undefined): number | undefined =>
  search?.invalid.length === 0 ? (search.perSecond ?? undefined) : undefined;

/** Highest rate of the mix that met the objective, calls a second. */
export const highestRate: Metric = ({ mix }) => validRate(mix?.whole);

/** The same of reads of one payment alone. */
export const readsAlone: Metric = ({ mix }) => validRate(mix?.readAlone);

/** Server CPU of a call of the mix in a closed loop, µs. */
export const cpuOfMix: Metric = ({ mix }) => {
  const closed = mix?.whole.closed;
  return closed && closed.serverCpuMicros !== null && closed.completed > 0
    ? closed.serverCpuMicros / closed.completed
    : undefined;
};
