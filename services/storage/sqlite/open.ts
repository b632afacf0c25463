import { randomBytes } from 'node:crypto';
import { Kysely } from 'kysely';
import type { CommittedEvents } from '../../core/events/store.ts';
import type { Store, Transaction } from '../../core/store.ts';
import { createQueries } from '../queries.ts';
import { createReads } from '../reads.ts';
import { toApiKey, toPayment } from '../rows.ts';
import type { Schema } from '../schema.ts';
import { createTransaction } from '../transaction.ts';
import { viewsWith } from '../views.ts';
import { type Connection, openConnection } from './connection.ts';
import { nodeSqlite, sqliteQueries } from './dialect.ts';
import { watchForeignCommits } from './foreign-commits.ts';
import { createWriter } from './group-commit.ts';
import { migrateSqlite } from './migrate.ts';
import { createReadiness } from './readiness.ts';
import { requireSound } from './soundness.ts';
import { lockedForMs } from './trouble.ts';
import { afterTransactions, withinTransaction } from './when-to-run.ts';

const secretBytes = 32;
const deletedAtOnce = 1000;

export interface StoreOptions {
  /** How long a call waits while another process holds the database. Defaults to 2 s. */
  readonly waitMs?: number;
}

/**
 * Opens the store on a SQLite file, or in memory, and brings its schema up to date.
 *
 * There is one connection. Its statements answer at once, so a second one could not read while a
 * write runs in any case; and the page cache of one survives its own writes, where a second would
 * read anew after each commit. A read that is asked for while a transaction is open (between two
 * steps of a write) waits for its end: it never sees what may yet be undone.
 *
 * @param path a file, or `:memory:`
 */
export async function openSqlite(path: string, options: StoreOptions = {}): Promise<Store> {
  const { waitMs = lockedForMs } = options;
  const { connection, db } = await openDatabase(path);
  const { database } = connection;

  const listeners: ((committed: CommittedEvents) => void)[] = [];
  const announce = (committed: CommittedEvents) => {
    for (const listener of listeners) {
      try {
        listener(committed);
      } catch (error) {
        // The commit stands, and those who wait for it must hear so.
        process.emitWarning(error instanceof Error ? error : String(error));
      }
    }
  };
  const writer = createWriter(database, announce, waitMs);
  const foreignCommits = watchForeignCommits(database, () => writer.busy !== undefined);
  const queries = createQueries(db, sqliteQueries);
  const committed = afterTransactions(connection.prepare, writer, waitMs);
  const inBackground = afterTransactions(
    (query) => connection.prepare(query, 'background'),
    writer,
    waitMs,
  );
  const within = withinTransaction(connection, writer);
  const insertMerchant = within(queries.insertMerchant);
  const transaction: Transaction = {
    of: viewsWith(createTransaction(within, queries, sqliteQueries, writer.appended)),
    async insertMerchant(merchant) {
      await insertMerchant.run({ ...merchant, last_sequence: 0 });
    },
  };

  const ready = await createReadiness(connection, writer, queries, path);
  const duePayments = inBackground(queries.duePayments);
  const keysInForce = inBackground(queries.keysInForce);
  const nextSettlementAt = inBackground(queries.nextSettlementAt);
  const apiKeyByHash = committed(queries.apiKeyByHash);
  const merchant = committed(queries.merchant);
  const secret = connection.prepare(queries.secret);
  const insertSecret = connection.prepare(queries.insertSecret);
  const deleteExpired = connection.prepare(queries.deleteExpiredRecords, 'background');

  const across: Store['across'] = {
    async apiKeyByHash(hash) {
      const row = await apiKeyByHash.get({ hash });
      return row && toApiKey(row);
    },
    async keysInForce(hashes) {
      const rows = await keysInForce.all({ hashes: sqliteQueries.listOf(hashes) });
      return rows.map(([hash]) => hash);
    },
    async duePayments(nowMs, limit) {
      const rows = await duePayments.all({ nowMs, limit });
      return rows.map((row) => ({
        // The columns of a payment come first.
        payment: toPayment(row as unknown as Parameters<typeof toPayment>[0]),
        merchantId: row[16],
      }));
    },
    async nextSettlementAt() {
      return (await nextSettlementAt.get({}))?.[0];
    },
    async merchant(id) {
      const row = await merchant.get({ id });
      return row && { id: row[0], name: row[1] };
    },
    secret: (name) =>
      writer.write(async () => {
        insertSecret.run({ name, value: randomBytes(secretBytes) });
        const row = secret.get({ name });
        if (!row) throw new Error(`expected secret ${name} to be kept, found none`);
        return row[0];
      }),
    async deleteExpiredRecords(nowMs) {
      let total = 0;
      for (;;) {
        const deleted = await writer.write(async () =>
          deleteExpired.run({ nowMs, limit: deletedAtOnce }),
        );
        total += deleted;
        if (deleted < deletedAtOnce) return total;
      }
    },
  };

  return {
    of: viewsWith(createReads(committed, queries, sqliteQueries)),
    across,
    write: <Result>(work: (tx: Transaction) => Promise<Result>) =>
      writer.write(() => work(transaction)),
    onCommit(listener) {
      listeners.push(listener);
    },
    onForeignCommit(listener) {
      // No other process has this memory.
      if (path !== ':memory:') foreignCommits.onCommit(listener);
    },
    get queryCount() {
      return connection.queryCount;
    },
    ready,
    async close() {
      await writer.close();
      foreignCommits.close();
      if (database.isOpen) database.close();
    },
  };
}

/** Opens the file and brings its schema up to date. SQLite's own words name no file. */
async function openDatabase(path: string) {
  let connection: Connection | undefined;
  try {
    connection = openConnection(path);
    const { database } = connection;
    if (path !== ':memory:') requireSound(path);
    const db = new Kysely<Schema>({ dialect: nodeSqlite(database) });
    await migrateSqlite(database, db);
    // From here on nobody waits within a statement.
    database.exec('pragma busy_timeout = 0');
    return { connection, db };
  } catch (cause) {
    connection?.database.close();
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`expected a SQLite database at ${path}: ${why}`, { cause });
  }
}
