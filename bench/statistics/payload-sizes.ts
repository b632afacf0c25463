import type { Result } from '../result/result.ts';
import { findCell, typical, wireOf } from './summary.ts';

/** The workloads of a scenario with the bytes that the baseline receives. */
export function sizesOf(
  result: Result,
  { name, baseline }: { readonly name: string; readonly baseline: string },
) {
  const cell = findCell(result, name, baseline);
  const workloads = cell?.samples[0]?.wire.map(({ workload }) => workload) ?? [];
  return workloads.map((workload) => ({
    workload,
    bytes:
      (cell && typical(cell, (sample) => wireOf(sample, { workload })?.receivedBytesPerCall)) ?? 0,
  }));
}
