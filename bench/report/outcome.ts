import { questions } from '../questions/index.ts';
import type { Question } from '../questions/question.ts';
import type { Cell, Result, Sample } from '../result/result.ts';
import { cut, wrapped } from '../result/table.ts';
import { labelOf } from '../scenarios/labels.ts';
import type { Judgement } from './threshold.ts';

/** Exit codes of the bench. */
export const exit = { passed: 0, failed: 1, threshold: 2, lost: 3, interrupted: 130 } as const;

/** How a run ended. */
export interface Outcome {
  readonly code: number;
  /** Why the code is not 0, in one line. */
  readonly reason?: string;
}

const withoutFaults = (sample: Sample): Sample => ({
  ...sample,
  closed: sample.closed.map((load) => ({ ...load, invalid: [] })),
  open: sample.open.map((load) => ({ ...load, invalid: [] })),
  capacity: sample.capacity.map((search) => ({ ...search, invalid: [] })),
  mix: sample.mix && {
    ...sample.mix,
    whole: { ...sample.mix.whole, invalid: [] },
    readAlone: { ...sample.mix.readAlone, invalid: [] },
  },
});

const isSound = ({ invalid, samples }: Cell): boolean => invalid.length === 0 && samples.length > 0;

/**
 * The result as if nothing in it were invalid. An invalid cell may lack figures, so it borrows
 * those of a valid one. Its figures must never be shown.
 */
function asIfValid(result: Result): Result {
  const cells = result.cells.map((cell): Cell => {
    const lender = isSound(cell)
      ? cell
      : (result.cells.find((one) => one.scenario === cell.scenario && isSound(one)) ?? cell);
    return { ...cell, invalid: [], samples: lender.samples.map(withoutFaults) };
  });
  return { ...result, cells };
}

/** Whether a whole scenario was run and has no samples. */
const isEmptied = ({ cells }: Result, scenario: string): boolean => {
  const those = cells.filter((cell) => cell.scenario === scenario);
  return those.length > 0 && those.every(({ samples }) => samples.length === 0);
};

/**
 * The questions that were measured and have no answer, because figures that they need are invalid.
 * A question whose scenarios were not requested, or were cut for time, is not among them.
 */
export function lostAnswers(result: Result): readonly Question[] {
  const valid = asIfValid(result);
  return questions.filter(({ judge, scenarios }) => {
    if (judge(result).answer !== 'not measured') return false;
    return (
      judge(valid).answer !== 'not measured' || scenarios.some((name) => isEmptied(result, name))
    );
  });
}

const loadsOf = ({ samples }: Cell) =>
  samples.flatMap(({ closed, open, capacity, mix }) => [
    ...[...closed, ...open, ...capacity],
    ...(mix ? [mix.whole, mix.readAlone] : []),
  ]);

const counted = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`;

/** A line for each cell without figures, and for each with loads without figures, with reasons. */
export function invalidLines({ cells }: Result): readonly string[] {
  return cells.flatMap((cell) => {
    const where = `${cell.scenario}, ${labelOf(cell)}`;
    if (cell.invalid.length > 0) return `${where}: ${[...new Set(cell.invalid)].join('; ')}`;
    const loads = loadsOf(cell);
    const hollow = loads.filter(({ invalid }) => invalid.length > 0);
    const [first] = hollow;
    if (!first) return [];
    return `${where}, ${hollow.length} of ${counted(loads.length, 'load')}: ${first.invalid[0]}`;
  });
}

/** Returns the first reason why the figures of a question's scenarios must not be used. */
function reasonOf({ cells }: Result, { scenarios }: Question): string {
  const those = cells.filter(({ scenario }) => scenarios.includes(scenario));
  const [first] = [
    ...those.flatMap(({ invalid }) => invalid),
    ...those.flatMap(loadsOf).flatMap(({ invalid }) => invalid),
  ];
  return first ?? 'no figure is valid';
}

function lostReason(result: Result, lost: readonly Question[]): string {
  const [first] = lost;
  if (!first) return '';
  const why = reasonOf(result, first);
  return lost.length === 1
    ? `question ${first.number} lost its figure: ${why}`
    : `questions ${lost.map(({ number }) => number).join(', ')} lost their figures: ${why}`;
}

/** @param strict whether any invalid cell or load counts, and not only what answers need */
export function outcomeOf(
  result: Result,
  judged: readonly Judgement[],
  { strict }: { readonly strict: boolean },
): Outcome {
  if (!result.complete)
    return { code: exit.interrupted, reason: 'interrupted; what was measured is kept' };
  const missed = judged.filter(({ verdict }) => verdict === 'not met');
  if (missed[0]) {
    return {
      code: exit.threshold,
      reason: `not met: ${missed.map(({ text }) => text).join(', ')}`,
    };
  }
  const lost = lostAnswers(result);
  if (lost.length > 0) return { code: exit.lost, reason: lostReason(result, lost) };
  const unknown = judged.find(({ verdict }) => verdict === 'not measured');
  if (unknown) {
    return { code: exit.lost, reason: `${unknown.text} lost its figure: ${unknown.measured}` };
  }
  const [invalid, ...more] = strict ? invalidLines(result) : [];
  if (invalid !== undefined) {
    const others = more.length === 0 ? '' : ` (and ${more.length} more)`;
    return { code: exit.lost, reason: `--strict: ${invalid}${others}` };
  }
  return { code: exit.passed };
}

/** More would hide the answers. */
const mostLines = 12;

/** The last lines of a run: what is invalid, and why the exit code is not 0. */
export function renderOutcome(result: Result, { code, reason }: Outcome): string {
  const invalid = invalidLines(result);
  const more = invalid.length - mostLines;
  const lines = [
    ...(invalid.length > 0 ? ['INVALID, so no answer uses it:'] : []),
    ...invalid.slice(0, mostLines).map((line) => cut(`  ${line}`)),
    ...(more > 0 ? [`  and ${more} more, which the report lists`] : []),
    ...(reason === undefined ? [] : [wrapped(`Exit code ${code}: ${reason}`, '')]),
  ];
  return lines.map((line) => `${line}\n`).join('');
}
