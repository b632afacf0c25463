import type { Cell, FailureSample, Sample } from '../result/result.ts';
import { median } from './paired.ts';

const cpuOfFailure = (sample: Sample, failure: string): number | undefined => {
  const found = sample.failures?.find((one: FailureSample) => one.failure === failure)?.perCall;
  return found && found.serverCpuMicros !== null
    ? found.serverCpuMicros / found.completed
    : undefined;
};

/** Server CPU of a failure, divided by that of the successful call in the same process. */
export function costRatio(cell: Cell, failure: string, good: string): number | undefined {
  const ratios = cell.samples.flatMap((sample) => {
    const [bad, fine] = [cpuOfFailure(sample, failure), cpuOfFailure(sample, good)];
    return bad && fine ? bad / fine : [];
  });
  return ratios.length === 0 ? undefined : median(ratios);
}
