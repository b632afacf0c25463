import type { Customer } from './customers/customer.ts';
import type { Event } from './events/event.ts';
import type { Core } from './invoke.ts';
import {
  type CallName,
  type InputOf,
  type OutputOf,
  perCall,
  perStream,
  type StreamName,
  type WatchInput,
} from './operations.ts';
import type { Payment } from './payments/payment.ts';
import type { Refund } from './refunds/refund.ts';

export interface CallOptions {
  /** Sent as it is. If omitted, no header is sent. */
  readonly idempotencyKey?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface WatchOptions {
  /** Ends the stream without an error. */
  readonly signal: AbortSignal;
}

/** An operation that returns once, as a function. */
export type ClientCall<Name extends CallName> = (
  input: InputOf<Name>,
  options?: CallOptions,
) => Promise<OutputOf<Name>>;

export type Calls = { readonly [Name in CallName]: ClientCall<Name> };

/**
 * A stream of events, as a function. Resolves when the server has accepted the subscription: every
 * event committed after that is delivered. The iteration throws PaymentsError if the server ends
 * the stream with an error.
 */
export type Watch<Stream = AsyncIterable<Event>> = (
  input: WatchInput,
  options: WatchOptions,
) => Promise<Stream>;

export type Streams<Stream = AsyncIterable<Event>> = {
  readonly [Name in StreamName]: Watch<Stream>;
};

export interface Closable {
  close(): Promise<void>;
}

/**
 * The one interface of every wire's client and of the core itself: same names, same inputs, same
 * outputs, and a PaymentsError with the same code for every failure. Bench and tests use the rooms
 * only through it.
 */
export interface Client extends Calls, Streams, Closable {}

/** The client of a wire that only carries streams; `test/gaps.ts` gives the reason. */
export interface StreamClient extends Streams, Closable {}

/** A payment, or a notice that the caller's copy is current, on wires with conditional reads. */
export interface ConditionalPayment {
  readonly etag: string;
  /** Undefined if what `etag` names has not changed. */
  readonly payment: Payment | undefined;
}

/** A customer, the newest 20 payments, and the newest 20 refunds of each, in the same order. */
export interface Screen {
  readonly customer: Customer;
  readonly payments: readonly Payment[];
  readonly refunds: readonly (readonly Refund[])[];
}

/** How a room's client finds its server. */
export interface ClientOptions {
  /** `http[s]://host:port`, `ws[s]://host:port` or, for gRPC, `host:port`. */
  readonly target: string;
  /**
   * PEM of the only trusted certificate authority for a server over TLS. Defaults to those that
   * Node trusts. For gRPC, whose target has no scheme, its presence enables TLS.
   */
  readonly ca?: string | undefined;
  /** The API key. If omitted, none is sent. */
  readonly key?: string | undefined;
  /** Maximum transport connections. Defaults to 1. */
  readonly connections?: number | undefined;
}

/** The calls of a client, each made by `call`. */
export const callsOf = (call: <Name extends CallName>(name: Name) => ClientCall<Name>): Calls =>
  // A row has the type that its name has in Calls; a table that is made in a loop cannot say so.
  perCall(call) as unknown as Calls;

/** The streams of a client, each opened by what `watch` makes. */
export const streamsOf = <Stream>(watch: (name: StreamName) => Watch<Stream>): Streams<Stream> =>
  perStream(watch);

/** The core as a client: the baseline without a protocol. */
export function createInProcessClient(core: Core, key: string | undefined): Client {
  const caller = { credential: key, requestId: 'in-process' };
  return {
    ...callsOf((name) => (input, options) => core.invoke(name, { ...caller, ...options }, input)),
    ...streamsOf((name) => (input, options) => core.watch(name, { ...caller, ...options }, input)),
    async close() {},
  };
}
