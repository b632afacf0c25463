import type { BoardCell } from './board.ts';

/** A cell as a bar: shares of the width that its column has for bars. */
export interface Bar {
  readonly share: number;
  /** From the least to the most; undefined if they are one. */
  readonly whisker: readonly [low: number, high: number] | undefined;
  /** The figure goes on beyond the width. */
  readonly isCut: boolean;
}

/** A figure this many times the next would leave no bar to the others. */
const outlier = 4;
const roomForCut = 1.25;
/** Two ends that are nearer than this are seen as one. */
const narrowest = 0.01;

/** The figure at the full width of a column: the most, except one that is far above all others. */
export function fullWidthOf(cells: readonly BoardCell[]): number {
  const [most = 1, next] = cells
    .flatMap((cell) => (cell.kind === 'figure' ? [cell.figure.high] : []))
    .sort((a, b) => b - a);
  return next !== undefined && most > outlier * next ? next * roomForCut : most;
}

/** @returns undefined for a cell without a figure */
export function barOf(cell: BoardCell, fullWidth: number): Bar | undefined {
  if (cell.kind !== 'figure') return undefined;
  const { value, low, high } = cell.figure;
  const isCut = value > fullWidth;
  const share = (figure: number) => Math.min(1, figure / fullWidth);
  const ends = [share(low), share(high)] as const;
  return {
    share: share(value),
    whisker: isCut || ends[1] - ends[0] < narrowest ? undefined : ends,
    isCut,
  };
}
