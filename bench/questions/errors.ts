import { formatTimes } from '../result/format.ts';
import type { MatrixPicture } from '../result/picture.ts';
import type { FailureSample, Result } from '../result/result.ts';
import { type CallWire, callWires, labels } from '../result/wires.ts';
import { costRatio } from '../statistics/failures.ts';
import { compare, differenceOf } from '../statistics/paired.ts';
import { createRandom } from '../statistics/random.ts';
import { type Contrast, findCell, floorFor, isValid } from '../statistics/summary.ts';
import { goodCreate, goodRead } from '../trial/failure-costs.ts';
import { contrastText, notMeasured, type Question, type Verdict } from './question.ts';
import { type NamedContrast, ratioPicture, ratioTable } from './ratios.ts';

/** The errors that a wire reported, in the order in which they were provoked. */
function reportedOn(result: Result, wire: CallWire): readonly FailureSample[] {
  const cell = findCell(result, 'errors', wire);
  const found = isValid(cell) ? cell.samples.find(({ failures }) => failures)?.failures : undefined;
  return (found ?? []).filter(({ code }) => code !== 'ok');
}

/** Each error's shape on each wire. */
function matrixOf(result: Result): MatrixPicture {
  const columns = callWires
    .map((wire) => ({ wire, label: labels[wire], reported: reportedOn(result, wire) }))
    .filter(({ reported }) => reported.length > 0);
  const failures = new Set(columns.flatMap(({ reported }) => reported.map((one) => one.failure)));
  return {
    kind: 'matrix',
    label: 'the same error on each wire',
    columns: columns.map(({ wire, label }) => ({ wire, label })),
    rows: [...failures].map((failure) => ({
      label: failure,
      cells: columns.map(
        ({ reported }) => reported.find((one) => one.failure === failure)?.shape ?? '–',
      ),
    })),
  };
}

export const graphqlErrorsAre200: Question = {
  number: 15,
  asks: 'Are GraphQL errors always 200?',
  claim: 'GraphQL errors are always 200',
  source: 'folklore of monitoring teams',
  scenarios: ['errors'],
  judge(result) {
    const reported = reportedOn(result, 'graphql');
    if (reported.length === 0) return notMeasured('the failures on GraphQL');
    const others = reported.filter(({ shape }) => !shape.startsWith('200'));
    const exceptions = others.map(({ code, shape }) => `\`${code}\` with ${shape.slice(0, 3)}`);
    const came = `${reported.length - others.length} of ${reported.length} errors come with status 200`;
    return {
      answer: others.length === 0 ? 'yes' : 'no',
      finding: exceptions.length === 0 ? came : `${came}, ${exceptions.join(' and ')}`,
      because: `${reported.map(({ code, shape }) => `\`${code}\` ${shape}`).join('; ')}.`,
      picture: matrixOf(result),
    };
  },
};

/** Maximum share of the successful call's CPU for a failure to count as free. */
const freeBelow = 0.1;

const costed = [
  ['not_found', goodRead],
  ['validation_failed', goodCreate],
] as const;

/** Failures over the successful call of the same process, one contrast each. */
function costsOf(result: Result): NamedContrast[] {
  const floor = floorFor(result, 'errors', 'cpuAtCapacity');
  return callWires.flatMap((wire) => {
    const cell = findCell(result, 'errors', wire);
    if (!isValid(cell)) return [];
    return costed.flatMap(([failure, good]) => {
      const pairs = cell.samples.flatMap((sample) => {
        const ratio = costRatio({ ...cell, samples: [sample] }, failure, good);
        return ratio === undefined ? [] : [[ratio, 1] as const];
      });
      if (pairs.length === 0) return [];
      const comparison = compare(pairs, createRandom(result.options.seed));
      const found: Contrast = { comparison, floor, difference: differenceOf(comparison, floor) };
      return [{ label: `${labels[wire]}, ${failure}`, wire, found }];
    });
  });
}

export const errorsAreFree: Question = {
  number: 16,
  asks: 'Are errors free?',
  claim: 'Errors are free',
  source: 'load tests that only follow the good path',
  scenarios: ['errors'],
  judge(result): Verdict {
    const costs = costsOf(result);
    if (costs.length === 0) return notMeasured('the cost of failures');
    const ratios = costs.map(({ found }) => found.comparison.ratio);
    const [least, most] = [Math.min(...ratios), Math.max(...ratios)].map((one) => formatTimes(one));
    const label = 'server CPU of a failed call over that of a successful one';
    const verdict = {
      because: `Server CPU of a failure over the successful call on the same path: ${costs.map((one) => `${one.label} ${contrastText(one.found)}`).join('; ')}. A failure below ${freeBelow}× would count as free.`,
      picture: ratioPicture(
        { label, contender: 'failed call', baseline: 'successful call', better: 'less' },
        costs,
      ),
      numbers: [ratioTable(label, costs)],
      finding: `a failed call costs between ${least}× and ${most}× the server CPU of the successful call on the same path`,
    };
    const free = ratios.filter((ratio) => ratio < freeBelow).length;
    if (free === 0) return { answer: 'no', ...verdict };
    return free === costs.length
      ? { answer: 'yes', ...verdict }
      : { answer: 'depends', on: 'the wire', ...verdict };
  },
};
