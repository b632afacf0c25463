import type { KnownKey } from './merchants/keyring.ts';
import type { Scope } from './merchants/merchant.ts';
import type { RateState } from './ports.ts';

/** A key found good, for wires that authenticate once and call many times. */
export interface Session extends KnownKey {
  /** True where the tokens of all calls were taken by `admit`. */
  readonly prepaid: boolean;
  /** True where answers take tokens for their size all the same. */
  readonly bySize?: boolean | undefined;
}

/** What `invoke` learnt on the way, whether the call succeeded or not; made by the room. */
export interface Receipt {
  /** The answer is that of an earlier call with the same idempotency key. */
  replayed?: boolean;
  rate?: RateState;
}

/** Who calls, and how; each room makes one from its own request. */
export interface Caller {
  /** The bearer token as it was presented. */
  readonly credential?: string | undefined;
  /** Takes the place of the credential. */
  readonly session?: Session | undefined;
  /** The client's IP address, for the limit of failures before a key is known. */
  readonly address?: string | undefined;
  readonly idempotencyKey?: string | undefined;
  /**
   * The versions of which the payment to change must have one: an empty list matches none. Not
   * looked at by a call that is answered from its idempotency key.
   */
  readonly ifVersion?: readonly number[] | undefined;
  /** The versions that the payment to change must not have; `any`: it must not exist at all. */
  readonly unlessVersion?: readonly number[] | 'any' | undefined;
  readonly requestId: string;
  /** W3C Trace Context. */
  readonly traceparent?: string | undefined;
  /** Dated version of the contract that the client asked for. */
  readonly version?: string | undefined;
  /**
   * Aborts when nobody waits for the answer any more. A write that has not begun by then has no
   * effect, and fails with the signal's reason where that is a PaymentsError.
   */
  readonly signal?: AbortSignal | undefined;
  readonly receipt?: Receipt | undefined;
}

/** Who opens a stream: it ends with the connection or operation that `signal` stands for. */
export type StreamCaller = Caller & { readonly signal: AbortSignal };

/** What a request that is made of several calls needs as a whole. */
export interface Composite {
  readonly tokens: number;
  /** True where `tokens` do not include the size of answers, so that it is taken as it shows. */
  readonly bySize?: boolean;
  /** Every scope that it needs, so that it is refused before anything runs. */
  readonly scopes?: readonly Scope[];
}
