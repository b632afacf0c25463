import type { Customer } from '../../services/core/customers/customer.ts';
import type { EventDraft } from '../../services/core/events/event.ts';
import type { IdempotencyRecord } from '../../services/core/idempotency-records.ts';
import type { StoredApiKey } from '../../services/core/merchants/merchant.ts';
import type { Position } from '../../services/core/page.ts';
import type { Payment } from '../../services/core/payments/payment.ts';
import type { PaymentFilter, PaymentSort } from '../../services/core/payments/store.ts';
import type { Refund } from '../../services/core/refunds/refund.ts';
import type { Store } from '../../services/core/store.ts';

/** Resources to store, distinguished by a number; times and ids grow with it. */

export const merchantId = 'acct_one';
export const otherMerchantId = 'acct_two';

const idOf = (prefix: string, n: number) => `${prefix}_${String(n).padStart(26, '0')}`;

export const customerOf = (n: number, changes: Partial<Customer> = {}): Customer => ({
  id: idOf('cus', n),
  name: `Customer ${n}`,
  email: null,
  country: null,
  metadata: {},
  createdAt: 1_700_000_000_000 + n,
  ...changes,
});

export const paymentOf = (n: number, changes: Partial<Payment> = {}): Payment => ({
  id: idOf('pay', n),
  amount: 1000 + n,
  amountCaptured: 0,
  amountRefunded: 0,
  currency: 'GBP',
  status: 'requires_confirmation',
  captureMethod: 'automatic',
  customer: null,
  paymentMethod: 'pm_card_ok',
  description: null,
  metadata: {},
  failure: null,
  createdAt: 1_700_000_000_000 + n,
  updatedAt: 1_700_000_000_000 + n,
  version: 1,
  ...changes,
});

export const refundOf = (n: number, payment: string, changes: Partial<Refund> = {}): Refund => ({
  id: idOf('re', n),
  payment,
  amount: 1,
  currency: 'GBP',
  reason: null,
  createdAt: 1_700_000_000_000 + n,
  ...changes,
});

export const eventOf = (n: number): EventDraft => ({
  id: idOf('evt', n),
  type: 'customer.created',
  createdAt: 1_700_000_000_000 + n,
  data: { kind: 'customer', customer: customerOf(n) },
});

export const keyOf = (n: number, changes: Partial<StoredApiKey> = {}): StoredApiKey => ({
  id: idOf('key', n),
  merchantId,
  hash: String(n).padStart(64, '0'),
  name: `Key ${n}`,
  scopes: ['payments:read', 'payments:write'],
  ratePerSecond: 100,
  burst: 200,
  createdAt: 1_700_000_000_000 + n,
  revokedAt: null,
  ...changes,
});

export const recordOf = (
  key: string,
  changes: Partial<IdempotencyRecord> = {},
): IdempotencyRecord => ({
  key,
  fingerprint: 'f'.repeat(64),
  outcome: { ok: true, output: { id: 'pay_1', metadata: { a: 'b' } } },
  resourceId: 'pay_1',
  leaseUntil: 0,
  expiresAt: 2000,
  ...changes,
});

/** Two merchants, so that each test can check that neither sees the other. */
export const insertMerchants = (store: Store): Promise<void> =>
  store.write(async (tx) => {
    await tx.insertMerchant({ id: merchantId, name: 'One' });
    await tx.insertMerchant({ id: otherMerchantId, name: 'Two' });
  });

export const insertPayments = (store: Store, payments: readonly Payment[]): Promise<void> =>
  store.write(async (tx) => {
    for (const payment of payments) await tx.of(merchantId).insertPayment(payment, null);
  });

export const idsOf = (items: readonly { readonly id: string }[]): readonly string[] =>
  items.map(({ id }) => id);

/** The filter of payments, implemented independently. */
export const fitsFilter = (payment: Payment, filter: PaymentFilter): boolean =>
  (filter.status === undefined || payment.status === filter.status) &&
  (filter.customer === undefined || payment.customer === filter.customer) &&
  (filter.createdFrom === undefined || payment.createdAt >= filter.createdFrom) &&
  (filter.createdBefore === undefined || payment.createdAt < filter.createdBefore) &&
  (filter.amountMin === undefined || payment.amount >= filter.amountMin) &&
  (filter.amountMax === undefined || payment.amount <= filter.amountMax);

/** The order of a list of payments, implemented independently. */
export const byPaymentSort = (sort: PaymentSort) => (a: Payment, b: Payment) => {
  const difference = sort.endsWith('amount') ? a.amount - b.amount : a.createdAt - b.createdAt;
  return (sort.startsWith('-') ? -1 : 1) * (difference || (a.id < b.id ? -1 : 1));
};

/** All payments of a list, read page by page as a client does. */
export async function walkPayments(
  store: Pick<Store, 'of'>,
  filter: PaymentFilter,
  sort: PaymentSort,
  limit: number,
): Promise<readonly Payment[]> {
  const found: Payment[] = [];
  let after: Position | undefined;
  for (;;) {
    const range = await store.of(merchantId).listPayments(filter, sort, { limit, after });
    found.push(...range.payments);
    const last = range.payments.length === limit ? range.payments.at(-1) : undefined;
    if (last) {
      after = { value: sort.endsWith('amount') ? last.amount : last.createdAt, id: last.id };
    } else if (range.stoppedAt) {
      after = range.stoppedAt;
    } else {
      return found;
    }
  }
}
