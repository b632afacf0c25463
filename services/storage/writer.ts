import type { Event } from '../core/events/event.ts';
import type { Commits } from '../core/events/store.ts';
import type { Prepare } from './query.ts';

/** What runs the transactions of a database. */
export interface Writer extends Pick<Commits, 'onCommit'> {
  /** Runs `work` in a transaction; resolves after the commit is durable. */
  write<Result>(work: () => Promise<Result>): Promise<Result>;
  /** Prepares for the transaction of the write that asks; outside of one it throws. */
  readonly prepare: Prepare;
  /** Notes an event of the write that is running, to be announced after its commit. */
  appended(merchantId: string, event: Event): void;
  /** Refuses writes from now on; resolves when those before have ended. */
  close(): Promise<void>;
}
