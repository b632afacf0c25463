import type { Picture } from '../result/picture.ts';
import { callWires } from '../result/wires.ts';
import { labelOf } from '../scenarios/labels.ts';
import { costRatio } from '../statistics/failures.ts';
import { findCell, isValid } from '../statistics/summary.ts';
import { goodCreate, goodRead } from '../trial/failure-costs.ts';
import { notMeasured, type Question } from './question.ts';

export const graphqlErrorsAre200: Question = {
  number: 15,
  claim: 'GraphQL errors are always 200',
  source: 'folklore of monitoring teams',
  scenarios: ['errors'],
  judge(result) {
    const cell = findCell(result, 'errors', 'graphql');
    const failures = isValid(cell) ? (cell.samples[0]?.failures ?? []) : [];
    const reported = failures.filter(({ code }) => code !== 'ok');
    if (reported.length === 0) return notMeasured('the failures on GraphQL');
    const because = `${reported.map(({ code, shape }) => `\`${code}\` ${shape}`).join('; ')}.`;
    return {
      answer: reported.every(({ shape }) => shape.startsWith('200')) ? 'yes' : 'no',
      because,
    };
  },
};

/** A failure that costs as much as this of the good call is not free. */
const freeBelow = 0.1;

export const errorsAreFree: Question = {
  number: 16,
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
    const because = `Server CPU over the good call on the same path: ${costs
      .map(({ label, failure, ratio }) => `${label} \`${failure}\` ${ratio.toFixed(2)}×`)
      .join('; ')}. Free would be below ${freeBelow}.`;
    const picture: Picture = {
      kind: 'bars',
      label: 'server CPU of a failure, of the good call on the same path',
      items: costs.map(({ wire, label, failure, ratio }) => ({
        label: `${label}, ${failure}`,
        wire,
        value: ratio,
      })),
    };
    const evidence = { because, picture };
    const free = costs.filter(({ ratio }) => ratio < freeBelow).length;
    if (free === 0) return { answer: 'no', ...evidence };
    return { answer: free === costs.length ? 'yes' : 'depends', ...evidence };
  },
};
