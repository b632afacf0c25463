import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Awaitable } from '../../services/core/awaitable.ts';
import type { CommittedEvents } from '../../services/core/events/store.ts';
import type { Payment } from '../../services/core/payments/payment.ts';
import type { PaymentFilter, PaymentSort } from '../../services/core/payments/store.ts';
import type { Store } from '../../services/core/store.ts';
import {
  byPaymentSort,
  customerOf,
  eventOf,
  fitsFilter,
  idsOf,
  insertMerchants,
  insertPayments,
  keyOf,
  merchantId,
  otherMerchantId,
  paymentOf,
  recordOf,
  refundOf,
  walkPayments,
} from './resources.ts';

/** What every store promises, whatever database it stands on. `open` gives an empty one. */
export function storeContract(name: string, open: () => Promise<Store>): void {
  describe(`store contract: ${name}`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await open();
      await insertMerchants(store);
    });
    afterEach(() => store.close());

    resources(() => store);
    paging(() => store);
    events(() => store);
    transactions(() => store);
    housekeeping(() => store);
  });
}

function resources(at: () => Store): void {
  test('a payment is read back as it was written, every field of it', async () => {
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

  test('updating a payment that is not there fails', async () => {
    const update = at().write((tx) => tx.of(merchantId).updatePayment(paymentOf(1), null));
    await expect(update).rejects.toThrow('expected payment');
  });

  test('a second payment with the same id fails and changes nothing', async () => {
    await insertPayments(at(), [paymentOf(1)]);
    await expect(insertPayments(at(), [paymentOf(1, { amount: 5 })])).rejects.toThrow();
    expect(await at().of(merchantId).payment(paymentOf(1).id)).toEqual(paymentOf(1));
  });

  test('nothing can point at another merchant, nor at what is not there', async () => {
    const store = at();
    await store.write((tx) => tx.of(otherMerchantId).insertCustomer(customerOf(1)));
    const strange = paymentOf(1, { customer: customerOf(1).id });
    await expect(insertPayments(store, [strange])).rejects.toThrow(/foreign key/i);
    const refund = refundOf(1, paymentOf(9).id);
    await expect(store.write((tx) => tx.of(merchantId).insertRefund(refund))).rejects.toThrow(
      /foreign key/i,
    );
  });

  test('more refunded than captured is refused by the database itself', async () => {
    const payment = paymentOf(1, { amountCaptured: 10, amountRefunded: 11 });
    await expect(insertPayments(at(), [payment])).rejects.toThrow(/check/i);
  });

  test('another merchant finds nothing, by id, by list and by batch', async () => {
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

  test('nothing of a merchant can be asked for without naming the merchant', async () => {
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

  test('batches answer what is there, in one query whatever the number of ids', async () => {
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

  test('of each payment the newest refunds are answered, as many as asked', async () => {
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

  test('a key is found by its hash, and revoked once', async () => {
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

  test('an idempotency record is replaced, and unknown once it expired', async () => {
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

function paging(at: () => Store): void {
  test('pages of every filter and sort give each payment once, in order', async () => {
    const store = at();
    const customers = [customerOf(1), customerOf(2)];
    await store.write(async (tx) => {
      for (const customer of customers) await tx.of(merchantId).insertCustomer(customer);
    });
    // Few distinct times and amounts, so that ties are cut by pages too.
    const payments = Array.from({ length: 60 }, (_, n) =>
      paymentOf(n, {
        createdAt: 1000 + (n % 7),
        amount: 100 + (n % 5),
        status: n % 3 === 0 ? 'succeeded' : 'failed',
        customer: [null, customerOf(1).id, customerOf(2).id][n % 4] ?? null,
      }),
    );
    await insertPayments(store, payments);
    const filters: PaymentFilter[] = [
      {},
      { status: 'succeeded' },
      { customer: customerOf(1).id },
      { customer: customerOf(1).id, status: 'succeeded' },
      { createdFrom: 1001, createdBefore: 1005 },
      { amountMin: 101, amountMax: 103 },
      {
        status: 'failed',
        customer: customerOf(2).id,
        createdFrom: 1001,
        createdBefore: 1006,
        amountMin: 101,
        amountMax: 104,
      },
      { status: 'canceled' },
    ];
    const sorts: PaymentSort[] = ['created_at', '-created_at', 'amount', '-amount'];
    for (const filter of filters) {
      for (const sort of sorts) {
        const expected = idsOf(
          payments.filter((payment) => fitsFilter(payment, filter)).toSorted(byPaymentSort(sort)),
        );
        for (const limit of [1, 7, 100]) {
          expect(idsOf(await walkPayments(store, filter, sort, limit))).toEqual(expected);
        }
      }
    }
  });

  test('rows that arrive while paging neither repeat nor hide others', async () => {
    await insertPayments(
      at(),
      [1, 2, 3, 4].map((n) => paymentOf(n)),
    );
    const newest = await at().of(merchantId).listPayments({}, '-created_at', { limit: 2 });
    const first = newest.payments;
    await insertPayments(at(), [paymentOf(5)]);
    const last = first.at(-1);
    const after = last && { value: last.createdAt, id: last.id };
    const rest = await at().of(merchantId).listPayments({}, '-created_at', { limit: 9, after });
    expect(idsOf([...first, ...rest.payments])).toEqual([4, 3, 2, 1].map((n) => paymentOf(n).id));
  });

  test('customers and refunds are paged newest first, and filtered', async () => {
    const store = at();
    const [one, two] = [paymentOf(1), paymentOf(2)];
    await insertPayments(store, [one, two]);
    await store.write(async (tx) => {
      for (const n of [1, 2, 3, 4, 5, 6]) {
        const email = n % 2 ? 'odd@b.example' : null;
        await tx.of(merchantId).insertCustomer(customerOf(n, { email, createdAt: 1000 }));
        await tx
          .of(merchantId)
          .insertRefund(refundOf(n, (n % 2 ? one : two).id, { createdAt: 1000 }));
      }
    });
    const odd = { email: 'odd@b.example' };
    expect(idsOf(await store.of(merchantId).listCustomers({}, { limit: 2 }))).toEqual(
      [6, 5].map((n) => customerOf(n).id),
    );
    const afterCustomer = { value: 1000, id: customerOf(5).id };
    expect(
      idsOf(await store.of(merchantId).listCustomers({}, { limit: 2, after: afterCustomer })),
    ).toEqual([4, 3].map((n) => customerOf(n).id));
    expect(
      idsOf(await store.of(merchantId).listCustomers(odd, { limit: 9, after: afterCustomer })),
    ).toEqual([3, 1].map((n) => customerOf(n).id));
    expect(idsOf(await store.of(merchantId).listRefunds({}, { limit: 9 }))).toEqual(
      [6, 5, 4, 3, 2, 1].map((n) => refundOf(n, '').id),
    );
    const afterRefund = { value: 1000, id: refundOf(4, '').id };
    const ofTwo = { payment: two.id };
    expect(
      idsOf(await store.of(merchantId).listRefunds(ofTwo, { limit: 9, after: afterRefund })),
    ).toEqual([refundOf(2, '').id]);
  });
}

function events(at: () => Store): void {
  const append = (merchant: string, ...numbers: readonly number[]) =>
    at().write(async (tx) => {
      for (const n of numbers) await tx.of(merchant).appendEvent(eventOf(n));
    });

  test('a merchant’s events are counted from 1 without a gap, also past a write undone', async () => {
    const store = at();
    await Promise.allSettled([
      append(merchantId, 1, 2),
      at().write(async (tx) => {
        await tx.of(merchantId).appendEvent(eventOf(3));
        throw new Error('undone');
      }),
      append(otherMerchantId, 4),
      append(merchantId, 5),
    ]);
    await append(merchantId, 6);
    const of = async (merchant: string) =>
      (await store.of(merchant).eventsAfter(0, [], 100)).events.map(({ sequence, id }) => [
        sequence,
        id,
      ]);
    expect(await of(merchantId)).toEqual([1, 2, 5, 6].map((n, at) => [at + 1, eventOf(n).id]));
    expect(await of(otherMerchantId)).toEqual([[1, eventOf(4).id]]);
    expect(await store.of(merchantId).lastSequence()).toBe(4);
  });

  test('events are read after a sequence, of the types wanted, as they were appended', async () => {
    const store = at();
    const payment = paymentOf(2);
    await append(merchantId, 1);
    const appended = await store.write((tx) =>
      tx.of(merchantId).appendEvent({
        id: 'evt_x',
        type: 'payment.created',
        createdAt: 5,
        data: { kind: 'payment', payment },
      }),
    );
    expect(appended.sequence).toBe(2);
    await append(merchantId, 3, 4);
    expect(await store.of(merchantId).eventsAfter(0, ['payment.created'], 9)).toEqual({
      events: [appended],
      through: 4,
      hasMore: false,
    });
    expect(await store.of(merchantId).eventsAfter(0, ['payment.created'], 1)).toEqual({
      events: [appended],
      through: 2,
      hasMore: true,
    });
    for (const types of [[], ['payment.created', 'customer.created']] as const) {
      expect(await store.of(merchantId).eventsAfter(1, types, 2)).toEqual({
        events: [appended, { ...eventOf(3), sequence: 3 }],
        through: 3,
        hasMore: true,
      });
      expect(await store.of(merchantId).eventsAfter(4, types, 2)).toEqual({
        events: [],
        through: 4,
        hasMore: false,
      });
    }
    const { events: both } = await store
      .of(merchantId)
      .eventsAfter(0, ['payment.created', 'customer.created'], 100);
    expect(both).toHaveLength(4);
  });

  test('a rare type of event is looked for 2,000 sequences at a time, and none is missed', async () => {
    const store = at();
    await store.write(async (tx) => {
      for (let n = 1; n <= 4100; n += 1) await tx.of(merchantId).appendEvent(eventOf(n));
      await tx.of(merchantId).appendEvent({ ...eventOf(4101), type: 'refund.created' });
    });
    const through: number[] = [];
    const found: number[] = [];
    let after = 0;
    for (let hasMore = true; hasMore; ) {
      const range = await store.of(merchantId).eventsAfter(after, ['refund.created'], 10);
      found.push(...range.events.map(({ sequence }) => sequence));
      through.push(range.through);
      ({ through: after, hasMore } = range);
    }
    expect(through).toEqual([2000, 4000, 4101]);
    expect(found).toEqual([4101]);
  });

  test('listeners hear of committed events alone, by merchant, once they can be read', async () => {
    const store = at();
    const heard: CommittedEvents[] = [];
    const readable: Awaitable<number>[] = [];
    store.onCommit((committed) => {
      heard.push(committed);
      readable.push(store.of(committed.merchantId).lastSequence());
    });
    const undone = store.write(async (tx) => {
      await tx.of(merchantId).appendEvent(eventOf(2));
      throw new Error('undone');
    });
    await Promise.allSettled([
      append(merchantId, 1),
      undone,
      append(otherMerchantId, 3),
      append(merchantId, 4),
    ]);
    expect(heard).toEqual([
      {
        merchantId,
        events: [
          { ...eventOf(1), sequence: 1 },
          { ...eventOf(4), sequence: 2 },
        ],
      },
      { merchantId: otherMerchantId, events: [{ ...eventOf(3), sequence: 1 }] },
    ]);
    expect(await Promise.all(readable)).toEqual([2, 1]);
  });

  test('a merchant that is not there has no events', async () => {
    await expect(append('acct_none', 1)).rejects.toThrow('expected merchant acct_none');
    expect(await at().of('acct_none').lastSequence()).toBe(0);
  });
}

function transactions(at: () => Store): void {
  test('a write that throws is undone alone, and rejects with what it threw', async () => {
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

  test('a statement that fails and is caught leaves the rest of its write whole', async () => {
    const store = at();
    await store.write(async (tx) => {
      await tx.of(merchantId).insertPayment(paymentOf(1), null);
      await expect(tx.of(merchantId).insertPayment(paymentOf(1), null)).rejects.toThrow();
      await tx.of(merchantId).insertPayment(paymentOf(2), null);
    });
    const { payments } = await store.of(merchantId).listPayments({}, 'created_at', { limit: 9 });
    expect(payments).toHaveLength(2);
  });

  test('writes see what those before them in the same commit wrote, and run once', async () => {
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

  test('a read never sees a write that is later undone, whenever it is asked', async () => {
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

  test('a write that awaits anything else is failed and undone; the store goes on', async () => {
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

  test('what a write leaves behind cannot slip into the transaction of another', async () => {
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

const shuttingDown = {
  code: 'overloaded',
  message: 'The server is shutting down; try again in 1000 ms.',
  details: { retryAfterMs: 1000 },
};

function housekeeping(at: () => Store): void {
  test('a merchant is found by its id', async () => {
    expect(await at().across.merchant(merchantId)).toEqual({ id: merchantId, name: 'One' });
    expect(await at().across.merchant('acct_none')).toBeUndefined();
  });

  test('payments to settle are found when their time has come, across merchants', async () => {
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

  test('a secret is made once, 32 bytes long, and stays', async () => {
    const [first, again, other] = await Promise.all(
      ['cursors', 'cursors', 'more'].map((name) => at().across.secret(name)),
    );
    expect(first).toHaveLength(32);
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
  });

  test('expired records are deleted and the others kept, however many there are', async () => {
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

  test('queries are counted, transactions are not', async () => {
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

  test('closing ends the writes under way first, and refuses those that come after', async () => {
    const store = at();
    const under = Array.from({ length: 600 }, (_, n) => insertPayments(store, [paymentOf(n)]));
    const closed = store.close();
    const late = insertPayments(store, [paymentOf(9000)]);
    await expect(late).rejects.toMatchObject(shuttingDown);
    await Promise.all(under);
    await closed;
    await store.close();
  });

  test('a read that outlives the store is refused, and is no internal error', async () => {
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
