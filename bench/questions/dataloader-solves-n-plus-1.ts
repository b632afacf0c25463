import { formatTenth } from '../result/format.ts';
import type { Picture } from '../result/picture.ts';
import type { Result } from '../result/result.ts';
import { labelOf } from '../scenarios/labels.ts';
import { contrast, findCell, isValid, typical, wireOf } from '../statistics/summary.ts';
import { contrastText, notMeasured, type Question, timesOf } from './question.ts';
import { ratioTable } from './ratios.ts';

/** Maximum queries for a screen, whatever the number of payments. */
const fewQueries = 4;

const contenders = ['graphql-naive', 'graphql-loaders', 'rest-chatty', 'rest-expand'] as const;

const queriesOf = (result: Result, contender: string): number | undefined => {
  const cell = findCell(result, 'screen', contender);
  return isValid(cell)
    ? typical(cell, (sample) => wireOf(sample)?.queriesPerCall ?? undefined)
    : undefined;
};

const pictureOf = (result: Result): Picture => ({
  kind: 'bars',
  label: 'database queries for a screen of 20 payments',
  unit: 'queries',
  items: contenders.flatMap((contender) => {
    const value = queriesOf(result, contender);
    const wire = contender.startsWith('rest') ? 'rest' : 'graphql';
    if (value === undefined) return [];
    return [{ label: labelOf({ scenario: 'screen', contender }), wire, value }];
  }),
});

export const dataloaderSolvesNPlus1: Question = {
  number: 6,
  asks: 'Does DataLoader solve N+1?',
  claim: 'GraphQL has the N+1 problem and DataLoader solves it',
  source: 'most introductions to GraphQL servers',
  scenarios: ['screen'],
  judge(result) {
    const naive = queriesOf(result, 'graphql-naive');
    const loaders = queriesOf(result, 'graphql-loaders');
    if (naive === undefined || loaders === undefined) return notMeasured('the screen');
    const pair = ['graphql-naive', 'graphql-loaders'] as const;
    const cpu = contrast(result, 'screen', pair, 'cpuAtCapacity');
    const cost = cpu ? `; without it the screen costs ${timesOf(cpu, 'the server CPU')}` : '';
    const isSolved = naive > 20 && loaders < fewQueries + 1;
    return {
      answer: isSolved ? 'yes' : 'no',
      finding: `a screen of 20 payments takes ${formatTenth(loaders)} queries with DataLoader and ${formatTenth(naive)} without${cost}`,
      because: `Queries for a screen of 20 payments: naive ${formatTenth(naive)}, DataLoader ${formatTenth(loaders)}.${cpu ? ` Server CPU, naive over DataLoader: ${contrastText(cpu)}, on an embedded database, whose queries are cheap.` : ''}`,
      picture: pictureOf(result),
      ...(cpu && {
        numbers: [
          ratioTable('server CPU of a screen', [{ label: 'naive over DataLoader', found: cpu }]),
        ],
      }),
    };
  },
};
