import { AsyncLocalStorage } from 'node:async_hooks';
import type { DatabaseSync } from 'node:sqlite';
import type { CommittedEvents } from '../../core/events/store.ts';

/** A write whose caller waits for it. */
export interface PendingWrite {
  work(): Promise<unknown>;
  resolve(result: unknown): void;
  reject(error: unknown): void;
  /** Events that it appended, in order. */
  readonly appended: CommittedEvents[];
  /** When it was requested, by `performance.now()`. */
  readonly since: number;
}

/** Runs writes within one transaction of a connection. */
export interface GroupCommit {
  /** @throws Error of SQLite, for example if the database is locked; nothing was begun then */
  begin(): void;
  /** Runs the writes, commits, settles the promise of each, and announces what they appended. */
  commit(writes: readonly PendingWrite[]): Promise<void>;
  /** The write that is running. */
  readonly current: PendingWrite | undefined;
  /** @throws Error unless called from within the write that is running now */
  requireRunning(): void;
}

/**
 * Runs each write alone within a savepoint, so that one that throws is undone alone.
 *
 * @param announce gets what a commit made visible, by merchant
 */
export function createGroupCommit(
  database: DatabaseSync,
  announce: (committed: CommittedEvents) => void,
): GroupCommit {
  const begin = database.prepare('begin immediate');
  const commit = database.prepare('commit');
  const rollback = database.prepare('rollback');
  const savepoint = database.prepare('savepoint one');
  const release = database.prepare('release one');
  const undo = database.prepare('rollback to one');
  let current: PendingWrite | undefined;
  // Distinguishes a running write from one that ended and left a statement behind.
  const asking = new AsyncLocalStorage<PendingWrite>();

  /** @throws if the transaction as a whole is lost */
  async function runOne(write: PendingWrite): Promise<{ result: unknown } | { error: unknown }> {
    savepoint.run();
    current = write;
    try {
      const result = await withinThisTurn(asking.run(write, write.work));
      release.run();
      return { result };
    } catch (error) {
      // Some errors, such as a full disk, make SQLite roll back the whole transaction.
      if (!database.isTransaction) throw error;
      undo.run();
      release.run();
      return { error };
    } finally {
      current = undefined;
    }
  }

  return {
    begin: () => void begin.run(),
    async commit(writes) {
      const done: { write: PendingWrite; result: unknown }[] = [];
      try {
        for (const write of writes) {
          const outcome = await runOne(write);
          if ('result' in outcome) done.push({ write, result: outcome.result });
          else write.reject(outcome.error);
        }
        commit.run();
      } catch (error) {
        // Rejecting a settled promise has no effect.
        for (const write of writes) write.reject(error);
        if (database.isTransaction) rollback.run();
        return;
      }
      for (const { write, result } of done) write.resolve(result);
      const appended = done.flatMap(({ write }) => write.appended);
      for (const committed of byMerchant(appended)) announce(committed);
    },
    get current() {
      return current;
    },
    requireRunning() {
      if (current === undefined || asking.getStore() !== current) {
        throw new Error('expected a transaction in progress, got one that ended');
      }
    },
  };
}

const byMerchant = (appended: readonly CommittedEvents[]): readonly CommittedEvents[] =>
  [...Map.groupBy(appended, ({ merchantId }) => merchantId)].map(([merchantId, ofMerchant]) => ({
    merchantId,
    events: ofMerchant.flatMap(({ events }) => events),
  }));

/** Rejects if `work` has not ended once the event loop turns. */
function withinThisTurn<Result>(work: Promise<Result>): Promise<Result> {
  const { promise, resolve, reject } = Promise.withResolvers<Result>();
  const turn = setImmediate(() =>
    reject(new Error('expected a write to await its transaction alone, got one that waits longer')),
  );
  work.then(resolve, reject).finally(() => clearImmediate(turn));
  return promise;
}
