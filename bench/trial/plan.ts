import { cores } from '../process/child.ts';
import type { WireName } from '../result/wires.ts';
import { createRandom, type Random, shuffled } from '../statistics/random.ts';
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
interface PlannedStep {
  readonly phase: Phase;
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
  /** In the order in which they are proved. */
  readonly contenders: readonly Contender[];
  /** One after the other. */
  readonly steps: readonly PlannedStep[];
  readonly estimateMs: number;
}

export interface Plan {
  readonly blocks: readonly Block[];
  /** Server processes that are started for them. */
  readonly servers: number;
  readonly storage: boolean;
  readonly estimateMs: number;
}

/** Starting both processes on two cores, once a round, and ending them. */
const startMs = { room: 700, again: 700, control: 300 } as const;
/** Proving a contender, and counting its bytes, in each scenario. */
const proofMs = 220;
/** What a step takes beside its own time: orders, counters. */
const overheadMs = 15;
/** Fewer have no interval. */
const fewestPairs = 3;
const importMs = 4000;
/** Start, fixtures, ceilings and the link's round trips. */
const preflightMs = 10_000;
const storageMs = 6000;

function isWanted(contender: Contender, scenario: Scenario, { wires, targets }: Request): boolean {
  const isBase = contender.name === scenario.baseline || contender.kind === 'again';
  const isNamed = wires.length === 0 || wires.includes(contender.wire) || isBase;
  if (targets.length === 0) return isNamed;
  // Of somebody else's server there are neither bare libraries nor other settings.
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
    Array.from({ length: phase.times }, (): PlannedStep[] => {
      const those = contenders.filter(({ kind }) => !phase.once || kind !== 'again');
      const order = shuffled(those, random);
      if (phase.together) return [{ phase, contenders: order }];
      return order.map((contender) => ({ phase, contenders: [contender] }));
    }).flat(),
  );
}

/** How long a step takes: contenders that take it at once share the cores. */
const stepMs = ({ phase, contenders: { length } }: PlannedStep): number =>
  (phase.ms * length) / Math.min(length, cores) + overheadMs;

function blocksOf(scenario: Scenario, request: Request, random: Random): Block[] {
  const { loading, pairs } = request;
  const wanted = scenario.contenders.filter((one) => isWanted(one, scenario, request));
  if (wanted.length === 0) return [];
  // What a usual run leaves out is there for those who name it.
  const usual = scenario.rounds[loading.effort] || (request.only.length > 0 ? fewestPairs : 0);
  const rounds = pairs ?? usual;
  const { moreRounds } = scenario;
  const more = pairs === undefined && moreRounds ? moreRounds.rounds[loading.effort] : 0;
  return Array.from({ length: rounds + more }, (_, round) => {
    const isMore = (one: Contender) => round < rounds || moreRounds?.contenders.includes(one.name);
    const contenders = shuffled(wanted.filter(isMore), random);
    const steps = stepsOf(scenario.phases(loading, round), contenders, random);
    const estimateMs =
      contenders.length * proofMs + steps.reduce((ms, step) => ms + stepMs(step), 0);
    return { scenario, round, contenders, steps, estimateMs };
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

/** All blocks of a run in their order. The same seed gives the same orders. */
export function makePlan(
  scenarios: readonly Scenario[],
  request: Request,
  needsImport: boolean,
): Plan {
  const random = createRandom(request.seed);
  const { only, loading } = request;
  const wanted = (name: string) => only.length === 0 || only.includes(name);
  // Round after round, so that a run that is cut short has something of everything.
  const ordered = scenarios
    .filter(({ name }) => wanted(name))
    .flatMap((scenario) => blocksOf(scenario, request, random))
    .toSorted((a, b) => a.round - b.round);
  const starts = startsOf(ordered);
  const blocks = ordered.map((block, at) => {
    const ms = starts[at]?.reduce((sum, { kind }) => sum + startMs[kind], 0) ?? 0;
    return { ...block, estimateMs: block.estimateMs + ms };
  });
  const storage = wanted(storageName) && (loading.effort === 'full' || only.length > 0);
  const estimateMs =
    blocks.reduce((sum, block) => sum + block.estimateMs, 0) +
    (needsImport ? importMs : 0) +
    preflightMs +
    (storage ? storageMs : 0);
  return { blocks, servers: starts.flat().length, storage, estimateMs };
}
