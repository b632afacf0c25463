import { costRatio, labelOf } from '../report/tables.ts';
import { goodCreate, goodRead } from '../scenarios/errors.ts';
import { findCell, isValid } from '../statistics/summary.ts';
import { notMeasured, type Question } from './question.ts';

export const graphqlErrorsAre200: Question = {
  number: 15,
  claim: 'GraphQL errors are always 200',
  judge(result) {
    const cell = findCell(result, 'errors', 'graphql');
    const failures = isValid(cell) ? (cell.samples[0]?.failures ?? []) : [];
    const told = failures.filter(({ code }) => code !== 'ok');
    if (told.length === 0) return notMeasured('the failures on GraphQL');
    const because = `${told.map(({ code, shape }) => `\`${code}\` ${shape}`).join('; ')}.`;
    return { answer: told.every(({ shape }) => shape.startsWith('200')) ? 'yes' : 'no', because };
  },
};

/** A failure that costs as much as this of the good call is not free. */
const freeBelow = 0.1;

export const errorsAreFree: Question = {
  number: 16,
  claim: 'errors are free',
  judge(result) {
    const cells = ['rest', 'grpc', 'graphql', 'websocket']
      .map((wire) => findCell(result, 'errors', wire))
      .filter(isValid);
    const costs = cells.flatMap((cell) =>
      (
        [
          ['not_found', goodRead],
          ['validation_failed', goodCreate],
        ] as const
      ).flatMap(([failure, good]) => {
        const ratio = costRatio(cell, failure, good);
        return ratio === undefined ? [] : [{ label: labelOf(cell), failure, ratio }];
      }),
    );
    if (costs.length === 0) return notMeasured('the cost of failures');
    const because = `Server CPU over the good call on the same path: ${costs
      .map(({ label, failure, ratio }) => `${label} \`${failure}\` ${ratio.toFixed(2)}×`)
      .join('; ')}. Free would be below ${freeBelow}.`;
    const free = costs.filter(({ ratio }) => ratio < freeBelow).length;
    if (free === 0) return { answer: 'no', because };
    return { answer: free === costs.length ? 'yes' : 'depends', because };
  },
};
