import { AsyncLocalStorage } from 'node:async_hooks';
import type { DatabaseSync } from 'node:sqlite';
import type { Event } from '../../core/events/event.ts';
import type { CommittedEvents } from '../../core/events/store.ts';
import { lockedError, lockedForMs, retryEveryMs, troubleOf } from './trouble.ts';

/** Writes of one commit at the most: a commit must stay short, since everything waits for it. */
const writesPerCommit = 256;

interface Write {
  work(): Promise<unknown>;
  resolve(result: unknown): void;
  reject(error: unknown): void;
  readonly appended: CommittedEvent[];
  /** When it was asked for, by `performance.now()`. */
  readonly since: number;
}

interface CommittedEvent {
  readonly merchantId: string;
  readonly event: Event;
}

/** The one writer of a connection. */
export interface SqliteWriter {
  write<Result>(work: () => Promise<Result>): Promise<Result>;
  /** Notes an event of the write that is running. */
  appended(merchantId: string, event: Event): void;
  /** When the transaction that is open has ended; undefined while none is open. */
  readonly busy: Promise<void> | undefined;
  /** @throws Error unless asked from within the write that is running now */
  requireRunning(): void;
  /** Refuses writes from now on; resolves when those before have ended. */
  close(): Promise<void>;
}

/**
 * Has writes that arrive together share a transaction, and so one wait for the disk: what arrives
 * in one turn of the event loop is committed at its end. Each runs alone within a savepoint, so
 * that one which throws takes nothing else with it. Nobody is answered before the commit.
 *
 * A write must await nothing but its transaction. Statements answer at once here, so a batch is
 * over within the turn in which it began; a write that is not has waited for something else, holds
 * up everybody, and is failed.
 *
 * Where another process holds the database, writes wait in their order, outside of any transaction:
 * reads go on. One that waited for too long fails with `overloaded`, and has done nothing.
 *
 * @param announce gets what each commit made visible, after it
 * @param waitMs how long a write waits for another process
 */
export function createWriter(
  database: DatabaseSync,
  announce: (committed: CommittedEvents) => void,
  waitMs: number = lockedForMs,
): SqliteWriter {
  const begin = database.prepare('begin immediate');
  const commit = database.prepare('commit');
  const rollback = database.prepare('rollback');
  const savepoint = database.prepare('savepoint one');
  const release = database.prepare('release one');
  const undo = database.prepare('rollback to one');

  const waiting: Write[] = [];
  let scheduled = false;
  let closed = false;
  let busy: Promise<void> | undefined;
  let current: Write | undefined;
  // Tells a write that is running from one that ended and left something behind.
  const asking = new AsyncLocalStorage<Write>();
  const drained = Promise.withResolvers<void>();

  function schedule(): void {
    if (scheduled) return;
    scheduled = true;
    setImmediate(flush);
  }

  async function flush(): Promise<void> {
    try {
      begin.run();
    } catch (error) {
      if (troubleOf(error) === 'locked') return waitForLock();
      for (const write of waiting.splice(0, writesPerCommit)) write.reject(error);
      return scheduleRest();
    }
    const open = Promise.withResolvers<void>();
    busy = open.promise;
    try {
      await commitTogether(waiting.splice(0, writesPerCommit));
    } finally {
      busy = undefined;
      open.resolve();
      scheduleRest();
    }
  }

  function waitForLock(): void {
    const longest = performance.now() - waitMs;
    while (waiting[0] && waiting[0].since <= longest) waiting.shift()?.reject(lockedError());
    if (waiting.length > 0) setTimeout(flush, retryEveryMs);
    else scheduleRest();
  }

  function scheduleRest(): void {
    scheduled = false;
    if (waiting.length > 0) schedule();
    else if (closed) drained.resolve();
  }

  async function commitTogether(batch: readonly Write[]): Promise<void> {
    const done: { write: Write; result: unknown }[] = [];
    try {
      for (const write of batch) {
        const outcome = await runOne(write);
        if ('result' in outcome) done.push({ write, result: outcome.result });
        else write.reject(outcome.error);
      }
      commit.run();
    } catch (error) {
      // Rejecting a write that was answered already changes nothing.
      for (const write of batch) write.reject(error);
      if (database.isTransaction) rollback.run();
      return;
    }
    for (const { write, result } of done) write.resolve(result);
    announceAll(done.flatMap(({ write }) => write.appended));
  }

  /** @throws when the transaction as a whole is lost */
  async function runOne(write: Write): Promise<{ result: unknown } | { error: unknown }> {
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

  function announceAll(appended: readonly CommittedEvent[]): void {
    const byMerchant = Map.groupBy(appended, ({ merchantId }) => merchantId);
    for (const [merchantId, ofMerchant] of byMerchant) {
      announce({ merchantId, events: ofMerchant.map(({ event }) => event) });
    }
  }

  return {
    write<Result>(work: () => Promise<Result>): Promise<Result> {
      const { promise, resolve, reject } = Promise.withResolvers<Result>();
      if (closed) {
        reject(new Error('expected an open store, got a write after close'));
        return promise;
      }
      // What resolves is what this same work answered.
      waiting.push({
        work,
        resolve: resolve as Write['resolve'],
        reject,
        appended: [],
        since: performance.now(),
      });
      schedule();
      return promise;
    },
    appended(merchantId, event) {
      current?.appended.push({ merchantId, event });
    },
    get busy() {
      return busy;
    },
    requireRunning() {
      if (current === undefined || asking.getStore() !== current) {
        throw new Error('expected a transaction in progress, got one that ended');
      }
    },
    close() {
      closed = true;
      if (!scheduled) drained.resolve();
      return drained.promise;
    },
  };
}

/** Rejects when `work` has not ended once the event loop turns. */
function withinThisTurn<Result>(work: Promise<Result>): Promise<Result> {
  const { promise, resolve, reject } = Promise.withResolvers<Result>();
  const turn = setImmediate(() =>
    reject(new Error('expected a write to await its transaction alone, got one that waits longer')),
  );
  work.then(resolve, reject).finally(() => clearImmediate(turn));
  return promise;
}
