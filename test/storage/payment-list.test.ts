import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PaymentFilter, PaymentSort } from '../../services/core/payments/store.ts';
import type { Store } from '../../services/core/store.ts';
import { openStore } from '../../services/storage/open.ts';
import { paymentListQueries, steppedPayments } from '../../services/storage/payment-list.ts';
import { sqliteDialect } from '../../services/storage/sqlite/dialect.ts';
import {
  byPaymentSort,
  customerOf,
  fitsFilter,
  idsOf,
  insertMerchants,
  merchantId,
  paymentOf,
  walkPayments,
} from './resources.ts';
import { openCounted } from './steps.ts';

const steppedRows = steppedPayments;
const sorts: readonly PaymentSort[] = ['-created_at', 'created_at', '-amount', 'amount'];

/** More than two reads step over; few distinct times and amounts, so that pages cut ties too. */
const count = 2 * steppedRows + 500;
const customer = customerOf(1);
const payments = Array.from({ length: count }, (_, n) =>
  paymentOf(n, {
    createdAt: 1000 + (n % 97),
    amount: 100 + (n % 89),
    status: n % 50 === 0 ? 'succeeded' : 'failed',
    customer: n % 8 === 0 ? null : customer.id,
  }),
);

/** Every combination of filters: of those that go together, none, some, or hardly anything. */
const everyFilter = (values: Required<PaymentFilter>): readonly PaymentFilter[] => {
  const names = Object.keys(values) as (keyof PaymentFilter)[];
  return Array.from({ length: 2 ** names.length }, (_, bits) =>
    Object.fromEntries(
      names.filter((_name, place) => bits & (1 << place)).map((name) => [name, values[name]]),
    ),
  );
};

describe('a list of payments', () => {
  let store: Store;
  beforeAll(async () => {
    store = await openStore('sqlite::memory:');
    await insertMerchants(store);
    await store.write(async (tx) => {
      await tx.of(merchantId).insertCustomer(customer);
      for (const payment of payments) await tx.of(merchantId).insertPayment(payment, null);
    });
  });
  afterAll(() => store.close());

  test.each(sorts)(
    'by %s lists each payment once and in order with any filter',
    async (sort) => {
      const sorted = payments.toSorted(byPaymentSort(sort));
      const filters = everyFilter({
        status: 'succeeded',
        customer: customer.id,
        createdFrom: 1020,
        createdBefore: 1080,
        amountMin: 120,
        amountMax: 170,
      });
      for (const filter of filters) {
        const expected = idsOf(sorted.filter((payment) => fitsFilter(payment, filter)));
        const walked = idsOf(await walkPayments(store, filter, sort, 1001));
        expect({ filter, same: walked.join() === expected.join() }).toEqual({ filter, same: true });
        expect(walked).toHaveLength(expected.length);
      }
    },
    60_000,
  );

  test('that finds nothing within its limit returns an empty page and the position to continue from', async () => {
    const filter = { status: 'canceled' } as const;
    const read = (sort: PaymentSort) =>
      store.of(merchantId).listPayments(filter, sort, { limit: 101 });
    const sorted = payments.toSorted(byPaymentSort('amount'));
    const last = sorted[steppedPayments - 1];
    expect(await read('amount')).toEqual({
      payments: [],
      stoppedAt: { value: last?.amount, id: last?.id },
    });
    // An index covers this filter and finds at once that it is empty.
    expect(await read('created_at')).toEqual({ payments: [] });
  });

  test('that fills its page returns no position of its own', async () => {
    const range = await store.of(merchantId).listPayments({ status: 'failed' }, 'amount', {
      limit: 101,
    });
    expect(range.payments).toHaveLength(101);
    expect(range.stoppedAt).toBeUndefined();
  });
});

