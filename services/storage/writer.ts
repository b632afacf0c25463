import type { Event } from '../core/events/event.ts';
import type { Commits } from '../core/events/store.ts';
import type { Prepare } from './query.ts';

/** Runs the transactions of a database. */
export interface Writer extends Pick<Commits, 'onCommit'> {
  /** Runs `work` in a transaction; resolves after the commit is durable. */
  write<Result>(work: () => Promise<Result>): Promise<Result>;
  /** Prepares for the transaction of the calling write; throws outside of one. */
  readonly prepare: Prepare;
  /** Records an event of the running write, to be announced after its commit. */
  appended(merchantId: string, event: Event): void;
  /** Refuses writes from now on; resolves when all earlier ones have ended. */
  close(): Promise<void>;
}
