import type { Awaitable } from './awaitable.ts';
import type { Bucket, RateState } from './limiter.ts';
import type { Scope } from './merchants/merchant.ts';
import type { Observation } from './observe.ts';

/** Who a credential stands for, and what it may do. */
export interface Principal {
  /** Its calls and streams are counted under this id. */
  readonly id: string;
  readonly merchantId: string;
  readonly scopes: readonly Scope[];
  /** Requests a second, sustained. */
  readonly ratePerSecond: number;
  /** Requests at once after a rest. */
  readonly burst: number;
}

/** Whether a principal was revoked, and who acts on it. */
export interface Revocation {
  readonly happened: boolean;
  /**
   * Calls `listener` when the principal is revoked, at once if it was. What lasts longer than one
   * call listens: a principal that nobody listens for may be forgotten before it is revoked.
   *
   * @returns a function that ends the listening
   */
  listen(listener: () => void): () => void;
}

/** A principal that was authenticated, as an authenticator returns it. */
export interface Authenticated {
  readonly principal: Principal;
  readonly revocation: Revocation;
  /** Its calls take tokens from all of these: its own bucket, and the one of its merchant. */
  readonly buckets: readonly [Bucket, Bucket];
}

/** Makes a principal of what a caller presents: an API key today. */
export interface Authenticator {
  /**
   * Rejects with PaymentsError `unauthenticated`; answers at once where it can.
   * @param nowMs milliseconds since 1970 UTC
   */
  authenticate(presented: Pick<Caller, 'credential'>, nowMs: number): Awaitable<Authenticated>;
  /** Ends what the principal with this id has open, and forgets it. */
  revoke(principalId: string): void;
}

/** An authenticated principal, for wires that authenticate once and call many times. */
export interface Session extends Authenticated {
  /** True if `admit` has taken the tokens of all calls. */
  readonly prepaid?: boolean | undefined;
  /** True if the size of answers takes tokens all the same. */
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
  /** Begun, and ended, by the room whose request this is. Core observes the call if omitted. */
  readonly observation?: Observation | undefined;
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
