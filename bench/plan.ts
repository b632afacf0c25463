import { scenarios, storageName } from './scenarios/index.ts';
import type { Contender, Effort, Scenario } from './scenarios/scenario.ts';
import { createRandom, type Random, shuffled } from './statistics/random.ts';

/** What a run was asked for. */
export interface Request {
  /** Scenarios; all, where empty. */
  readonly only: readonly string[];
  /** Wires; all, where empty. The baseline of a scenario and its repeat are always there. */
  readonly wires: readonly string[];
  readonly seed: number;
  readonly effort: Effort;
}

/** One fresh server process, measured once. */
export interface Step {
  readonly scenario: Scenario;
  readonly contender: Contender;
  readonly round: number;
  readonly estimateMs: number;
}

export interface Plan {
  readonly steps: readonly Step[];
  readonly storage: boolean;
  readonly estimateMs: number;
}

/** Starting both processes, proving, and ending them. */
const processMs = { room: 700, again: 700, control: 450 } as const;
const importMs = 4000;
const lookAroundMs = 2000;
const storageMs = 6000;

const isWanted = (contender: Contender, scenario: Scenario, wires: readonly string[]): boolean =>
  wires.length === 0 ||
  contender.name === scenario.baseline ||
  contender.kind === 'again' ||
  wires.includes(contender.wire);

function stepsOf(scenario: Scenario, request: Request, random: Random): Step[] {
  const contenders = scenario.contenders.filter((one) => isWanted(one, scenario, request.wires));
  const roundsOf = ({ rounds = scenario.rounds }: Contender): number =>
    ({ quick: 1, normal: rounds, full: rounds * 3 })[request.effort];
  // Every round has every contender once, in an order of its own: a pair is of one round, and
  // whatever drifts over minutes is in both.
  const rounds = Math.max(...contenders.map(roundsOf));
  return Array.from({ length: rounds }, (_, round) =>
    shuffled(
      contenders.filter((contender) => round < roundsOf(contender)),
      random,
    ).map((contender) => ({
      scenario,
      contender,
      round,
      estimateMs: processMs[contender.kind] + scenario.estimateMs(contender, request.effort),
    })),
  ).flat();
}

/** All steps of a run in their order. The same seed gives the same order. */
export function makePlan(request: Request, needsImport: boolean): Plan {
  const random = createRandom(request.seed);
  const wanted = (name: string) => request.only.length === 0 || request.only.includes(name);
  const steps = scenarios
    .filter(({ name }) => wanted(name))
    .flatMap((scenario) => stepsOf(scenario, request, random));
  const storage = wanted(storageName) && request.effort !== 'quick';
  const estimateMs =
    steps.reduce((sum, step) => sum + step.estimateMs, 0) +
    (needsImport ? importMs : 0) +
    lookAroundMs +
    (storage ? storageMs : 0);
  return { steps, storage, estimateMs };
}
