import type { DatabaseSync } from 'node:sqlite';
import type { CommittedEvents } from '../../core/events/store.ts';
import type { Writer } from '../writer.ts';
import { createGroupCommit, type PendingWrite } from './group-commit.ts';
import { closedError, lockedError, lockedForMs, retryEveryMs, troubleOf } from './trouble.ts';

/** Writes of one commit at the most: a commit must stay short, since everything waits for it. */
const writesPerCommit = 256;

/** The one writer of a connection. */
export interface SqliteWriter extends Pick<Writer, 'write' | 'appended' | 'close'> {
  /** When the transaction that is open has ended; undefined while none is open. */
  readonly busy: Promise<void> | undefined;
  /** @throws Error unless asked from within the write that is running now */
  requireRunning(): void;
}

/**
 * Has writes that arrive together share a transaction, and so one wait for the disk: what arrives
 * in one turn of the event loop is committed at its end. No promise resolves before the commit.
 *
 * A write must await nothing but its transaction. Statements answer at once here, so a batch is
 * over within the turn in which it began; a write that is not has waited for something else, holds
 * up everybody, and is failed.
 *
 * While another process holds the database, writes wait in their order, outside of any transaction:
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
  const group = createGroupCommit(database, announce);
  let busy: Promise<void> | undefined;
  const queue = createQueue(flush);

  /** @returns how many milliseconds to wait before the next try; undefined if this one is over */
  async function flush(waiting: PendingWrite[]): Promise<number | undefined> {
    try {
      group.begin();
    } catch (error) {
      const isLocked = troubleOf(error) === 'locked';
      if (isLocked) rejectThoseBefore(waiting, performance.now() - waitMs);
      else for (const write of waiting.splice(0, writesPerCommit)) write.reject(error);
      return isLocked ? retryEveryMs : undefined;
    }
    const open = Promise.withResolvers<void>();
    busy = open.promise;
    try {
      await group.commit(waiting.splice(0, writesPerCommit));
    } finally {
      busy = undefined;
      open.resolve();
    }
    return undefined;
  }

  return {
    write: queue.add,
    appended(merchantId, event) {
      group.current?.appended.push({ merchantId, events: [event] });
    },
    get busy() {
      return busy;
    },
    requireRunning: group.requireRunning,
    close: queue.close,
  };
}

/** Those that have waited for too long, the oldest of which come first. */
function rejectThoseBefore(waiting: PendingWrite[], since: number): void {
  while (waiting[0] && waiting[0].since <= since) waiting.shift()?.reject(lockedError());
}

/**
 * Writes that wait, flushed at the end of the turn in which they came, one flush at a time.
 *
 * @param flush takes those that it deals with; returns when to try again with the rest
 */
function createQueue(flush: (waiting: PendingWrite[]) => Promise<number | undefined>) {
  const waiting: PendingWrite[] = [];
  const drained = Promise.withResolvers<void>();
  let scheduled = false;
  let closed = false;

  async function run(): Promise<void> {
    const retryMs = await flush(waiting);
    scheduled = false;
    if (waiting.length > 0) schedule(retryMs);
    else if (closed) drained.resolve();
  }

  function schedule(retryMs?: number): void {
    if (scheduled) return;
    scheduled = true;
    if (retryMs === undefined) setImmediate(run);
    else setTimeout(run, retryMs);
  }

  return {
    add<Result>(work: () => Promise<Result>): Promise<Result> {
      if (closed) return Promise.reject(closedError());
      const { promise, resolve, reject } = Promise.withResolvers<Result>();
      waiting.push({
        work,
        // What resolves is what this same work answered.
        resolve: resolve as PendingWrite['resolve'],
        reject,
        appended: [],
        since: performance.now(),
      });
      schedule();
      return promise;
    },
    close(): Promise<void> {
      closed = true;
      if (!scheduled) drained.resolve();
      return drained.promise;
    },
  };
}
