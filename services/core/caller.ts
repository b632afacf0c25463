import type { Awaitable } from './awaitable.ts';
import type { Bucket, RateState } from './limiter.ts';
import type { Scope } from './merchants/merchant.ts';
import type { Observation } from './observe.ts';

/** The holder of a credential, and what it may do. */
export interface Principal {
  /** The id under which its calls and streams are counted. */
  readonly id: string;
  readonly merchantId: string;
  readonly scopes: readonly Scope[];
  /** Requests a second, sustained. */
  readonly ratePerSecond: number;
  /** Maximum requests at once after a rest. */
  readonly burst: number;
}

/** Whether a principal was revoked, and who is notified of it. */
export interface Revocation {
  readonly happened: boolean;
  /**
   * Calls `listener` when the principal is revoked, at once if it already is. Anything that lasts
   * longer than one call listens: a principal without listeners may be forgotten before it is
   * revoked.
   *
   * @returns a function that removes the listener
   */
  listen(listener: () => void): () => void;
}

/** An authenticated principal, as an authenticator returns it. */
export interface Authenticated {
  readonly principal: Principal;
  readonly revocation: Revocation;
  /** Its calls take tokens from all of these: its own bucket and its merchant's. */
  readonly buckets: readonly [Bucket, Bucket];
}

/** Finds the principal of a credential: an API key today. */
export interface Authenticator {
  /**
   * Rejects with PaymentsError `unauthenticated`; returns synchronously if it can.
   * @param nowMs milliseconds since 1970 UTC
   */
  authenticate(presented: Pick<Caller, 'credential'>, nowMs: number): Awaitable<Authenticated>;
  /** Ends everything that the principal with this id has open, and forgets it. */
  revoke(principalId: string): void;
}

/** An authenticated principal, for wires that authenticate once and call many times. */
export interface Session extends Authenticated {
  /** True if `admit` has already taken the tokens of all calls. */
  readonly prepaid?: boolean | undefined;
  /** True if the size of responses still takes tokens. */
  readonly bySize?: boolean | undefined;
}

/** What `invoke` found out on the way, whether the call succeeded or not. The room creates it. */
export interface Receipt {
  /** True if the output is that of an earlier call with the same idempotency key. */
  replayed?: boolean;
  rate?: RateState;
}

/** Who calls, and how; each room builds one from its own request. */
export interface Caller {
  /** The bearer token as it was presented. */
  readonly credential?: string | undefined;
  /** Replaces the credential. */
  readonly session?: Session | undefined;
  /** The client's IP address, used to limit failures before a key is known. */
  readonly address?: string | undefined;
  readonly idempotencyKey?: string | undefined;
  /**
   * The versions of which the payment to change must have one; an empty list matches none. Ignored
   * by a call that is replayed from its idempotency key.
   */
  readonly ifVersion?: readonly number[] | undefined;
  /** The versions that the payment to change must not have; `any`: it must not exist at all. */
  readonly unlessVersion?: readonly number[] | 'any' | undefined;
  readonly requestId: string;
  /** W3C Trace Context. */
  readonly traceparent?: string | undefined;
  /** The dated contract version that the client asked for. */
  readonly version?: string | undefined;
  /**
   * Aborts when the caller no longer waits for the response. A write that has not begun by then has
   * no effect, and fails with the signal's reason if that is a PaymentsError.
   */
  readonly signal?: AbortSignal | undefined;
  readonly receipt?: Receipt | undefined;
  /** The room whose request this is begins and ends it. If omitted, core observes the call. */
  readonly observation?: Observation | undefined;
}

/** The caller of a stream, which ends with the connection or operation that `signal` stands for. */
export type StreamCaller = Caller & { readonly signal: AbortSignal };

/** What a request of several calls needs as a whole. */
export interface Composite {
  readonly tokens: number;
  /**
   * True if `tokens` do not include the size of responses, which then takes tokens as it is read.
   */
  readonly bySize?: boolean;
  /** Every scope that the request needs, so that it is refused before anything runs. */
  readonly scopes?: readonly Scope[];
}
