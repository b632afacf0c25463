import { type MeasuredPart, machineOf } from './part-record.ts';
import { partNames } from './parts.ts';
import type { Result } from './result/result.ts';

type Named = Pick<MeasuredPart, 'record' | 'result'>;

const inOrder = (those: readonly Named[]): readonly Named[] =>
  those.toSorted((a, b) => partNames.indexOf(a.record.part) - partNames.indexOf(b.record.part));

const timesOf = (those: readonly Named[], which: 'startedAt' | 'finishedAt'): string[] =>
  those.map(({ result }) => result[which]).sort();

/**
 * Makes one result with the cells of all parts. A value that a run has once, such as its ceilings,
 * comes from the first part that has it.
 * @throws Error if there are no parts, or two results of the same part
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
    cells: results.flatMap(({ cells }) => cells),
    storage: results.find(({ storage }) => storage)?.storage ?? null,
  };
}
