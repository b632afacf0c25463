import { AsyncLocalStorage } from 'node:async_hooks';
import type { DatabaseSync } from 'node:sqlite';
import type { CommittedEvents } from '../../core/events/store.ts';

/** A write that somebody waits for. */
export interface PendingWrite {
  work(): Promise<unknown>;
  resolve(result: unknown): void;
  reject(error: unknown): void;
  /** Events that it appended, in their order. */
  readonly appended: CommittedEvents[];
  /** When it was asked for, by `performance.now()`. */
  readonly since: number;
}

/** Runs writes within one transaction of a connection. */
export interface GroupCommit {
  /** @throws Error of SQLite, such as one for a locked database; nothing was begun then */
  begin(): void;
  /** Runs the writes, commits, settles the promise of each, and announces what they appended. */
  commit(writes: readonly PendingWrite[]): Promise<void>;
  /** The write that is running. */
  readonly current: PendingWrite | undefined;
  /** @throws Error unless asked from within the write that is running now */
  requireRunning(): void;
}

/**
 * Each write runs alone within a savepoint, so that one which throws takes no other with it.
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
  // Distinguishes a write that is running from one that ended and left something behind.
  const asking = new AsyncLocalStorage<PendingWrite>();

  /** @throws when the transaction as a whole is lost */
  async function runOne(write: PendingWrite): Promise<{ result: unknown } | { error: unknown }> {
    savepoint.run();
    current = write;
    try {
      const result = await withinThisTurn(asking.run(write, write.work));
      release.run();
      return { result };
    } catch (error) {
      // A full disk, for one, has SQLite undo the whole transaction.
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
        // To reject a promise that is settled changes nothing.
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

/** Rejects when `work` has not ended once the event loop turns. */
function withinThisTurn<Result>(work: Promise<Result>): Promise<Result> {
  const { promise, resolve, reject } = Promise.withResolvers<Result>();
  const turn = setImmediate(() =>
    reject(new Error('expected a write to await its transaction alone, got one that waits longer')),
  );
  work.then(resolve, reject).finally(() => clearImmediate(turn));
  return promise;
}
