import type { Result } from '../result/result.ts';
import { findCell, typical, wireOf } from './summary.ts';

/** The acts of a scenario with the bytes that the baseline receives. */
export function sizesOf(
  result: Result,
  { name, baseline }: { readonly name: string; readonly baseline: string },
) {
  const cell = findCell(result, name, baseline);
  const acts = cell?.samples[0]?.wire.map(({ act }) => act) ?? [];
  return acts.map((act) => ({
    act,
    bytes: (cell && typical(cell, (sample) => wireOf(sample, { act })?.receivedBytesPerCall)) ?? 0,
  }));
}
