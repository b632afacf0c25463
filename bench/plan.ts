import { scenarios, storageName } from './scenarios/index.ts';
import type { Contender, Loading, Scenario, Slice } from './scenarios/scenario.ts';
import { createRandom, type Random, shuffled } from './statistics/random.ts';

/** What a run was asked for. */
export interface Request {
  /** Scenarios; all, where empty. */
  readonly only: readonly string[];
  /** Wires; all, where empty. The baseline of a scenario and its repeat are always there. */
  readonly wires: readonly string[];
  readonly seed: number;
  /** Fresh processes of each contender; as many as the scenario says, where absent. */
  readonly pairs?: number | undefined;
  readonly loading: Loading;
  readonly tls: boolean;
}

/** What a contender does next. */
export interface Move {
  readonly contender: Contender;
  readonly slice: Slice;
}

/**
 * One round of a scenario: a fresh process of each contender, all of them alive at once, and one
 * at a time of them at work. Slices of one name alternate between the contenders in random order.
 */
export interface Block {
  readonly scenario: Scenario;
  readonly round: number;
  /** In the order in which they are started and proved. */
  readonly contenders: readonly Contender[];
  readonly moves: readonly Move[];
  readonly estimateMs: number;
}

export interface Plan {
  readonly blocks: readonly Block[];
  readonly storage: boolean;
  readonly estimateMs: number;
}

/** Starting both processes on two cores, proving, counting, and ending them. */
const contenderMs = { room: 1000, again: 1000, control: 600 } as const;
/** What a slice takes beside its own time: orders, counters. */
const sliceMs = 15;
const importMs = 4000;
/** Start, fixtures, ceilings and the link's round trips. */
const lookAroundMs = 11_000;
const storageMs = 6000;

const isWanted = (contender: Contender, scenario: Scenario, wires: readonly string[]): boolean =>
  wires.length === 0 ||
  contender.name === scenario.baseline ||
  contender.kind === 'again' ||
  wires.includes(contender.wire);

function movesOf(
  slices: readonly Slice[],
  contenders: readonly Contender[],
  random: Random,
): Move[] {
  return slices.flatMap((slice) =>
    Array.from({ length: slice.times }, () =>
      shuffled(contenders, random).map((contender) => ({ contender, slice })),
    ).flat(),
  );
}

function blocksOf(scenario: Scenario, request: Request, random: Random): Block[] {
  const { loading, wires, pairs } = request;
  const wanted = scenario.contenders.filter((one) => isWanted(one, scenario, wires));
  const rounds = pairs ?? scenario.rounds[loading.effort];
  return Array.from({ length: rounds }, (_, round) => {
    const contenders = shuffled(wanted, random);
    const moves = movesOf(scenario.slices(loading, round), contenders, random);
    const estimateMs =
      contenders.reduce((ms, { kind }) => ms + contenderMs[kind], 0) +
      moves.reduce((ms, { slice }) => ms + slice.ms + sliceMs, 0);
    return { scenario, round, contenders, moves, estimateMs };
  });
}

/** All blocks of a run in their order. The same seed gives the same orders. */
export function makePlan(request: Request, needsImport: boolean): Plan {
  const random = createRandom(request.seed);
  const { only, loading } = request;
  const wanted = (name: string) => only.length === 0 || only.includes(name);
  const blocks = scenarios
    .filter(({ name }) => wanted(name))
    .flatMap((scenario) => blocksOf(scenario, request, random));
  const storage = wanted(storageName) && (loading.effort === 'full' || only.length > 0);
  const estimateMs =
    blocks.reduce((sum, block) => sum + block.estimateMs, 0) +
    (needsImport ? importMs : 0) +
    lookAroundMs +
    (storage ? storageMs : 0);
  return { blocks, storage, estimateMs };
}