describe('a page of payments', () => {
  let counted: Awaited<ReturnType<typeof openCounted>>;
  beforeAll(async () => {
    counted = await openCounted();
    const { database } = counted;
    database.exec(`
      insert into merchants values ('${merchantId}', 'One', 0);
      insert into customers values ('${merchantId}', '${customer.id}', 'n', null, null, '{}', 0);
    `);
    // Three times as many as a call steps over, all alike but for their ids.
    database
      .prepare(
        `insert into payments
         select ?, printf('pay_%026d', value), 500, 0, 0, 'GBP', 'failed', 'automatic', ?,
           'pm_card_ok', null, '{}', null, null, 500, 500, 1, null
         from (with recursive n(value) as (select 1 union all select value + 1 from n)
           select value from n limit ?)`,
      )
      .run(merchantId, customer.id, 3 * steppedRows);
  });
  afterAll(() => counted.database.close());

  /** Rows stepped over for the page. */
  function stepsOf(filter: PaymentFilter, sort: PaymentSort, after?: typeof middle): number {
    const filters = Object.keys(filter) as (keyof PaymentFilter)[];
    const shape = { sort, filters, after: after !== undefined };
    const query = paymentListQueries(sqliteDialect).listPayments(shape);
    const page = { merchantId, limit: 101, afterValue: after?.value, afterId: after?.id };
    return counted.stepsOf(query, { ...filter, ...page });
  }

  // All payments but those of no status: what an index does not cover is stepped over.
  const everyOne = everyFilter({
    status: 'canceled',
    customer: customer.id,
    createdFrom: 500,
    createdBefore: 501,
    amountMin: 500,
    amountMax: 500,
  });
  const excluded: readonly PaymentFilter[] = [
    { amountMin: 501 },
    { amountMax: 499 },
    { createdFrom: 501 },
    { createdBefore: 500 },
    { status: 'failed', amountMax: 0 },
    { customer: customer.id, amountMin: 501 },
    { customer: customer.id, createdFrom: 501 },
  ];
  const middle = { value: 500, id: `pay_${String(1.5 * steppedRows).padStart(26, '0')}` };

  test.each(sorts)('by %s reads at most 2,000 rows with any filter', (sort) => {
    // A cursor is bound to its filter, so a list with no payment has none to go on after.
    const pages = [
      ...everyOne.flatMap((filter) => [undefined, middle].map((after) => ({ filter, after }))),
      ...excluded.map((filter) => ({ filter, after: undefined })),
    ];
    for (const { filter, after } of pages) {
      const steps = stepsOf(filter, sort, after);
      // Once to find payments, once along the index to find where it stops, and each time one
      // row more before SQLite sees that it has enough; and the payments of the page.
      expect({ filter, after, over: steps > 2 * (steppedRows + 1) + 101 }).toEqual({
        filter,
        after,
        over: false,
      });
    }
  });

  test('that its index covers reads only its own rows, even far from the beginning', () => {
    const covered: readonly [PaymentFilter, PaymentSort][] = [
      [{}, '-created_at'],
      [{ createdFrom: 500, createdBefore: 501 }, 'created_at'],
      [{ createdFrom: 500, createdBefore: 501 }, '-created_at'],
      [{ status: 'failed', createdFrom: 500, createdBefore: 501 }, '-created_at'],
      [{ customer: customer.id, createdFrom: 500, createdBefore: 501 }, 'created_at'],
      [{ amountMin: 500, amountMax: 500 }, 'amount'],
      [{ amountMin: 500, amountMax: 500 }, '-amount'],
      [{ customer: customer.id }, '-amount'],
      [{ customer: customer.id, amountMin: 500, amountMax: 500 }, 'amount'],
    ];
    for (const [filter, sort] of covered) {
      for (const after of [undefined, middle]) {
        const steps = stepsOf(filter, sort, after);
        // SQLite may look at one row more before it sees that it has enough.
        expect({ filter, sort, over: steps > 102 }).toEqual({ filter, sort, over: false });
      }
    }
  });
});
