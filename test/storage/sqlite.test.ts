import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { openStore } from '../../services/storage/open.ts';
import { openConnection } from '../../services/storage/sqlite/connection.ts';
import { createWriter } from '../../services/storage/sqlite/writer.ts';
import {
  eventOf,
  idsOf,
  insertMerchants,
  insertPayments,
  merchantId,
  paymentOf,
  recordOf,
} from './resources.ts';
import { storeContract } from './store-contract.ts';

const folder = mkdtempSync(join(tmpdir(), 'storage-'));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
const newPath = () => {
  files += 1;
  return join(folder, `${files}.db`);
};

storeContract('sqlite in memory', () => openStore('sqlite::memory:'));
storeContract('sqlite in a file', () => openStore(`sqlite:${newPath()}`));

describe('a database URL', () => {
  test('that is invalid is refused with what was expected', async () => {
    for (const url of ['', 'sqlite:', 'sqlite:memory:', 'file.db', 'mysql://u@host/db']) {
      await expect(openStore(url)).rejects.toThrow(/database URL: expected sqlite:<path>.*got/);
    }
    await expect(openStore('postgres://u@host/db')).rejects.toThrow('not supported yet');
  });

  test('that is refused is repeated without its password', async () => {
    for (const scheme of ['mysql', 'postgres']) {
      const error = await openStore(`${scheme}://user:hunter2@host/db`).catch(String);
      expect(error).not.toContain('hunter2');
    }
  });

  test('names a file whose folder is created', async () => {
    const path = join(folder, 'some', 'where', 'new.db');
    await (await openStore(`sqlite:${path}`)).close();
    expect(existsSync(path)).toBe(true);
  });
});

describe('a database file', () => {
  test('is synchronised at each commit and checks its references', () => {
    const { database } = openConnection(newPath());
    const pragma = (name: string) => Object.values(database.prepare(`pragma ${name}`).get() ?? {});
    expect(pragma('journal_mode')).toEqual(['wal']);
    // 2 is FULL: https://sqlite.org/pragma.html#pragma_synchronous
    expect(pragma('synchronous')).toEqual([2]);
    expect(pragma('foreign_keys')).toEqual([1]);
    database.close();
  });

  test('keeps everything that was written when it is opened again', async () => {
    const url = `sqlite:${newPath()}`;
    const first = await openStore(url);
    await insertMerchants(first);
    await first.write(async (tx) => {
      await tx.of(merchantId).insertPayment(paymentOf(1), 50);
      await tx.of(merchantId).appendEvent(eventOf(1));
      await tx.of(merchantId).putIdempotencyRecord(recordOf('k'));
    });
    const secret = await first.across.secret('cursors');
    await first.close();

    const second = await openStore(url);
    expect(await second.of(merchantId).payment(paymentOf(1).id)).toEqual(paymentOf(1));
    expect(await second.across.nextSettlementAt()).toBe(50);
    expect(await second.of(merchantId).idempotencyRecord('k', 0)).toEqual(recordOf('k'));
    expect(await second.across.secret('cursors')).toEqual(secret);
    const next = await second.write((tx) => tx.of(merchantId).appendEvent(eventOf(2)));
    expect(next.sequence).toBe(2);
    await second.close();
  });

  test('that is new and opened by several processes at once is migrated once for all', async () => {
    const path = newPath();
    const opener = join(import.meta.dirname, 'opener.ts');
    const open = () => promisify(execFile)(process.execPath, [opener, `sqlite:${path}`]);
    await Promise.all([open(), open(), open()]);
    const database = new DatabaseSync(path);
    expect(database.prepare('select count(*) as n from kysely_migration').get()).toEqual({ n: 3 });
    database.close();
  });

  test('that is opened twice shows each store what the other wrote', async () => {
    const url = `sqlite:${newPath()}`;
    const one = await openStore(url);
    const two = await openStore(url);
    await insertMerchants(one);
    await insertPayments(two, [paymentOf(1)]);
    expect(await one.of(merchantId).payment(paymentOf(1).id)).toEqual(paymentOf(1));
    const sequences = await Promise.all(
      [one, two, one, two].map((store) =>
        store.write(async (tx) => (await tx.of(merchantId).appendEvent(eventOf(1))).sequence),
      ),
    );
    expect(sequences.toSorted()).toEqual([1, 2, 3, 4]);
    await one.close();
    await two.close();
  });

  test('with a newer schema is refused and left unchanged', async () => {
    const path = newPath();
    await (await openStore(`sqlite:${path}`)).close();
    const database = new DatabaseSync(path);
    database.exec(`insert into kysely_migration values ('9999-future', '2999-01-01T00:00:00Z')`);
    database.close();
    const before = readFileSync(path);
    await expect(openStore(`sqlite:${path}`)).rejects.toThrow(
      'expected a database of schema 0003-what-lists-check at most, got one of schema 9999-future',
    );
    expect(readFileSync(path).equals(before)).toBe(true);
  });
});

