import { expect, test } from 'vitest';
import type { Payment } from '../../services/core/payments/payment.ts';
import type { Store } from '../../services/core/store.ts';
import { idsOf, insertPayments, merchantId, paymentOf } from './resources.ts';

/** What every store guarantees for transactions. */
export function transactionContract(at: () => Store): void {
  test('a write that throws is rolled back without the others, and rejects with its own error', async () => {
    const store = at();
    const thrown = new Error('mine');
    const results = await Promise.allSettled(
      [1, 2, 3].map((n) =>
        store.write(async (tx) => {
          await tx.of(merchantId).insertPayment(paymentOf(n), null);
          if (n === 2) throw thrown;
          return n;
        }),
      ),
    );
    expect(results).toEqual([
      { status: 'fulfilled', value: 1 },
      { status: 'rejected', reason: thrown },
      { status: 'fulfilled', value: 3 },
    ]);
    const { payments } = await store.of(merchantId).listPayments({}, 'created_at', { limit: 9 });
    expect(idsOf(payments)).toEqual([1, 3].map((n) => paymentOf(n).id));
  });

  test('a failed statement whose error is caught leaves the rest of its write intact', async () => {
    const store = at();
    await store.write(async (tx) => {
      await tx.of(merchantId).insertPayment(paymentOf(1), null);
      await expect(tx.of(merchantId).insertPayment(paymentOf(1), null)).rejects.toThrow();
      await tx.of(merchantId).insertPayment(paymentOf(2), null);
    });
    const { payments } = await store.of(merchantId).listPayments({}, 'created_at', { limit: 9 });
    expect(payments).toHaveLength(2);
  });

  test('writes see the earlier writes of the same commit, and run once', async () => {
    const store = at();
    await insertPayments(store, [paymentOf(1, { amount: 1_000_000, amountCaptured: 1_000_000 })]);
    const increments = Array.from({ length: 300 }, () =>
      store.write(async (tx) => {
        const payment = await tx.of(merchantId).payment(paymentOf(1).id);
        if (!payment) throw new Error('expected the payment, found none');
        const amountRefunded = payment.amountRefunded + 1;
        await tx.of(merchantId).updatePayment({ ...payment, amountRefunded }, null);
      }),
    );
    await Promise.all(increments);
    const payment = await store.of(merchantId).payment(paymentOf(1).id);
    expect(payment?.amountRefunded).toBe(300);
  });

  test('a read never sees a write that is later rolled back', async () => {
    const store = at();
    const seen: (Payment | undefined)[] = [];
    const reads: Promise<unknown>[] = [];
    const look = () => {
      const read = store.of(merchantId).payment(paymentOf(1).id);
      reads.push(Promise.resolve(read).then((payment) => seen.push(payment)));
    };
    const write = store.write(async (tx) => {
      await tx.of(merchantId).insertPayment(paymentOf(1), null);
      look();
      await Promise.resolve();
      look();
      throw new Error('undone');
    });
    // Asked from beside the write, in each of the turns that it takes.
    const beside = (async () => {
      for (let turn = 0; turn < 200; turn += 1) {
        look();
        await Promise.resolve();
      }
      await new Promise(setImmediate);
      look();
    })();
    await expect(write).rejects.toThrow('undone');
    await beside;
    await Promise.all(reads);
    expect(seen).toHaveLength(203);
    expect(seen.every((payment) => payment === undefined)).toBe(true);
  });

  test('a write can be read as soon as it is acknowledged', async () => {
    const store = at();
    for (let n = 1; n <= 20; n += 1) {
      await insertPayments(store, [paymentOf(n)]);
      expect(await store.of(merchantId).payment(paymentOf(n).id)).toEqual(paymentOf(n));
    }
  });

  test('a write that awaits anything else fails and is rolled back, and the store goes on', async () => {
    const store = at();
    const strayed = Promise.withResolvers<string>();
    const waits = store.write(async (tx) => {
      await tx.of(merchantId).insertPayment(paymentOf(1), null);
      await new Promise((resolve) => setTimeout(resolve, 20));
      await tx
        .of(merchantId)
        .insertPayment(paymentOf(2), null)
        .catch((error: Error) => {
          strayed.resolve(error.message);
        });
    });
    const readsItself = store.write(async () => {
      await store.of(merchantId).payment('pay_x');
    });
    const third = insertPayments(store, [paymentOf(3)]);
    await expect(waits).rejects.toThrow('expected a write to await its transaction alone');
    await expect(readsItself).rejects.toThrow('expected a write to await its transaction alone');
    await third;
    expect(await strayed.promise).toContain('expected a transaction in progress');
    const { payments } = await store.of(merchantId).listPayments({}, 'created_at', { limit: 9 });
    expect(idsOf(payments)).toEqual([paymentOf(3).id]);
  });

  test('a callback that a write leaves behind cannot run in the transaction of another', async () => {
    const store = at();
    const kept = await store.write(async (tx) => ({ tx }));
    await expect(kept.tx.of(merchantId).insertPayment(paymentOf(1), null)).rejects.toThrow(
      'expected a transaction in progress',
    );
    const left: Promise<void>[] = [];
    const forgetful = store.write(async (tx) => {
      const work = async () => {
        // Long enough that the write is over and the next one runs.
        for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
        await tx.of(merchantId).insertPayment(paymentOf(2), null);
      };
      left.push(work());
    });
    const next = store.write(async (tx) => {
      for (let turn = 0; turn < 100; turn += 1) await tx.of(merchantId).payment(paymentOf(2).id);
    });
    await Promise.all([forgetful, next]);
    await expect(Promise.all(left)).rejects.toThrow('expected a transaction in progress');
    const { payments } = await store.of(merchantId).listPayments({}, 'created_at', { limit: 9 });
    expect(payments).toEqual([]);
  });
}
