import { cores } from '../process/child.ts';
import type { WireName } from '../result/wires.ts';
import { createRandom, type Random, shuffled } from '../statistics/random.ts';
import { fewestRounds, fitting } from './budget.ts';
import type { Contender, Loading, Phase, Scenario } from './scenario.ts';
import { serverOf } from './scenario.ts';

/** The measurement of the store, which has no server and no contenders. */
export const storageName = 'storage';

/** What a run was asked for. */
export interface Request {
  /** Scenarios; all if empty. */
  readonly only: readonly string[];
  /** Wires; all if empty. The baseline of a scenario and its repeat are always there. */
  readonly wires: readonly string[];
  readonly seed: number;
  /** Fresh processes of each contender; defaults to the number of the scenario. */
  readonly pairs?: number | undefined;
  readonly loading: Loading;
  readonly tls: boolean;
  /** Time that the run may take. Defaults to that of a default run, and to no limit otherwise. */
  readonly budgetMs?: number | undefined;
  /** Servers that run already: then no other is started, and no other wire is measured. */
  readonly targets: readonly Target[];
  /** The process behind the targets, if it is on this machine. */
  readonly targetPid?: number | undefined;
  /** File of the authority that vouches for them. */
  readonly targetCa?: string | undefined;
  readonly targetKey?: string | undefined;
}

/** Where a wire of a server that somebody else started listens. */
export interface Target {
  readonly wire: WireName;
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
}

/** A stretch of a phase, for one contender or for all of them at once. */
export interface PlannedStep {
  readonly phase: Phase;
  /** Its place among the steps of the phase. */
  readonly at: number;
  readonly contenders: readonly Contender[];
}

/**
 * One scenario of one round. All contenders' processes are alive at once, one of them works at a
 * time: contenders alternate at the steps of a phase, in random order. A server is started for a
 * round, and goes through all scenarios that it is a contender of.
 */
export interface Block {
  readonly scenario: Scenario;
  readonly round: number;
  /** Rounds of the scenario that were planned. */
  readonly rounds: number;
  /** In the order in which they are proved. */
  readonly contenders: readonly Contender[];
  /** One after the other. */
  readonly steps: readonly PlannedStep[];
  readonly estimateMs: number;
}

export interface Plan {
  /** Those that fit into the budget. */
  readonly blocks: readonly Block[];
  /** All that would have been run with more time. */
  readonly wanted: readonly Block[];
  /** Time that the run may take after the import; without a limit if undefined. */
  readonly budgetMs: number | undefined;
  /** Server processes that are started for them. */
  readonly servers: number;
  readonly storage: boolean;
  readonly estimateMs: number;
}

/** Starting both processes on two cores, once a round, and ending them. */
const startMs = { room: 900, again: 900, control: 300 } as const;
/** Proving a contender, and counting its bytes, in each scenario. */
const proofMs = 300;
/** Time that a step takes beyond its own: orders, counters, and readings of the machine. */
const overheadMs = 60;
const importMs = 4000;
/** Start, fixtures, ceilings and the link's round trips. */
const preflightMs = 10_000;
const storageMs = 6000;
/** Time that a default run may take. */
const usualBudgetMs = 295_000;

function isWanted(contender: Contender, scenario: Scenario, { wires, targets }: Request): boolean {
  const isBase = contender.name === scenario.baseline || contender.kind === 'again';
  const isNamed = wires.length === 0 || wires.includes(contender.wire) || isBase;
  if (targets.length === 0) return isNamed;
  // Bare libraries and other settings are contenders that only the bench's own servers have.
  const isTargeted = targets.some(({ wire }) => wire === contender.wire);
  const isPlain = 'wires' in contender.subject && contender.subject.env === undefined;
  return isNamed && isTargeted && isPlain;
}

