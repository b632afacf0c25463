import { formatTimes } from '../result/format.ts';
import type { Picture } from '../result/picture.ts';
import { callWires } from '../result/wires.ts';
import { labelOf } from '../scenarios/labels.ts';
import { costRatio } from '../statistics/failures.ts';
import { findCell, isValid } from '../statistics/summary.ts';
import { goodCreate, goodRead } from '../trial/failure-costs.ts';
import { notMeasured, type Question } from './question.ts';

export const graphqlErrorsAre200: Question = {
  number: 15,
  asks: 'Are GraphQL errors always 200?',
  claim: 'GraphQL errors are always 200',
  source: 'folklore of monitoring teams',
  scenarios: ['errors'],
  judge(result) {
    const cell = findCell(result, 'errors', 'graphql');
    const failures = isValid(cell) ? (cell.samples[0]?.failures ?? []) : [];
    const reported = failures.filter(({ code }) => code !== 'ok');
    if (reported.length === 0) return notMeasured('the failures on GraphQL');
    const because = `${reported.map(({ code, shape }) => `\`${code}\` ${shape}`).join('; ')}.`;
    const with200 = reported.filter(({ shape }) => shape.startsWith('200')).length;
    return {
      answer: with200 === reported.length ? 'yes' : 'no',
      finding: `${with200} of ${reported.length} errors came with status 200`,
      because,
    };
  },
};

/** Maximum share of the successful call's CPU for a failure to count as free. */
const freeBelow = 0.1;

export const errorsAreFree: Question = {
  number: 16,
  asks: 'Are errors free?',
  claim: 'Errors are free',
  source: 'load tests that only follow the good path',
  scenarios: ['errors'],
  judge(result) {
    const cells = callWires.flatMap((wire) => {
      const cell = findCell(result, 'errors', wire);
      return isValid(cell) ? [{ wire, cell }] : [];
    });
    const costs = cells.flatMap(({ wire, cell }) =>
      (
        [
          ['not_found', goodRead],
          ['validation_failed', goodCreate],
        ] as const
      ).flatMap(([failure, good]) => {
        const ratio = costRatio(cell, failure, good);
        return ratio === undefined ? [] : [{ wire, label: labelOf(cell), failure, ratio }];
      }),
    );
    if (costs.length === 0) return notMeasured('the cost of failures');
    const because = `Server CPU compared with the successful call on the same path: ${costs
      .map(({ label, failure, ratio }) => `${label} \`${failure}\` ${formatTimes(ratio)}×`)
      .join('; ')}. A failure below ${freeBelow}× would count as free.`;
    const picture: Picture = {
      kind: 'bars',
      label: 'server CPU of a failure, as a share of the successful call on the same path',
      items: costs.map(({ wire, label, failure, ratio }) => ({
        label: `${label}, ${failure}`,
        wire,
        value: ratio,
      })),
    };
    const [least, most] = [Math.min, Math.max].map((of) =>
      formatTimes(of(...costs.map(({ ratio }) => ratio))),
    );
    const finding = `a failure cost ${least}× to ${most}× the server CPU of a successful call`;
    const evidence = { because, picture, finding };
    const free = costs.filter(({ ratio }) => ratio < freeBelow).length;
    if (free === 0) return { answer: 'no', ...evidence };
    return { answer: free === costs.length ? 'yes' : 'depends', ...evidence };
  },
};
