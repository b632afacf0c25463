import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Store } from '../../services/core/store.ts';
import { openStore } from '../../services/storage/open.ts';
import { afterTransactions } from '../../services/storage/sqlite/when-to-run.ts';
import { eventOf, insertMerchants, insertPayments, merchantId, paymentOf } from './resources.ts';

/** Another process holds the database, and the test controls how long a call waits. */

let folder: string;
let other: DatabaseSync;
let url: string;
const stores: Store[] = [];
const open = async (waitMs: number) => {
  const store = await openStore(url, { waitMs });
  stores.push(store);
  return store;
};

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'locked-'));
  const path = join(folder, 'payments.db');
  url = `sqlite:${path}`;
  await insertMerchants(await open(Number.POSITIVE_INFINITY));
  other = new DatabaseSync(path);
});
afterEach(async () => {
  other.close();
  await Promise.all(stores.splice(0).map((store) => store.close()));
  rmSync(folder, { recursive: true });
});

const overloaded = {
  code: 'overloaded',
  message: 'Another process holds the database; try again in 1000 ms.',
  details: { retryAfterMs: 1000 },
};
/** Many turns of the event loop, which a blocked loop would not run. */
const turns = async (count: number) => {
  for (let turn = 0; turn < count; turn += 1) await new Promise(setImmediate);
};
/** The error of SQLite that it throws for a locked database. */
const busyError = (): unknown => {
  other.exec('begin immediate');
  const second = new DatabaseSync(url.slice('sqlite:'.length), { timeout: 0 });
  try {
    second.exec('begin immediate');
  } catch (error) {
    return error;
  } finally {
    second.close();
    other.exec('rollback');
  }
  throw new Error('expected a locked database');
};

describe('while another process holds the database', () => {
  test('writes wait in order until the lock is released, and reads go on', async () => {
    const store = await open(Number.POSITIVE_INFINITY);
    other.exec('begin immediate');
    const ended: number[] = [];
    const writes = [1, 2, 3].map(async (n) => {
      await store.write((tx) => tx.of(merchantId).appendEvent(eventOf(n)));
      ended.push(n);
    });
    await turns(10);
    expect(await store.of(merchantId).lastSequence()).toBe(0);
    const late = store.write((tx) => tx.of(merchantId).appendEvent(eventOf(4)));
    await turns(10);
    expect(await store.across.merchant(merchantId)).toBeDefined();
    expect(ended).toEqual([]);
    other.exec('commit');
    expect((await late).sequence).toBe(4);
    await Promise.all(writes);
    expect(ended).toEqual([1, 2, 3]);
  });

  test('a write that waits too long is refused with the time to wait and has no effect', async () => {
    const store = await open(0);
    other.exec('begin immediate');
    let begun = 0;
    const write = () =>
      store.write(async (tx) => {
        begun += 1;
        await tx.of(merchantId).appendEvent(eventOf(1));
      });
    const results = await Promise.allSettled([write(), write()]);
    for (const result of results) {
      expect(result).toMatchObject({ status: 'rejected', reason: overloaded });
    }
    expect(begun).toBe(0);
    other.exec('commit');
    await write();
    expect(await store.of(merchantId).lastSequence()).toBe(1);
  });

  test('a write that throws is rolled back without the other waiting writes', async () => {
    const store = await open(Number.POSITIVE_INFINITY);
    other.exec('begin immediate');
    const results = Promise.allSettled([
      insertPayments(store, [paymentOf(1)]),
      store.write(async (tx) => {
        await tx.of(merchantId).insertPayment(paymentOf(2), null);
        throw new Error('undone');
      }),
      insertPayments(store, [paymentOf(3)]),
    ]);
    await turns(10);
    other.exec('commit');
    expect((await results).map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
    ]);
    const kept = await store.of(merchantId).listPayments({}, 'created_at', { limit: 9 });
    expect(kept.payments).toEqual([paymentOf(1), paymentOf(3)]);
  });

  test('a waiting write does not block the event loop', async () => {
    const store = await open(Number.POSITIVE_INFINITY);
    other.exec('begin immediate');
    const write = insertPayments(store, [paymentOf(1)]);
    // The write is tried again between them: were each try to wait by itself for the five seconds
    // that opening does, this would take minutes.
    for (let tries = 0; tries < 20; tries += 1) await sleep(10);
    other.exec('commit');
    await write;
  }, 240_000);

  test('closing the store waits for waiting writes', async () => {
    const store = await open(Number.POSITIVE_INFINITY);
    other.exec('begin immediate');
    const write = insertPayments(store, [paymentOf(1)]);
    const closed = store.close();
    await turns(10);
    other.exec('commit');
    await Promise.all([write, closed]);
    const again = await open(0);
    expect(await again.of(merchantId).payment(paymentOf(1).id)).toEqual(paymentOf(1));
  });
});

describe('a read that finds the database locked', () => {
  const readOf = (answers: readonly unknown[], waitMs: number) => {
    let asked = 0;
    const next = () => {
      const answer = answers[Math.min(asked, answers.length - 1)];
      asked += 1;
      if (answer instanceof Error) throw answer;
      return answer;
    };
    // Stands for any prepared query.
    const prepare = () => ({ get: next, all: next, run: next }) as never;
    const read = afterTransactions(prepare, { busy: undefined }, waitMs);
    const query = { sql: '', parameters: [], read: () => undefined };
    return { get: async () => read(query).get({}), asked: () => asked };
  };

  test('is repeated until it succeeds', async () => {
    const busy = busyError();
    const read = readOf([busy, busy, busy, 'row'], Number.POSITIVE_INFINITY);
    expect(await read.get()).toBe('row');
    expect(read.asked()).toBe(4);
  });

  test('is refused with the time to wait once it waited too long', async () => {
    const read = readOf([busyError()], 0);
    await expect(read.get()).rejects.toMatchObject(overloaded);
  });

  test('is not repeated if it fails for another reason', async () => {
    const read = readOf([new Error('of its own')], Number.POSITIVE_INFINITY);
    await expect(read.get()).rejects.toThrow('of its own');
    expect(read.asked()).toBe(1);
  });
});
