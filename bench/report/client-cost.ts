import type { LoadSample } from '../result/loads.ts';
import type { Result } from '../result/result.ts';
import { callWires, labels } from '../result/wires.ts';
import { findCell, isValid, openOf, typical } from '../statistics/summary.ts';

/** What a call costs the load generator: CPU time of the client, µs. */
export const clientMicros = (load: LoadSample | undefined): number | undefined =>
  load && load.completed > 0
    ? (load.clientCpuShare * load.elapsedMs * 1000) / load.completed
    : undefined;

/** The tool's own cost of a read at equal rate, by wire; undefined without any. */
export function clientCostLine(result: Result): string | undefined {
  const texts = callWires.flatMap((wire) => {
    const cell = findCell(result, 'point-read', wire);
    const micros = isValid(cell)
      ? typical(cell, (sample) => clientMicros(openOf(sample)))
      : undefined;
    return micros === undefined ? [] : [`${labels[wire]} ${Math.round(micros)}`];
  });
  return texts.length === 0
    ? undefined
    : `The load generator's own CPU, µs a read: ${texts.join(', ')}.`;
}
