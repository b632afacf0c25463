import type { Refund } from '../core/refunds/refund.ts';
import type { RefundReads, RefundWrites } from '../core/refunds/store.ts';
import type { Dialect } from './dialect.ts';
import { insertInto, type ManyIds, selectOne } from './merchant-queries.ts';
import { newestFirst, newestLister } from './paging.ts';
import { compile, type Prepare } from './query.ts';
import { integer, nullable, type TablesOf, tableOf, text } from './table.ts';
import type { OfMerchant } from './views.ts';

export const refunds = tableOf<Refund>()(
  'refunds',
  {
    id: text(),
    payment: text(),
    amount: integer(),
    currency: text(),
    reason: nullable(text()),
    createdAt: integer(),
  },
  { merchantId: text() },
);

export const refundQueries = (dialect: Dialect) => ({
  refund: selectOne(dialect, refunds),
  listRefunds: newestFirst(dialect, refunds, 'payment'),
  refundsOfPayments: newestOfEach(dialect),
  insertRefund: insertInto(dialect, refunds),
});
type Queries = ReturnType<typeof refundQueries>;

/** The index returns the newest refunds of each payment, so that the others are not read. */
const newestOfEach = ({ builder, each }: Dialect) =>
  compile<ManyIds & { readonly limitEach: number }, Refund>(
    ({ merchantId, ids, limitEach }) =>
      builder
        .$extendTables<TablesOf<typeof refunds>>()
        .selectFrom(each(ids))
        .crossJoin('refunds')
        .select(refunds.names.map((name) => `refunds.${name}` as const))
        .where('refunds.merchant_id', '=', merchantId)
        .where('refunds.id', 'in', (eb) =>
          eb
            .selectFrom('refunds as newest')
            .select('newest.id')
            .where('newest.merchant_id', '=', merchantId)
            .whereRef('newest.payment', '=', 'wanted.value')
            .orderBy('newest.created_at', 'desc')
            .orderBy('newest.id', 'desc')
            .limit(limitEach),
        )
        .orderBy('refunds.created_at', 'desc')
        .orderBy('refunds.id', 'desc'),
    refunds.fromRow,
  );

export function refundReads(
  prepare: Prepare,
  queries: Queries,
  { listOf }: Dialect,
): RefundReads & ThisType<OfMerchant> {
  const refund = prepare(queries.refund);
  const ofPayments = prepare(queries.refundsOfPayments);
  const list = newestLister(prepare, queries.listRefunds);
  return {
    refund(id) {
      return refund.get({ merchantId: this.merchantId, id });
    },
    listRefunds({ payment }, window) {
      return list(this.merchantId, payment, window);
    },
    refundsOfPayments(paymentIds, limitEach) {
      return ofPayments.all({ merchantId: this.merchantId, ids: listOf(paymentIds), limitEach });
    },
  };
}

export function refundWrites(
  prepare: Prepare,
  queries: Queries,
): RefundWrites & ThisType<OfMerchant> {
  const insert = prepare(queries.insertRefund);
  return {
    async insertRefund(refund) {
      await insert.run(refunds.toRow(refund, this));
    },
  };
}
