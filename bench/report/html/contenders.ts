import type { Cell } from '../../result/result.ts';
import type { WireName } from '../../result/wires.ts';
import { scenarios } from '../../scenarios/index.ts';

/** The wire whose colour a contender has, null for a control or an unknown contender. */
export function colourOf({ scenario, contender, kind }: Cell): WireName | null {
  if (kind === 'control') return null;
  const known = scenarios.find(({ name }) => name === scenario);
  return known?.contenders.find(({ name }) => name === contender)?.wire ?? null;
}

export const titleOfScenario = (name: string): string =>
  scenarios.find((scenario) => scenario.name === name)?.title ?? name;

/** Cells in the order of the scenarios; a run measures in random order. */
export function inOrder(cells: readonly Cell[]): Cell[] {
  const known = scenarios.flatMap(({ name, contenders }) =>
    contenders.map((contender) => `${name} ${contender.name}`),
  );
  const place = ({ scenario, contender }: Cell) => {
    const at = known.indexOf(`${scenario} ${contender}`);
    return at < 0 ? known.length : at;
  };
  return [...cells].sort((a, b) => place(a) - place(b));
}

/** The scenarios that have cells, in the order of the report. */
export const measuredScenarios = (cells: readonly Cell[]): string[] =>
  scenarios
    .map(({ name }) => name)
    .filter((name) => cells.some(({ scenario }) => scenario === name));
