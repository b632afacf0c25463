import { closeSync, mkdtempSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Kysely } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Store } from '../../services/core/store.ts';
import { openStore } from '../../services/storage/open.ts';
import { openConnection } from '../../services/storage/sqlite/connection.ts';
import { nodeSqlite } from '../../services/storage/sqlite/dialect.ts';
import { migrateSqlite } from '../../services/storage/sqlite/migrate.ts';
import { createReadiness } from '../../services/storage/sqlite/readiness.ts';
import { requireSound } from '../../services/storage/sqlite/soundness.ts';
import { createWriter } from '../../services/storage/sqlite/writer.ts';
import { insertMerchants, insertPayments, merchantId, paymentOf } from './resources.ts';

let folder: string;
let path: string;
const stores: Store[] = [];
const open = async (options?: { waitMs: number }) => {
  const store = await openStore(`sqlite:${path}`, options);
  stores.push(store);
  return store;
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'readiness-'));
  path = join(folder, 'payments.db');
});
afterEach(async () => {
  await Promise.all(stores.splice(0).map((store) => store.close()));
  rmSync(folder, { recursive: true });
});

/** Has all that was written in the file itself, and none of it in the page cache of a store. */
async function filled(): Promise<void> {
  const store = await openStore(`sqlite:${path}`);
  await insertMerchants(store);
  await insertPayments(
    store,
    Array.from({ length: 2000 }, (_, n) => paymentOf(n)),
  );
  await store.close();
}

/** Overwrites the file from `from` on, or from a share of its size. */
function damage(from: number, length = statSync(path).size / 2): void {
  const { size } = statSync(path);
  const start = Math.floor(from < 1 ? size * from : from);
  const file = openSync(path, 'r+');
  writeSync(file, Buffer.alloc(Math.min(size - start, length), 0xa5), 0, undefined, start);
  closeSync(file);
}

const notReady = (reason: string, message: string) => ({ ready: false, reason, message });

describe('readiness', () => {
  test('is reported if the database, on disk or in memory, accepts a commit, and leaves no row', async () => {
    expect(await (await open()).ready()).toEqual({ ready: true });
    const inMemory = await openStore('sqlite::memory:');
    expect(await inMemory.ready()).toEqual({ ready: true });
    await inMemory.close();
    const database = new DatabaseSync(path);
    expect(database.prepare('select count(*) as n from secrets').get()).toEqual({ n: 0 });
    database.close();
  });

  test('fails while another process holds the database, and returns afterwards', async () => {
    const store = await open({ waitMs: 0 });
    const other = new DatabaseSync(path);
    other.exec('begin immediate');
    expect(await store.ready()).toEqual(notReady('locked', 'another process holds the database'));
    other.close();
    await expect.poll(() => store.ready(), { timeout: 120_000 }).toEqual({ ready: true });
  });

  test('fails while the disk is full, and returns when there is space', async () => {
    const connection = openConnection(path);
    const { database } = connection;
    const db = new Kysely({ dialect: nodeSqlite(database) });
    await migrateSqlite(database, db);
    const writer = createWriter(database, () => {});
    const ready = await createReadiness(connection, writer, path);
    // Below what there is, SQLite takes what there is.
    database.exec('pragma max_page_count = 1');
    expect(await ready()).toEqual(notReady('full', 'the disk is full'));
    database.exec('pragma max_page_count = 4294967294');
    await expect.poll(ready, { timeout: 120_000 }).toEqual({ ready: true });
    await writer.close();
    database.close();
  });

  test('fails for good once a query reads a damaged page', async () => {
    await filled();
    const store = await open();
    damage(0.25);
    const reads = Array.from({ length: 2000 }, async (_, n) =>
      store.of(merchantId).payment(paymentOf(n).id),
    );
    await expect(Promise.all(reads)).rejects.toThrow(/malformed/);
    expect(await store.ready()).toEqual(notReady('damaged', 'the database is damaged'));
  });

  test('fails if the file is replaced or is no longer a database', async () => {
    const store = await open();
    damage(0);
    expect(await store.ready()).toEqual(notReady('damaged', 'the database is damaged'));
    const replaced = join(folder, 'replaced.db');
    const second = await openStore(`sqlite:${replaced}`);
    stores.push(second);
    renameSync(replaced, join(folder, 'gone.db'));
    expect(await second.ready()).toEqual(
      notReady('unavailable', 'the database file cannot be read or written'),
    );
    await (await openStore(`sqlite:${replaced}`)).close();
    const damaged = notReady('damaged', 'the database is damaged');
    await expect.poll(() => second.ready(), { timeout: 120_000 }).toEqual(damaged);
  });

  test('is probed once for concurrent requests', async () => {
    const connection = openConnection(path);
    const { database } = connection;
    const db = new Kysely({ dialect: nodeSqlite(database) });
    await migrateSqlite(database, db);
    const writer = createWriter(database, () => {});
    let writes = 0;
    const counting: typeof writer.write = (work) => {
      writes += 1;
      return writer.write(work);
    };
    const ready = await createReadiness(connection, { write: counting }, path);
    const answers = await Promise.all(Array.from({ length: 100 }, ready));
    expect(new Set(answers)).toEqual(new Set([{ ready: true }]));
    expect(writes).toBe(1);
    await writer.close();
    database.close();
  });
});

describe('a database that is damaged', () => {
  test.each([
    ['in its first page', 0],
    ['in the middle', 0.25],
    ['in its second half', 0.5],
  ])('is not opened if the damage is %s', async (_where, from) => {
    await filled();
    damage(from);
    await expect(openStore(`sqlite:${path}`)).rejects.toThrow(
      /^Cannot open the SQLite database at .*: (it is damaged|file is not a database|.*malformed)/,
    );
  });

  test('too large for a full check is not opened if merchants or keys are damaged', async () => {
    await filled();
    expect(() => requireSound(path, 0)).not.toThrow();
    const database = new DatabaseSync(path);
    const rootOf = (table: string) => {
      const row = database.prepare('select rootpage from sqlite_master where name = ?').get(table);
      return Number(row?.rootpage);
    };
    const [keys, events] = [rootOf('api_keys'), rootOf('events')];
    const pageBytes = Number(database.prepare('pragma page_size').get()?.page_size);
    database.close();
    damage((events - 1) * pageBytes, pageBytes);
    expect(() => requireSound(path, 0)).not.toThrow();
    damage((keys - 1) * pageBytes, pageBytes);
    expect(() => requireSound(path, 0)).toThrow(/malformed|damaged/);
  });
});
