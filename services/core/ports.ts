import type { Authenticator } from './caller.ts';
import type { NewId } from './ids.ts';
import type { Allowance, Limiter } from './limiter.ts';
import type { Observe } from './observe.ts';
import type { Processor } from './processor/processor.ts';
import type { Store } from './store.ts';

/** The time. A server uses `Date.now`; tests and the importer pass their own. */
export interface Clock {
  /** Milliseconds since 1970 UTC. */
  now(): number;
}

/** Everything that core needs from outside. */
export interface Ports {
  readonly store: Store;
  readonly clock: Clock;
  readonly newId: NewId;
  /** 32 random characters, for secrets. */
  readonly newSecret: () => string;
  readonly authenticator: Authenticator;
  readonly limiter: Limiter;
  /**
   * Limits failures by address, before a key is known. If omitted, addresses are not limited. It is
   * a limiter of its own, because anybody can fill its memory.
   */
  readonly failures?: {
    readonly limiter: Pick<Limiter, 'take'>;
    readonly allowance: Allowance;
  };
  readonly processor: Processor;
  /** Key of the cursors' HMAC, 32 bytes. */
  readonly cursorSecret: Uint8Array;
  /** Observes every request. Optional. */
  readonly observe?: Observe;
}