function stepsOf(
  phases: readonly Phase[],
  contenders: readonly Contender[],
  random: Random,
): PlannedStep[] {
  return phases.flatMap((phase) =>
    Array.from({ length: phase.times }, (_, at): PlannedStep[] => {
      const those = contenders.filter(({ kind }) => !phase.once || kind !== 'again');
      const order = shuffled(those, random);
      if (phase.together) return [{ phase, at, contenders: order }];
      return order.map((contender) => ({ phase, at, contenders: [contender] }));
    }).flat(),
  );
}

/** Contenders that share a server take their steps one after the other. */
const longestQueue = (contenders: readonly Contender[]): number =>
  Math.max(...[...Map.groupBy(contenders, serverOf).values()].map(({ length }) => length));

/** How long a step takes: contenders that take it at once share the cores, if they need them. */
function stepMs({ phase: { ms, together }, contenders }: PlannedStep): number {
  const { length } = contenders;
  const times =
    together === 'waiting' ? longestQueue(contenders) : length / Math.min(length, cores);
  return ms * times + overheadMs;
}

function blocksOf(scenario: Scenario, request: Request, random: Random, slowness: number): Block[] {
  const { loading, pairs } = request;
  const wanted = scenario.contenders.filter((one) => isWanted(one, scenario, request));
  if (wanted.length === 0) return [];
  // A scenario that a default run leaves out is run if it is named.
  const usual = scenario.rounds[loading.effort] || (request.only.length > 0 ? fewestRounds : 0);
  const rounds = pairs ?? usual;
  return Array.from({ length: rounds }, (_, round) => {
    const contenders = shuffled(wanted, random);
    const steps = stepsOf(scenario.phases(loading, round), contenders, random);
    const proving = contenders.length * proofMs * slowness;
    const estimateMs = proving + steps.reduce((ms, step) => ms + stepMs(step), 0);
    return { scenario, round, rounds, contenders, steps, estimateMs };
  });
}

/** The contenders of each block whose servers no block before has started. */
function startsOf(blocks: readonly Block[]): (readonly Contender[])[] {
  const started = new Set<string>();
  return blocks.map(({ contenders, round }) =>
    contenders.filter((contender) => {
      const server = `${round} ${serverOf(contender)}`;
      return !started.has(server) && started.add(server);
    }),
  );
}

/** Whether a run is a default run, whose length no flag changes. */
const isUsual = ({ loading, pairs }: Request): boolean =>
  loading.effort === 'normal' && loading.durationMs === undefined && pairs === undefined;

/**
 * All blocks of a run in their order. The same seed gives the same orders.
 * @param slowness of this machine in starting processes, as a factor of one that takes as long as
 *   the estimates say
 */
export function makePlan(
  scenarios: readonly Scenario[],
  request: Request,
  needsImport: boolean,
  slowness = 1,
): Plan {
  const random = createRandom(request.seed);
  const { only, loading } = request;
  const isWantedName = (name: string) => only.length === 0 || only.includes(name);
  // Round after round, so that a run that is cut short has something of everything.
  const ordered = scenarios
    .filter(({ name }) => isWantedName(name))
    .flatMap((scenario) => blocksOf(scenario, request, random, slowness))
    .toSorted((a, b) => a.round - b.round);
  const starts = startsOf(ordered);
  const wanted = ordered.map((block, at) => {
    const ms = starts[at]?.reduce((sum, { kind }) => sum + startMs[kind], 0) ?? 0;
    return { ...block, estimateMs: block.estimateMs + ms * slowness };
  });
  const storage = isWantedName(storageName) && (loading.effort === 'full' || only.length > 0);
  const besides = (preflightMs + (storage ? storageMs : 0)) * slowness;
  const budgetMs = request.budgetMs ?? (isUsual(request) ? usualBudgetMs : undefined);
  const blocks = budgetMs === undefined ? wanted : fitting(wanted, budgetMs - besides);
  const estimateMs =
    blocks.reduce((sum, block) => sum + block.estimateMs, 0) +
    besides +
    (needsImport ? importMs * slowness : 0);
  const servers = startsOf(blocks).flat().length;
  return { blocks, wanted, budgetMs, servers, storage, estimateMs };
}
