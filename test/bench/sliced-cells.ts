import type { Slice } from '../../bench/result/loads.ts';
import type { Cell } from '../../bench/result/result.ts';
import { judgeCell } from '../../bench/statistics/soundness.ts';
import { cellOf, closedLoad } from './small-result.ts';

/** Cells whose loads have slices, and what is said against them. */

export const sliceOf = (at: number, more: Partial<Slice> = {}): Slice => ({
  at,
  elapsedMs: 250,
  perSecond: 1000,
  completed: 250,
  cpuMicros: 100,
  medianMicros: 300,
  meanMicros: 320,
  machinePerSecond: 40_000,
  ...more,
});

export const slicesOf = (rates: readonly number[]): Slice[] =>
  rates.map((perSecond, at) => sliceOf(at, { perSecond, cpuMicros: 1e6 / perSecond }));

/** Processes of a cell whose closed loops have slices at these rates. */
export const closedCell = (
  name: `${string} ${string}`,
  processes: readonly (readonly number[])[],
): Cell =>
  cellOf(
    name,
    processes.map((rates) => ({
      closed: [closedLoad(rates[0] ?? 0, { slices: slicesOf(rates) })],
    })),
  );

export const faultsOfCell = (cell: Cell): string[] => {
  const judged = structuredClone(cell);
  judgeCell(judged);
  const { samples } = judged;
  return samples.flatMap(({ closed, open, capacity }) =>
    [...closed, ...open, ...capacity].flatMap(({ invalid }) => invalid),
  );
};
