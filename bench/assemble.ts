import { type MeasuredPart, machineOf } from './part-record.ts';
import { partNames } from './parts.ts';
import type { Cell, MachineSpeed, Result } from './result/result.ts';
import { median } from './statistics/paired.ts';
import { judgeCell } from './statistics/soundness.ts';

type Named = Pick<MeasuredPart, 'record' | 'result'>;

const inOrder = (those: readonly Named[]): readonly Named[] =>
  those.toSorted((a, b) => partNames.indexOf(a.record.part) - partNames.indexOf(b.record.part));

const timesOf = (those: readonly Named[], which: 'startedAt' | 'finishedAt'): string[] =>
  those.map(({ result }) => result[which]).sort();

/** The spread over all parts, around the median of their medians. */
const machineOfAll = (speeds: readonly MachineSpeed[]): MachineSpeed | null =>
  speeds.length === 0
    ? null
    : {
        perSecond: median(speeds.map(({ perSecond }) => perSecond)),
        low: Math.min(...speeds.map(({ low }) => low)),
        high: Math.max(...speeds.map(({ high }) => high)),
        times: speeds.reduce((sum, { times }) => sum + times, 0),
        repeated: speeds.reduce((sum, { repeated }) => sum + repeated, 0),
        kept: speeds.reduce((sum, { kept }) => sum + kept, 0),
      };

function judgedAnew(cell: Cell): Cell {
  const own = structuredClone(cell);
  judgeCell(own);
  return own;
}

/**
 * One result with the cells of all parts, judged by the rules of today. What a run has once, such
 * as its ceilings, is that of the first part that has it.
 * @throws Error if there are none, or two of one part
 */
export function assemble(measured: readonly Named[]): Result {
  const those = inOrder(measured);
  const [first] = those;
  if (!first) throw new Error('--assemble: expected the folders of parts, got none.');
  const names = those.map(({ record }) => record.part);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice) throw new Error(`--assemble: expected each part once, got ${twice} twice.`);
  const results = those.map(({ result }) => result);
  const isWhole = partNames.every((name) => names.includes(name));
  return {
    ...first.result,
    startedAt: timesOf(those, 'startedAt')[0] ?? first.result.startedAt,
    finishedAt: timesOf(those, 'finishedAt').at(-1) ?? first.result.finishedAt,
    complete: results.every(({ complete }) => complete),
    options: {
      ...first.result.options,
      only: isWhole ? [] : results.flatMap(({ options }) => options.only),
    },
    start: results.find(({ start }) => start)?.start ?? null,
    ceilings: [...(results.find(({ ceilings }) => ceilings.length > 0)?.ceilings ?? [])],
    link: results.find(({ link }) => link)?.link ?? null,
    rates: results.flatMap(({ rates }) => rates),
    cut: results.flatMap(({ cut }) => cut),
    parts: those.map(({ record, result: { startedAt, finishedAt, environment } }) => ({
      name: record.part,
      startedAt,
      finishedAt,
      revision: environment.revision,
      modified: environment.modified,
      machine: machineOf(environment),
    })),
    machine: machineOfAll(results.flatMap(({ machine }) => machine ?? [])),
    cells: results.flatMap(({ cells }) => cells.map(judgedAnew)),
    storage: results.find(({ storage }) => storage)?.storage ?? null,
  };
}
