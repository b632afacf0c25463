import type { Cell, Result } from '../result/result.ts';
import { findCell } from '../statistics/summary.ts';
import type { Scenario } from '../trial/scenario.ts';
import { scenarios } from './index.ts';

/** The label of a contender; its name if this version of the bench does not know it. */
export function labelOf({ scenario, contender }: Pick<Cell, 'scenario' | 'contender'>): string {
  const known = scenarios.find(({ name }) => name === scenario);
  return known?.contenders.find(({ name }) => name === contender)?.label ?? contender;
}

export const cellsOf = (result: Result, { name, contenders }: Scenario): Cell[] =>
  contenders.flatMap((contender) => findCell(result, name, contender.name) ?? []);
