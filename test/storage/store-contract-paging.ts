import { expect, test } from 'vitest';
import type { PaymentFilter, PaymentSort } from '../../services/core/payments/store.ts';
import type { Store } from '../../services/core/store.ts';
import {
  byPaymentSort,
  customerOf,
  fitsFilter,
  idsOf,
  insertPayments,
  merchantId,
  paymentOf,
  refundOf,
  walkPayments,
} from './resources.ts';

/** What every store guarantees for lists. */
export function pagingContract(at: () => Store): void {
  test('pages with any filter and sort list each payment once and in order', async () => {
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

  test('rows that arrive during paging neither repeat nor hide others', async () => {
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
