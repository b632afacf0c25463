/** What of a run is left out where the time does not suffice for all of it. */

/** Fewer rounds have no interval, so that a scenario keeps as many or none. */
export const fewestRounds = 3;

/** What of a block decides whether it can be spared. */
interface Spareable {
  readonly scenario: { readonly name: string; readonly mayBeCut?: true };
  readonly round: number;
  readonly estimateMs: number;
}

const sumOf = (blocks: readonly Spareable[]): number =>
  blocks.reduce((ms, { estimateMs }) => ms + estimateMs, 0);

/**
 * Drops the blocks that others can spare: first rounds beyond the third, the last ones first; then
 * whole scenarios that say they can be left out, the last ones first.
 * @param rest blocks that are still to be run, in their order
 * @returns those to run
 */
export function fitting<Block extends Spareable>(
  rest: readonly Block[],
  leftMs: number,
): readonly Block[] {
  let kept = rest;
  const drop = (unwanted: (block: Block) => boolean) => {
    kept = kept.filter((block) => !unwanted(block));
  };
  const spare = rest.filter(({ round }) => round >= fewestRounds).toReversed();
  for (const block of spare) {
    if (sumOf(kept) <= leftMs) return kept;
    drop((one) => one === block);
  }
  const optional = [...new Set(rest.map(({ scenario }) => scenario))]
    .filter(({ mayBeCut }) => mayBeCut)
    .toReversed();
  for (const scenario of optional) {
    if (sumOf(kept) <= leftMs) return kept;
    drop((one) => one.scenario === scenario);
  }
  return kept;
}

/** A sentence for each scenario that lost blocks. */
export function cutOf(
  planned: readonly Spareable[],
  run: readonly Spareable[],
): { readonly scenario: string; readonly what: string }[] {
  const rounds = (blocks: readonly Spareable[], name: string) =>
    blocks.filter(({ scenario }) => scenario.name === name).length;
  return [...new Set(planned.map(({ scenario }) => scenario.name))].flatMap((scenario) => {
    const [all, kept] = [rounds(planned, scenario), rounds(run, scenario)];
    if (kept === all) return [];
    const what =
      kept === 0
        ? `${scenario} was left out to keep the time`
        : `${scenario} ran ${kept} of ${all} rounds to keep the time`;
    return [{ scenario, what }];
  });
}
