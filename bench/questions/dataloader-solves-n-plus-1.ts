import { formatTenth } from '../result/format.ts';
import type { Picture } from '../result/picture.ts';
import type { Result } from '../result/result.ts';
import { labelOf } from '../scenarios/labels.ts';
import { contrast, findCell, isValid, typical, wireOf } from '../statistics/summary.ts';
import { contrastText, notMeasured, type Question, timesOf } from './question.ts';

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
    const pair = ['graphql-naive', 'graphql-loaders'] as const;
    const cpu = contrast(result, 'screen', pair, 'cpuAtCapacity');
    if (naive === undefined || loaders === undefined || !cpu) return notMeasured('the screen');
    const because = `Queries for a screen of 20 payments: naive ${formatTenth(naive)}, DataLoader ${formatTenth(loaders)}. Server CPU, naive compared with DataLoader: ${contrastText(cpu)}, on an embedded database, whose queries are cheap.`;
    const finding = `a screen of 20 payments takes ${formatTenth(naive)} queries without DataLoader and ${formatTenth(loaders)} with it; without, it cost ${timesOf(cpu, 'the server CPU')}`;
    const evidence = { because, picture: pictureOf(result), finding };
    const solved = naive > 20 && loaders < fewQueries + 1;
    if (!solved) return { answer: 'no', ...evidence };
    return { answer: cpu.difference === 'more' ? 'yes' : 'depends', ...evidence };
  },
};
