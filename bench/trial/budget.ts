/** Decides what a run leaves out if the time does not suffice for everything. */

/** Minimum rounds of a scenario, because fewer give no interval. */
export const fewestRounds = 3;

/** The parts of a block that decide whether it can be left out. */
interface Spareable {
  readonly scenario: { readonly name: string; readonly mayBeCut?: true };
  readonly round: number;
  readonly estimateMs: number;
}

const sumOf = (blocks: readonly Spareable[]): number =>
  blocks.reduce((ms, { estimateMs }) => ms + estimateMs, 0);

/**
 * Drops blocks until the others fit: first rounds beyond the third, the last ones first; then whole
 * scenarios that may be cut, the last ones first.
 * @param rest blocks that are still to be run, in their order
 * @returns the blocks to run
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
  // One that has begun goes on: half of its rounds would have cost time and show nothing.
  const begins = ({ scenario }: Block) =>
    rest.some((one) => one.scenario === scenario && one.round === 0);
  const optional = [
    ...new Set(
      rest.filter((one) => one.scenario.mayBeCut && begins(one)).map((one) => one.scenario),
    ),
  ].toReversed();
  for (const scenario of optional) {
    if (sumOf(kept) <= leftMs) return kept;
    drop((one) => one.scenario === scenario);
  }
  return kept;
}

/** Says what was cut, in a sentence for each scenario that lost blocks. */
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
