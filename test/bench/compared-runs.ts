import type { Cell, Result, Sample } from '../../bench/result/result.ts';
import { cellOf, closedLoad, openLoad, resultOf, wireLoad } from './small-result.ts';

/** Runs of known figures, for tests of what compares two of them. */

/** A little more and a little less: four processes with a spread of some 1 %. */
export const wobble = [0.99, 1.01, 1, 1.004];

export const reads = (cpu: number, more: Parameters<typeof openLoad>[2] = {}): Partial<Sample>[] =>
  wobble.map((off) => ({
    open: [
      openLoad(cpu * off, Math.round(400 * off), more),
      // Neither a share of a process's own capacity nor a cross-check is compared.
      openLoad(cpu, 900, { share: 0.5 }),
    ],
    closed: [closedLoad((1e6 / cpu) * off), closedLoad(9000, { driver: 'autocannon' })],
    wire: [wireLoad(890)],
  }));

/** REST once more, within two per cent. */
const again = cellOf(
  'point-read rest-again',
  reads(50).map((one, at) => ({ ...one, ...reads(50)[(at + 1) % 4] })),
);

export const runOf = (cells: readonly Cell[], more: Parameters<typeof resultOf>[1] = {}): Result =>
  resultOf([cellOf('point-read rest', reads(50)), again, ...cells], more);

export const grpc = (cpu: number, more: Parameters<typeof openLoad>[2] = {}) =>
  cellOf('point-read grpc', reads(cpu, more));