describe('group commit', () => {
  test('shares one commit among 64 concurrent writes, while sequential writes take one each', async () => {
    const path = newPath();
    const store = await openStore(`sqlite:${path}`);
    await insertMerchants(store);
    const commitsOf = async (work: () => Promise<unknown>) => {
      const before = commitsInWal(path);
      await work();
      return commitsInWal(path) - before;
    };
    const insert = (n: number) => insertPayments(store, [paymentOf(n)]);
    const numbers = Array.from({ length: 64 }, (_, n) => n);
    expect(await commitsOf(() => Promise.all(numbers.map(insert)))).toBe(1);
    const oneByOne = async () => {
      for (const n of numbers) await insert(100 + n);
    };
    expect(await commitsOf(oneByOne)).toBe(64);
    await store.close();
  });

  test('spreads more writes than one commit takes over several commits in order', async () => {
    const path = newPath();
    const store = await openStore(`sqlite:${path}`);
    await insertMerchants(store);
    const before = commitsInWal(path);
    const order: number[] = [];
    const numbers = Array.from({ length: 600 }, (_, n) => n);
    await Promise.all(
      numbers.map(async (n) => {
        await store.write((tx) => tx.of(merchantId).appendEvent(eventOf(n)));
        order.push(n);
      }),
    );
    expect(commitsInWal(path) - before).toBe(3);
    expect(order).toEqual(numbers);
    const { events } = await store.of(merchantId).eventsAfter(0, [], 1000);
    expect(idsOf(events)).toEqual(numbers.map((n) => eventOf(n).id));
    await store.close();
  });

  test('rejects every write of a failed commit, announces none, and commits the next write', async () => {
    const database = new DatabaseSync(':memory:');
    // A deferred reference is checked when the transaction commits.
    database.exec(`
      create table parent (id integer primary key);
      create table child (parent integer references parent deferrable initially deferred);
    `);
    const announced: unknown[] = [];
    const writer = createWriter(database, (committed) => announced.push(committed));
    const insert = (parent: number) =>
      writer.write(async () => {
        database.prepare('insert into child values (?)').run(parent);
        writer.appended(merchantId, { ...eventOf(1), sequence: 1 });
      });
    const results = await Promise.allSettled([
      insert(1),
      writer.write(async () => 'innocent'),
      insert(2),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(announced).toEqual([]);
    expect(database.isTransaction).toBe(false);
    await writer.write(async () => database.exec('insert into parent values (1)'));
    await insert(1);
    expect(database.prepare('select count(*) as n from child').get()).toEqual({ n: 1 });
    expect(announced).toHaveLength(1);
    await writer.close();
    database.close();
  });

  test('acknowledges a commit even if a listener throws', async () => {
    const store = await openStore('sqlite::memory:');
    await insertMerchants(store);
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const heard: number[] = [];
    store.onCommit(() => {
      throw new Error('a listener failed');
    });
    store.onCommit(({ events }) => heard.push(events.length));
    await store.write((tx) => tx.of(merchantId).appendEvent(eventOf(1)));
    expect(warn).toHaveBeenCalledExactlyOnceWith(new Error('a listener failed'));
    warn.mockRestore();
    expect(heard).toEqual([1]);
    await store.close();
  });

  test('acknowledges only stored writes on a full disk, and the store goes on', async () => {
    const database = new DatabaseSync(':memory:');
    database.exec('create table texts (text text); pragma max_page_count = 20');
    const writer = createWriter(database, () => {});
    const insert = (length: number) =>
      writer.write(async () => {
        database.prepare('insert into texts values (?)').run('x'.repeat(length));
        return length;
      });
    const results = await Promise.allSettled([insert(1), insert(1_000_000), insert(2)]);
    expect(results[1]?.status).toBe('rejected');
    await insert(3);
    const kept = database
      .prepare('select length(text) as length from texts')
      .all()
      .map(({ length }) => length);
    const acknowledged = results.filter((result) => result.status === 'fulfilled');
    expect(kept).toEqual([...acknowledged.map(({ value }) => value), 3]);
    await writer.close();
    database.close();
  });
});

/**
 * How many commits the write-ahead log holds: frames whose second field, the size of the database
 * after the commit, is not zero (https://sqlite.org/fileformat2.html#walformat). The log of these
 * tests is too short to be begun anew.
 */
function commitsInWal(path: string): number {
  const log = readFileSync(`${path}-wal`);
  const pageSize = log.readUInt32BE(8);
  let commits = 0;
  for (let at = 32; at + 24 + pageSize <= log.length; at += 24 + pageSize) {
    if (log.readUInt32BE(at + 4) !== 0) commits += 1;
  }
  return commits;
}
