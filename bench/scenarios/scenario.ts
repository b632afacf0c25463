import type { Measured } from '../report/result.ts';
import type { Address } from '../subject/subject.ts';
import type { Fixtures } from './fixtures.ts';
import type { WireName } from './wires.ts';

export type SubjectSpec =
  | { readonly wires: readonly string[]; readonly env?: Readonly<Record<string, string>> }
  | { readonly control: string };

export interface Contender {
  readonly name: string;
  readonly label: string;
  /** `again`: the baseline once more, whose difference from itself is the noise floor. */
  readonly kind: 'room' | 'control' | 'again';
  readonly wire: WireName;
  readonly subject: SubjectSpec;
}

/**
 * `normal`: all that fits into five minutes. `quick`: short phases, for tests of the bench itself.
 * `full`: the time that narrow intervals need.
 */
export type Effort = 'quick' | 'normal' | 'full';

/** What a run was told about how to load; what is absent, the scenario knows. */
export interface Loading {
  readonly effort: Effort;
  readonly perSecond?: number | undefined;
  readonly connections?: number | undefined;
  readonly rttMs?: number | undefined;
  /** Of every timed phase together, milliseconds. */
  readonly durationMs?: number | undefined;
}

/**
 * A slice of time on one process. Slices of the same name are one measurement: contenders take
 * turns at them in random order, so that whatever the machine does for a while, it does to all.
 */
export interface Slice {
  /** What the contender knows it by. */
  readonly name: string;
  readonly ms: number;
  /** How often each contender has it. */
  readonly times: number;
}

/** What a load generator knows while it measures one process. */
export interface Lab {
  readonly address: Address;
  readonly contender: string;
  readonly fixtures: Fixtures;
  /** The baseline's answer on an untouched database; every contender must give the same. */
  readonly reference: unknown;
  readonly seed: number;
  readonly loading: Loading;
  /** Where the process of the link takes its orders. */
  readonly linkPort: number;
}

/** One contender's process under measurement. */
export interface Session {
  /** Runs a slice. @param turn 0 for the first of its name, then 1 … */
  take(slice: Slice, turn: number): Promise<void>;
  /** What all slices together have measured. */
  finish(): Promise<Measured>;
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
  rounds(effort: Effort): number;
  /** The slices of a round, in order. */
  slices(loading: Loading, round: number): readonly Slice[];
  /** The reference answer, asked of a server with every wire open. */
  reference(address: Address, fixtures: Fixtures): Promise<unknown>;
  /**
   * Opens the client, proves that it gets the answer that all get, and counts bytes. Runs in the
   * load generator. @throws Error where the contender must not be timed
   */
  open(lab: Lab): Promise<Session>;
}

/** @throws Error naming what was to be checked */
export function check(holds: boolean, expectation: string): void {
  if (!holds) throw new Error(`Expected ${expectation}.`);
}
