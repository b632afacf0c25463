import { expect, test } from 'vitest';
import type { Store } from '../../services/core/store.ts';
import { insertPayments, merchantId, otherMerchantId, paymentOf, recordOf } from './resources.ts';

const shuttingDown = {
  code: 'overloaded',
  message: 'The server is shutting down; try again in 1000 ms.',
  details: { retryAfterMs: 1000 },
};

/** What every store guarantees across merchants and when it closes. */
export function housekeepingContract(at: () => Store): void {
  test('a merchant is found by its id', async () => {
    expect(await at().across.merchant(merchantId)).toEqual({ id: merchantId, name: 'One' });
    expect(await at().across.merchant('acct_none')).toBeUndefined();
  });

  test('payments that are due for settlement are found across merchants', async () => {
    const store = at();
    expect(await store.across.nextSettlementAt()).toBeUndefined();
    await store.write(async (tx) => {
      await tx.of(merchantId).insertPayment(paymentOf(1), 300);
      await tx.of(otherMerchantId).insertPayment(paymentOf(2), 100);
      await tx.of(merchantId).insertPayment(paymentOf(3), 200);
      await tx.of(merchantId).insertPayment(paymentOf(4), null);
    });
    expect(await store.across.nextSettlementAt()).toBe(100);
    expect(await store.across.duePayments(99, 10)).toEqual([]);
    expect(await store.across.duePayments(200, 10)).toEqual([
      { merchantId: otherMerchantId, payment: paymentOf(2) },
      { merchantId, payment: paymentOf(3) },
    ]);
    expect(await store.across.duePayments(500, 1)).toHaveLength(1);
    await store.write((tx) => tx.of(otherMerchantId).updatePayment(paymentOf(2), null));
    expect(await store.across.nextSettlementAt()).toBe(200);
  });

  test('a secret of 32 bytes is created once and stays the same', async () => {
    const [first, again, other] = await Promise.all(
      ['cursors', 'cursors', 'more'].map((name) => at().across.secret(name)),
    );
    expect(first).toHaveLength(32);
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
  });

  test('any number of expired records is deleted, and the others are kept', async () => {
    const store = at();
    await store.write(async (tx) => {
      for (let n = 0; n < 2500; n += 1) {
        await tx.of(merchantId).putIdempotencyRecord(recordOf(`old ${n}`, { expiresAt: 10 }));
      }
      await tx.of(merchantId).putIdempotencyRecord(recordOf('new', { expiresAt: 20 }));
    });
    expect(await store.across.deleteExpiredRecords(20)).toBe(2500);
    expect(await store.across.deleteExpiredRecords(20)).toBe(0);
    expect(await store.of(merchantId).idempotencyRecord('new', 0)).toBeDefined();
  });

  test('queries are counted, but transactions are not', async () => {
    const store = at();
    const before = store.queryCount;
    await insertPayments(store, [paymentOf(1)]);
    await store.of(merchantId).payment(paymentOf(1).id);
    await store.of(merchantId).listPayments({ status: 'failed' }, 'amount', { limit: 5 });
    expect(store.queryCount - before).toBe(3);
    // Nobody called for these.
    await store.across.duePayments(0, 1);
    await store.across.nextSettlementAt();
    await store.across.deleteExpiredRecords(0);
    expect(store.queryCount - before).toBe(3);
  });

  test('closing finishes the running writes first and refuses later ones', async () => {
    const store = at();
    const under = Array.from({ length: 600 }, (_, n) => insertPayments(store, [paymentOf(n)]));
    const closed = store.close();
    const late = insertPayments(store, [paymentOf(9000)]);
    await expect(late).rejects.toMatchObject(shuttingDown);
    await Promise.all(under);
    await closed;
    await store.close();
  });

  test('a read after the store is closed is refused without an internal error', async () => {
    const store = at();
    const { of } = store;
    await insertPayments(store, [paymentOf(1)]);
    await store.close();
    const read = async () => of(merchantId).payment(paymentOf(1).id);
    await expect(read()).rejects.toMatchObject(shuttingDown);
    const list = async () =>
      of(merchantId).listPayments({ status: 'failed' }, 'amount', { limit: 1 });
    await expect(list()).rejects.toMatchObject(shuttingDown);
    await expect(store.across.duePayments(1, 1)).rejects.toMatchObject(shuttingDown);
  });
}
