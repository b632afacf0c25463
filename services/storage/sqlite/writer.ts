import type { DatabaseSync } from 'node:sqlite';
import type { CommittedEvents } from '../../core/events/store.ts';
import type { Writer } from '../writer.ts';
import { createGroupCommit, type PendingWrite } from './group-commit.ts';
import { closedError, lockedError, lockedForMs, retryEveryMs, troubleOf } from './trouble.ts';

/** Maximum writes of one commit. A commit must stay short, because everything waits for it. */
const writesPerCommit = 256;

/** The one writer of a connection. */
export interface SqliteWriter extends Pick<Writer, 'write' | 'appended' | 'close'> {
  /** Resolves when the open transaction has ended; undefined while none is open. */
  readonly busy: Promise<void> | undefined;
  /** @throws Error unless called from within the write that is running now */
  requireRunning(): void;
}

/**
 * Groups writes that arrive together into one transaction, so that they share one wait for the
 * disk: all writes of one turn of the event loop are committed at its end. No promise resolves
 * before the commit.
 *
 * A write must await nothing but its transaction. Statements run synchronously here, so a batch
 * ends within the turn in which it began. A write that takes longer has awaited something else and
 * blocks everybody, so it fails.
 *
 * While another process holds the database, writes wait in their order, outside of any transaction,
 * and reads go on. A write that waited for too long fails with `overloaded`, and has done nothing.
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

  /** @returns how many milliseconds to wait before the next try; undefined if this try succeeded */
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

/** Rejects the writes that have waited for too long. The oldest come first. */
function rejectThoseBefore(waiting: PendingWrite[], since: number): void {
  while (waiting[0] && waiting[0].since <= since) waiting.shift()?.reject(lockedError());
}

/**
 * Queues writes and flushes them at the end of the turn in which they came, one flush at a time.
 *
 * @param flush removes the writes that it handles; returns when to retry the rest
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
        // The result is what this same work returned.
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
