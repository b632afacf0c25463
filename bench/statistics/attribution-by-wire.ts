import type { Result } from '../result/result.ts';
import type { WireName } from '../result/wires.ts';
import type { AttributionPart } from './attribution-by-round.ts';
import {
  type AttributionChain,
  type AttributionScenario,
  attributionChains,
  type Layer,
} from './attribution-chains.ts';
import { spreadOf } from './paired.ts';
import { createRandom } from './random.ts';
import { findCell, isValid, metrics } from './summary.ts';

export interface LayerPart extends AttributionPart {
  readonly layer: Layer;
}

/** Where a call's server CPU goes on one wire: the parts add up to the total. */
export interface WireAttribution {
  readonly name: string;
  readonly wire: WireName;
  readonly scenario: AttributionScenario;
  readonly label: string;
  readonly parts: readonly LayerPart[];
  readonly total: AttributionPart;
}

/** CPU at equal rate of a contender, by round. */
function cpuByRound(
  result: Result,
  scenario: string,
  contender: string,
): ReadonlyMap<number, number> {
  const cell = findCell(result, scenario, contender);
  const samples = isValid(cell) ? cell.samples : [];
  return new Map(
    samples.flatMap((sample) => {
      const micros = metrics.cpuAtRate(sample, { workload: 'read' });
      return micros === undefined ? [] : [[sample.round, micros] as const];
    }),
  );
}

/**
 * One chain, over the rounds in which every contender of it has a figure.
 * @returns undefined without such a round
 */
export function attributionOfChain(
  result: Result,
  { name, wire, scenario, label, steps }: AttributionChain,
): WireAttribution | undefined {
  const costs = steps.map(({ upTo }) => cpuByRound(result, scenario, upTo));
  const rounds = [...(costs[0]?.keys() ?? [])].filter((round) =>
    costs.every((cost) => cost.has(round)),
  );
  if (rounds.length === 0) return undefined;
  const random = createRandom(result.options.seed);
  const costAt = (step: number, round: number): number => costs[step]?.get(round) ?? 0;
  const partOf = (label: string, of: (round: number) => number): AttributionPart => {
    const { mean, interval } = spreadOf(rounds.map(of), random);
    return { label, micros: mean, interval };
  };
  return {
    name,
    wire,
    scenario,
    label,
    parts: steps.map(({ label, layer }, at) => ({
      ...partOf(label, (round) => costAt(at, round) - costAt(at - 1, round)),
      layer,
    })),
    total: partOf(label, (round) => costAt(steps.length - 1, round)),
  };
}

/** All chains that this run measured whole, in the order of the report. */
export const wireAttributions = (result: Result): WireAttribution[] =>
  attributionChains.flatMap((chain) => attributionOfChain(result, chain) ?? []);
