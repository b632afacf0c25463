import type { LoadSample } from '../result/loads.ts';
import { type Metric, openOf } from './summary.ts';

const cpuOfClient = ({ clientCpuShare, elapsedMs, completed, failed }: LoadSample) =>
  failed === 0 && completed > 0 ? (clientCpuShare * elapsedMs * 1000) / completed : undefined;

/** CPU a call of the load generator at the equal rate, µs: its client, schedule and checks. */
export const clientCpuAtRate: Metric = (sample) => {
  const load = openOf(sample);
  return load?.invalid.length === 0 ? cpuOfClient(load) : undefined;
};
