import type { Measured } from '../result/result.ts';
import type { WireName } from '../result/wires.ts';
import type { Address } from '../subject/address.ts';
import type { Fixtures } from '../subject/fixtures.ts';

/** The server of a contender. */
type SubjectSpec =
  | {
      /** Contenders of one round with the same id share a process. */
      readonly id: string;
      readonly wires: readonly string[];
      readonly env?: Readonly<Record<string, string>>;
    }
  | { readonly control: string; readonly database?: true };

export interface Contender {
  readonly name: string;
  readonly label: string;
  /** `again`: the baseline once more, whose difference from itself is the noise floor. */
  readonly kind: 'room' | 'control' | 'again';
  readonly wire: WireName;
  readonly subject: SubjectSpec;
}

/** The id of a contender's server among those of a round. A baseline's repeat has its own. */
export const serverOf = ({ subject, kind }: Contender): string => {
  const id = 'control' in subject ? subject.control : subject.id;
  return kind === 'again' ? `${id} again` : id;
};

/**
 * `normal`: a default run, within five minutes. `quick`: a smoke test with short phases. `full`:
 * the time that narrow intervals need.
 */
export type Effort = 'quick' | 'normal' | 'full';

/** How a run was asked to load. The scenario decides what is omitted. */
export interface Loading {
  readonly effort: Effort;
  /** Rate of the open loop that is the same for all. */
  readonly perSecond?: number | undefined;
  readonly connections?: number | undefined;
  readonly rttsMs?: readonly number[] | undefined;
  /** Of the link, each way, for all connections together; unlimited if omitted. */
  readonly bytesPerSecond?: number | undefined;
  /** Length of each timed phase. */
  readonly durationMs?: number | undefined;
}

/**
 * A part of every trial of a scenario, as plain data. It is measured in steps, at which contenders
 * alternate in random order, so that a slow spell of the machine affects all of them.
 */
export interface Phase {
  /** Identifies the phase in its scenario. Steps with one id are one measurement. */
  readonly id: string;
  /** Length of a step. */
  readonly ms: number;
  /** Steps of each contender. */
  readonly times: number;
  /**
   * All contenders take their step at once. `warming`: on all cores, which is faster than one after
   * the other; it is not timed, and `ms` is the time that each would need on cores of its own.
   * `waiting`: calls that wait for a distance, and leave the cores idle.
   */
  readonly together?: 'warming' | 'waiting';
  /**
   * A step that is taken again replaces the one before: true of loops of calls, whose steps are
   * alike. What changes the server or builds on what came before is taken once.
   */
  readonly isRetaken?: true;
  /** Its rate is the one that is equal for all, of this workload. */
  readonly equalRateOf?: string;
  /** Whether the baseline's repeat leaves it out. */
  readonly once?: boolean;
}

/** What a load generator knows while it measures one process. */
export interface TrialSetup {
  readonly address: Address;
  readonly contender: string;
  readonly fixtures: Fixtures;
  /** The baseline's answer on an untouched database; every contender must give the same. */
  readonly reference: unknown;
  readonly seed: number;
  readonly round: number;
  readonly loading: Loading;
  /** Where the link's process takes orders, and the round trips that it achieves. */
  readonly link: {
    readonly controlPort: number;
    readonly points: readonly { readonly askedMs: number; readonly achievedMs: number }[];
  };
}

/** A step to take. One that was taken at the same place before is replaced. */
export interface StepOrder {
  /** Id of the phase. */
  readonly phase: string;
  /** Place among the steps of the phase. */
  readonly at: number;
  readonly ms: number;
  /** Calls a second, if it is a step at the rate that is equal for all. */
  readonly perSecond?: number | undefined;
}

/** What the null server did beside a step, requests a second. */
export interface MachineReading {
  readonly phase: string;
  readonly at: number;
  readonly perSecond: number;
}

/** One process of a contender, under measurement. */
export interface Trial {
  step(order: StepOrder): Promise<void>;
  /** Calls a second that its closed loop showed; null if it had none. */
  capacity?(workload: string): number | null;
  /** What all steps together have measured. */
  finish(machine: readonly MachineReading[]): Promise<Measured>;
  close(): Promise<void>;
}

export interface Scenario {
  readonly name: string;
  /** A heading. */
  readonly title: string;
  /** What one call is, in a sentence. */
  readonly what: string;
  /** Name of the contender that the others are compared with. */
  readonly baseline: string;
  readonly contenders: readonly Contender[];
  /** Fresh processes of each contender. */
  readonly rounds: Readonly<Record<Effort, number>>;
  /** A default run may leave it out if the time does not suffice. */
  readonly mayBeCut?: true;
  /** The phases of one round, in order. */
  phases(loading: Loading, round: number): readonly Phase[];
  /** The reference answer, of this contender: the baseline if the server has its wire. */
  reference(address: Address, fixtures: Fixtures, contender: Contender): Promise<unknown>;
  /**
   * Opens the client, proves that it gets the answer that all get, and counts bytes. Runs in the
   * load generator. @throws Error if the contender must not be timed
   */
  open(setup: TrialSetup): Promise<Trial>;
}

export const nothingMeasured: Measured = {
  warmUpMs: 0,
  closed: [],
  open: [],
  capacity: [],
  wire: [],
  delivery: null,
  caching: null,
  failures: null,
  idle: null,
  mix: null,
};

/** @throws Error naming what was to be checked */
export function check(holds: boolean, expectation: string): void {
  if (!holds) throw new Error(`Expected ${expectation}.`);
}
