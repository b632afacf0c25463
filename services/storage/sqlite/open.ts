import { Kysely } from 'kysely';
import type { CommittedEvents } from '../../core/events/store.ts';
import type { Store } from '../../core/store.ts';
import { createStore } from '../store.ts';
import { openConnection, type SqliteConnection } from './connection.ts';
import { nodeSqlite, sqliteDialect } from './dialect.ts';
import { watchForeignCommits } from './foreign-commits.ts';
import { migrateSqlite } from './migrate.ts';
import { createReadiness } from './readiness.ts';
import { requireSound } from './soundness.ts';
import { lockedForMs } from './trouble.ts';
import { afterTransactions, withinTransaction } from './when-to-run.ts';
import { createWriter } from './writer.ts';

export interface StoreOptions {
  /** How long a call waits while another process holds the database. Defaults to 2 s. */
  readonly waitMs?: number;
}

/**
 * Opens the store on a SQLite file, or in memory, and brings its schema up to date.
 *
 * There is one connection. Its statements run synchronously, so a second one could not read while a
 * write runs in any case. And the page cache of one survives its own writes, while a second would
 * have to read again after each commit. A read that is requested while a transaction is open
 * (between two steps of a write) waits for its end, so it never sees what may yet be undone.
 *
 * @param path a file, or `:memory:`
 */
export async function openSqlite(path: string, options: StoreOptions = {}): Promise<Store> {
  const { waitMs = lockedForMs } = options;
  const connection = await openDatabase(path);
  const { database } = connection;
  const commits = createCommits();
  const writer = createWriter(database, commits.announce, waitMs);
  const foreignCommits = watchForeignCommits(database, () => writer.busy !== undefined);
  return createStore(
    {
      prepare: afterTransactions(connection.prepare, writer, waitMs),
      get queryCount() {
        return connection.queryCount;
      },
      onForeignCommit(listener) {
        // No other process can see a database in memory.
        if (path !== ':memory:') foreignCommits.onCommit(listener);
      },
      ready: await createReadiness(connection, writer, path),
      async close() {
        foreignCommits.close();
        if (database.isOpen) database.close();
      },
    },
    {
      ...writer,
      prepare: withinTransaction(connection, writer),
      onCommit: commits.onCommit,
    },
    sqliteDialect,
  );
}

/** The commit listeners. */
function createCommits() {
  const listeners: ((committed: CommittedEvents) => void)[] = [];
  return {
    onCommit(listener: (committed: CommittedEvents) => void) {
      listeners.push(listener);
    },
    announce(committed: CommittedEvents) {
      for (const listener of listeners) {
        try {
          listener(committed);
        } catch (error) {
          // The commit is done, and its callers must get their results whatever a listener throws.
          process.emitWarning(error instanceof Error ? error : String(error));
        }
      }
    },
  };
}

/** Opens the file and brings its schema up to date. SQLite's own messages do not name the file. */
async function openDatabase(path: string): Promise<SqliteConnection> {
  let connection: SqliteConnection | undefined;
  try {
    connection = openConnection(path);
    const { database } = connection;
    if (path !== ':memory:') requireSound(path);
    await migrateSqlite(database, new Kysely({ dialect: nodeSqlite(database) }));
    // From here on, no statement may block while it waits.
    database.exec('pragma busy_timeout = 0');
    return connection;
  } catch (cause) {
    connection?.database.close();
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`Cannot open the SQLite database at ${path}: ${why}`, { cause });
  }
}
