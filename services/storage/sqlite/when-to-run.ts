import { setTimeout as sleep } from 'node:timers/promises';
import type { Awaitable } from '../../core/awaitable.ts';
import type { Prepare } from '../query.ts';
import type { SqliteConnection } from './connection.ts';
import { lockedError, retryEveryMs, troubleOf } from './trouble.ts';
import type { SqliteWriter } from './writer.ts';

/**
 * Queries that run while no transaction is open. If the database is locked (another process
 * recovers it, or has just closed it), the query is retried from the event loop.
 *
 * @param waitMs how long a query waits for another process before it fails with `overloaded`
 */
export function afterTransactions(
  prepare: SqliteConnection['prepare'],
  writer: Pick<SqliteWriter, 'busy'>,
  waitMs: number,
): Prepare {
  async function later<Result>(run: () => Result, since: number): Promise<Result> {
    for (;;) {
      while (writer.busy) await writer.busy;
      try {
        return run();
      } catch (error) {
        if (troubleOf(error) !== 'locked') throw error;
        if (performance.now() - since >= waitMs) throw lockedError();
      }
      await sleep(retryEveryMs);
    }
  }

  function soon<Result>(run: () => Result): Awaitable<Result> {
    if (writer.busy) return later(run, performance.now());
    try {
      return run();
    } catch (error) {
      if (troubleOf(error) !== 'locked') throw error;
      return later(run, performance.now());
    }
  }

  return (query, use) => {
    const prepared = prepare(query, use);
    return {
      get: (values) => soon(() => prepared.get(values)),
      all: (values) => soon(() => prepared.all(values)),
      run: (values) => soon(() => prepared.run(values)),
    };
  };
}

/** Queries that run within the transaction of a write, and not after it. */
export const withinTransaction =
  (connection: SqliteConnection, writer: Pick<SqliteWriter, 'requireRunning'>): Prepare =>
  (query, use) => {
    const prepared = connection.prepare(query, use);
    return {
      get(values) {
        writer.requireRunning();
        return prepared.get(values);
      },
      all(values) {
        writer.requireRunning();
        return prepared.all(values);
      },
      run(values) {
        writer.requireRunning();
        return prepared.run(values);
      },
    };
  };
