import { expect, test } from 'vitest';
import type { Payment } from '../../services/core/payments/payment.ts';
import type { Store } from '../../services/core/store.ts';
import {
  customerOf,
  eventOf,
  idsOf,
  insertPayments,
  keyOf,
  merchantId,
  otherMerchantId,
  paymentOf,
  recordOf,
  refundOf,
} from './resources.ts';

/** What every store guarantees for single resources. */
export function resourceContract(at: () => Store): void {
  test('every field of a payment is read back as it was written', async () => {
    const store = at();
    const customer = customerOf(1, { email: 'a@b.example', country: 'EIRE', metadata: { k: 'v' } });
    const payment = paymentOf(1, {
      amount: 99_999_999_999,
      amountCaptured: 99_999_999_998,
      amountRefunded: 7,
      currency: 'JPY',
      status: 'failed',
      captureMethod: 'manual',
      customer: customer.id,
      paymentMethod: 'pm_card_expired',
      description: `quotes ' " and 漢字 🐟`,
      metadata: { invoice: '536365', '': 'x'.repeat(500) },
      failure: { code: 'card_expired', message: 'The card has expired.' },
      version: 3,
    });
    await store.write(async (tx) => {
      await tx.of(merchantId).insertCustomer(customer);
      await tx.of(merchantId).insertPayment(payment, null);
      expect(await tx.of(merchantId).payment(payment.id)).toEqual(payment);
    });
    expect(await store.of(merchantId).payment(payment.id)).toEqual(payment);
    expect(await store.of(merchantId).customer(customer.id)).toEqual(customer);
  });

  test('an update replaces every field of a payment', async () => {
    const store = at();
    const customer = customerOf(1);
    await store.write((tx) => tx.of(merchantId).insertCustomer(customer));
    await insertPayments(store, [paymentOf(1)]);
    const changes: Partial<Payment>[] = [
      { status: 'processing', version: 2, updatedAt: 5, metadata: { a: 'b' } },
      { customer: customer.id },
      { amount: 5000, amountCaptured: 4000, amountRefunded: 3000 },
      { createdAt: 4, currency: 'EUR', captureMethod: 'manual', paymentMethod: 'pm_card_slow' },
      { failure: { code: 'card_declined', message: 'No.' }, description: 'text', customer: null },
    ];
    let payment = paymentOf(1);
    for (const change of changes) {
      payment = { ...payment, ...change };
      await store.write((tx) => tx.of(merchantId).updatePayment(payment, null));
      expect(await store.of(merchantId).payment(payment.id)).toEqual(payment);
    }
  });

  test('an update of a payment that does not exist fails', async () => {
    const update = at().write((tx) => tx.of(merchantId).updatePayment(paymentOf(1), null));
    await expect(update).rejects.toThrow('expected payment');
  });

  test('a second payment with the same id fails and changes nothing', async () => {
    await insertPayments(at(), [paymentOf(1)]);
    await expect(insertPayments(at(), [paymentOf(1, { amount: 5 })])).rejects.toThrow();
    expect(await at().of(merchantId).payment(paymentOf(1).id)).toEqual(paymentOf(1));
  });

  test("a row cannot refer to another merchant's row or to a missing row", async () => {
    const store = at();
    await store.write((tx) => tx.of(otherMerchantId).insertCustomer(customerOf(1)));
    const strange = paymentOf(1, { customer: customerOf(1).id });
    await expect(insertPayments(store, [strange])).rejects.toThrow(/foreign key/i);
    const refund = refundOf(1, paymentOf(9).id);
    await expect(store.write((tx) => tx.of(merchantId).insertRefund(refund))).rejects.toThrow(
      /foreign key/i,
    );
  });

  test('the database itself refuses a refunded amount above the captured amount', async () => {
    const payment = paymentOf(1, { amountCaptured: 10, amountRefunded: 11 });
    await expect(insertPayments(at(), [payment])).rejects.toThrow(/check/i);
  });

  test('another merchant finds nothing by id, by list or by batch', async () => {
    const store = at();
    const payment = paymentOf(1, { customer: customerOf(1).id });
    await store.write(async (tx) => {
      await tx.of(merchantId).insertCustomer(customerOf(1, { email: 'a@b.example' }));
      await tx.of(merchantId).insertPayment(payment, null);
      await tx.of(merchantId).insertRefund(refundOf(1, payment.id));
      await tx.of(merchantId).appendEvent(eventOf(1));
      await tx.of(merchantId).putIdempotencyRecord(recordOf('k'));
      await tx.of(merchantId).insertApiKey(keyOf(1));
    });
    const all = { limit: 10 };
    expect(await store.of(otherMerchantId).payment(payment.id)).toBeUndefined();
    expect(await store.of(otherMerchantId).payments([payment.id])).toEqual([]);
    expect(await store.of(otherMerchantId).listPayments({}, '-created_at', all)).toEqual({
      payments: [],
    });
    expect(await store.of(otherMerchantId).refund(refundOf(1, '').id)).toBeUndefined();
    expect(await store.of(otherMerchantId).listRefunds({ payment: payment.id }, all)).toEqual([]);
    expect(await store.of(otherMerchantId).refundsOfPayments([payment.id], 5)).toEqual([]);
    expect(await store.of(otherMerchantId).customer(customerOf(1).id)).toBeUndefined();
    expect(await store.of(otherMerchantId).customers([customerOf(1).id])).toEqual([]);
    expect(await store.of(otherMerchantId).listCustomers({ email: 'a@b.example' }, all)).toEqual(
      [],
    );
    expect((await store.of(otherMerchantId).eventsAfter(0, [], 10)).events).toEqual([]);
    expect(await store.of(otherMerchantId).lastSequence()).toBe(0);
    expect(await store.of(otherMerchantId).idempotencyRecord('k', 0)).toBeUndefined();
    const revoked = await store.write((tx) => tx.of(otherMerchantId).revokeApiKey(keyOf(1).id, 5));
    expect(revoked).toBeUndefined();
  });

  test("every read of a merchant's data needs the id of the merchant", async () => {
    const store = at();
    // @ts-expect-error: the store itself has no payments.
    expect(store.payment).toBeUndefined();
    // @ts-expect-error: a view is of one merchant.
    expect(await store.of().payment(paymentOf(1).id)).toBeUndefined();
    await store.write(async (tx) => {
      // @ts-expect-error: nor has a transaction.
      expect(tx.insertPayment).toBeUndefined();
    });
  });

  test('batches return the rows that exist, in one query for any number of ids', async () => {
    const store = at();
    const numbers = Array.from({ length: 100 }, (_, n) => n);
    await store.write(async (tx) => {
      for (const n of numbers) {
        await tx.of(merchantId).insertCustomer(customerOf(n));
        await tx.of(merchantId).insertPayment(paymentOf(n), null);
        await tx.of(merchantId).insertRefund(refundOf(n, paymentOf(n).id));
      }
    });
    const payments = [...numbers.map((n) => paymentOf(n).id), 'pay_none', `'"[],`];
    const before = store.queryCount;
    expect(await store.of(merchantId).payments(payments)).toHaveLength(100);
    expect(await store.of(merchantId).payments([paymentOf(3).id])).toEqual([paymentOf(3)]);
    expect(await store.of(merchantId).customers([customerOf(3).id])).toEqual([customerOf(3)]);
    expect(await store.of(merchantId).refundsOfPayments(payments, 20)).toHaveLength(100);
    expect(store.queryCount - before).toBe(4);
  });

  test('the newest refunds of each payment are returned up to the requested number', async () => {
    const store = at();
    const [one, two] = [paymentOf(1), paymentOf(2)];
    await insertPayments(store, [one, two]);
    await store.write(async (tx) => {
      for (const n of [1, 2, 3, 4]) await tx.of(merchantId).insertRefund(refundOf(n, one.id));
      await tx.of(merchantId).insertRefund(refundOf(5, two.id, { reason: 'broken' }));
    });
    const refunds = await store.of(merchantId).refundsOfPayments([one.id, two.id], 3);
    expect(idsOf(refunds).toSorted()).toEqual(
      [2, 3, 4, 5].map((n) => refundOf(n, '').id).toSorted(),
    );
    const ofOne = refunds.filter(({ payment }) => payment === one.id);
    expect(idsOf(ofOne)).toEqual([4, 3, 2].map((n) => refundOf(n, '').id));
    expect(await store.of(merchantId).refund(refundOf(5, '').id)).toEqual(
      refundOf(5, two.id, { reason: 'broken' }),
    );
  });

  test('a key is found by its hash and can be revoked once', async () => {
    const store = at();
    await store.write((tx) => tx.of(merchantId).insertApiKey(keyOf(1)));
    expect(await store.across.apiKeyByHash(keyOf(1).hash)).toEqual(keyOf(1));
    expect(await store.across.apiKeyByHash('none')).toBeUndefined();
    const revoke = (nowMs: number) =>
      store.write((tx) => tx.of(merchantId).revokeApiKey(keyOf(1).id, nowMs));
    expect(await revoke(5)).toEqual(keyOf(1, { revokedAt: 5 }));
    expect(await revoke(6)).toEqual(keyOf(1, { revokedAt: 5 }));
    expect(await store.across.apiKeyByHash(keyOf(1).hash)).toEqual(keyOf(1, { revokedAt: 5 }));
  });

  test('an idempotency record can be replaced and is unknown once it has expired', async () => {
    const store = at();
    const open = recordOf('k', { outcome: null, leaseUntil: 500 });
    const put = (record: typeof open) =>
      store.write((tx) => tx.of(merchantId).putIdempotencyRecord(record));
    await put(open);
    expect(await store.of(merchantId).idempotencyRecord('k', 1000)).toEqual(open);
    const failed = recordOf('k', {
      fingerprint: 'e'.repeat(64),
      outcome: { ok: false, code: 'card_declined', message: 'No.', details: {} },
      resourceId: 'pay_2',
      expiresAt: 3000,
    });
    await put(failed);
    expect(await store.of(merchantId).idempotencyRecord('k', 3000)).toEqual(failed);
    expect(await store.of(merchantId).idempotencyRecord('k', 3001)).toBeUndefined();
  });
}
