import type { HttpRequest } from '../load/autocannon.ts';
import type { Measured } from '../report/result.ts';
import type { Address } from '../subject/subject.ts';
import type { WireName } from './wires.ts';

/** What all processes of a run share: ids in the template database, and captured exchanges. */
export interface Fixtures {
  readonly paymentId: string;
  /** A customer with at least 20 payments, and refunds among them. */
  readonly customerId: string;
  /** A payment that can be refunded by one minor unit many times. */
  readonly refundableId: string;
  /** The requests of the rooms' clients, for autocannon to repeat. */
  readonly requests: {
    readonly restRead: HttpRequest;
    readonly restCreate: HttpRequest;
    readonly graphqlRead: HttpRequest;
  };
  /** What REST answers to the read, to the byte. */
  readonly restReadBody: string;
}

/** One contender's way of doing the work of a scenario. */
export interface Work {
  /** One unit of work. Rejects unless its answer is the one expected. */
  call(): Promise<unknown>;
  /** The answer as all contenders must give it, on an untouched database. */
  answer(): Promise<unknown>;
  /** Requests made of the wire so far. */
  requests(): number;
  close(): Promise<void>;
}

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
  /** Fresh processes of this one; those of the scenario where absent. */
  readonly rounds?: number;
}

/**
 * `normal`: all that fits into five minutes. `quick`: short phases, for tests of the bench itself.
 * `full`: the time that compiled code and narrow intervals need.
 */
export type Effort = 'quick' | 'normal' | 'full';

/** What a load generator knows while it measures one process. */
export interface Lab {
  readonly address: Address;
  readonly contender: string;
  readonly fixtures: Fixtures;
  /** The baseline's answer on an untouched database; every contender must give the same. */
  readonly reference: unknown;
  readonly seed: number;
  readonly effort: Effort;
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
  readonly rounds: number;
  /** How long one process is measured, milliseconds, about. */
  estimateMs(contender: Contender, effort: Effort): number;
  /** The reference answer, asked of a server with every wire open. */
  reference(address: Address, fixtures: Fixtures): Promise<unknown>;
  /** Runs in the load generator. @throws Error where the cell is not valid */
  measure(lab: Lab): Promise<Measured>;
}

export const nothingMeasured: Measured = {
  closed: null,
  open: null,
  autocannon: null,
  wire: null,
  delivery: null,
  caching: null,
  failures: null,
};

/** @throws Error naming what was to be checked */
export function check(holds: boolean, expectation: string): void {
  if (!holds) throw new Error(`Expected ${expectation}.`);
}
