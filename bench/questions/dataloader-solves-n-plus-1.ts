import { formatRatio, formatTenth } from '../report/format.ts';
import { contrast, findCell, isValid, typical } from '../statistics/summary.ts';
import { notMeasured, type Question } from './question.ts';

/** As many queries as a screen may take whatever the number of payments. */
const fewQueries = 4;

export const dataloaderSolvesNPlus1: Question = {
  number: 6,
  claim: 'GraphQL has the N+1 problem and DataLoader solves it',
  judge(result) {
    const queries = (contender: string) => {
      const cell = findCell(result, 'screen', contender);
      return isValid(cell) ? typical(cell, ({ wire }) => wire?.queriesPerCall) : undefined;
    };
    const [naive, loaders] = [queries('graphql-naive'), queries('graphql-loaders')];
    const pair = ['graphql-naive', 'graphql-loaders'] as const;
    const cpu = contrast(result, 'screen', pair, 'cpuAtCapacity');
    if (naive === undefined || loaders === undefined || !cpu) return notMeasured('the screen');
    const because = `Queries for a screen of 20 payments: naive ${formatTenth(naive)}, DataLoader ${formatTenth(loaders)}. Server CPU, naive over DataLoader: ${formatRatio(cpu.comparison)}, on an embedded database, where a query is cheap.`;
    const solved = naive > 20 && loaders < fewQueries + 1;
    if (!solved) return { answer: 'no', because };
    return { answer: cpu.difference === 'more' ? 'yes' : 'depends', because };
  },
};
