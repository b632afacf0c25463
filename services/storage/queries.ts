import type { Expression, ExpressionBuilder, Kysely, SqlBool } from 'kysely';
import type { PaymentSort } from '../core/ports.ts';
import { compile, only, type Query } from './query.ts';
import {
  type ApiKeyRow,
  type ApiKeyTable,
  apiKeyColumns,
  type CustomerRow,
  type CustomerTable,
  customerColumns,
  type EventRow,
  type EventTable,
  eventColumns,
  type IdempotencyRow,
  type IdempotencyTable,
  idempotencyColumns,
  type MerchantTable,
  type PaymentRow,
  type PaymentTable,
  paymentColumns,
  type RefundRow,
  type RefundTable,
  refundColumns,
  type Schema,
  type SecretTable,
} from './schema.ts';

/** Where databases differ in what the queries below need. */
export interface Dialect {
  /** Whether `column` is one of the texts of one parameter, made by `listOf`. */
  among(column: Expression<string>, list: string): Expression<SqlBool>;
  listOf(texts: readonly string[]): string;
  /** The same value, by which no index is searched: the planner has no choice left to get wrong. */
  unindexed<Type>(column: Expression<Type>): Expression<Type>;
}

/** Values of `listPayments`; which of them are used is a matter of its shape. */
export interface PaymentListValues {
  readonly merchantId: string;
  readonly status?: string | undefined;
  readonly customer?: string | undefined;
  readonly createdFrom?: number | undefined;
  readonly createdBefore?: number | undefined;
  readonly amountMin?: number | undefined;
  readonly amountMax?: number | undefined;
  readonly afterValue?: number | undefined;
  readonly afterId?: string | undefined;
  readonly limit: number;
}

interface RowId {
  readonly merchantId: string;
  readonly id: string;
}

interface ManyIds {
  readonly merchantId: string;
  readonly ids: string;
}

interface Paging {
  readonly merchantId: string;
  readonly afterValue?: number | undefined;
  readonly afterId?: string | undefined;
  readonly limit: number;
}

export type Queries = ReturnType<typeof createQueries>;

/**
 * Every query of the store, compiled. `db` is used for building only; nothing runs on it.
 */
export function createQueries(db: Kysely<Schema>, dialect: Dialect) {
  const { among, unindexed } = dialect;

  const paymentsOf = (merchantId: string) =>
    db.selectFrom('payments').select(paymentColumns).where('merchant_id', '=', merchantId);
  const refundsOf = (merchantId: string) =>
    db.selectFrom('refunds').select(refundColumns).where('merchant_id', '=', merchantId);
  const customersOf = (merchantId: string) =>
    db.selectFrom('customers').select(customerColumns).where('merchant_id', '=', merchantId);
  const eventsOf = (values: { merchantId: string; after: number; limit: number }) =>
    db
      .selectFrom('events')
      .select(eventColumns)
      .where('merchant_id', '=', values.merchantId)
      .where('sequence', '>', values.after)
      .orderBy('sequence')
      .limit(values.limit);

  /** Lists are cut by (sort value, id): a page costs the same wherever it starts. */
  const beyond =
    <Table extends 'payments' | 'refunds' | 'customers'>(
      value: Table extends 'payments' ? 'created_at' | 'amount' : 'created_at',
      direction: 'asc' | 'desc',
    ) =>
    (values: Paging) =>
    (eb: ExpressionBuilder<Schema, 'payments' | 'refunds' | 'customers'>) =>
      eb(
        eb.refTuple(value as 'created_at', 'id'),
        direction === 'asc' ? '>' : '<',
        // The placeholders are there, since only lists with a position are built with `beyond`.
        eb.tuple(values.afterValue as number, values.afterId as string),
      );

  /**
   * One index answers filter and order of each shape: by customer, else by amount where sorted so,
   * else by status, else by time. What it does not cover is checked row by row on the way.
   */
  function listPayments(
    sort: PaymentSort,
    given: ReadonlySet<keyof PaymentListValues>,
  ): Query<PaymentListValues, PaymentRow> {
    const direction = sort.startsWith('-') ? 'desc' : 'asc';
    const sortColumn = sort.endsWith('amount') ? 'amount' : 'created_at';
    const byStatus = !given.has('customer') && sortColumn === 'created_at';
    return compile((values) => {
      // Each value that is read here was given, so that its placeholder is no undefined.
      const { status, customer, createdFrom, createdBefore, amountMin, amountMax } =
        values as Required<PaymentListValues>;
      let list = paymentsOf(values.merchantId);
      if (given.has('customer')) list = list.where('customer', '=', customer as string);
      if (given.has('status')) {
        list = list.where((eb) =>
          eb(byStatus ? eb.ref('status') : unindexed(eb.ref('status')), '=', status as string),
        );
      }
      const range = (column: 'created_at' | 'amount', operator: '>=' | '<' | '<=', to: number) => {
        list = list.where((eb) =>
          eb(column === sortColumn ? eb.ref(column) : unindexed(eb.ref(column)), operator, to),
        );
      };
      if (given.has('createdFrom')) range('created_at', '>=', createdFrom as number);
      if (given.has('createdBefore')) range('created_at', '<', createdBefore as number);
      if (given.has('amountMin')) range('amount', '>=', amountMin as number);
      if (given.has('amountMax')) range('amount', '<=', amountMax as number);
      if (given.has('afterId')) {
        list = list.where(beyond<'payments'>(sortColumn, direction)(values) as never);
      }
      return list.orderBy(sortColumn, direction).orderBy('id', direction).limit(values.limit);
    });
  }

  function listRefunds(ofPayment: boolean, after: boolean) {
    return compile<Paging & { readonly payment?: string | undefined }, RefundRow>((values) => {
      let list = refundsOf(values.merchantId);
      if (ofPayment) list = list.where('payment', '=', values.payment as string);
      if (after) list = list.where(beyond<'refunds'>('created_at', 'desc')(values) as never);
      return list.orderBy('created_at', 'desc').orderBy('id', 'desc').limit(values.limit);
    });
  }

  function listCustomers(withEmail: boolean, after: boolean) {
    return compile<Paging & { readonly email?: string | undefined }, CustomerRow>((values) => {
      let list = customersOf(values.merchantId);
      if (withEmail) list = list.where('email', '=', values.email as string);
      if (after) list = list.where(beyond<'customers'>('created_at', 'desc')(values) as never);
      return list.orderBy('created_at', 'desc').orderBy('id', 'desc').limit(values.limit);
    });
  }

  return {
    listPayments,
    listRefunds,
    listCustomers,

    merchant: compile<{ id: string }, readonly [id: string, name: string]>(({ id }) =>
      db.selectFrom('merchants').select(['id', 'name']).where('id', '=', id),
    ),
    apiKeyByHash: compile<{ hash: string }, ApiKeyRow>(({ hash }) =>
      db.selectFrom('api_keys').select(apiKeyColumns).where('hash', '=', hash),
    ),
    payment: compile<RowId, PaymentRow>(({ merchantId, id }) =>
      paymentsOf(merchantId).where('id', '=', id),
    ),
    payments: compile<ManyIds, PaymentRow>(({ merchantId, ids }) =>
      paymentsOf(merchantId).where((eb) => among(eb.ref('id'), ids)),
    ),
    refund: compile<RowId, RefundRow>(({ merchantId, id }) =>
      refundsOf(merchantId).where('id', '=', id),
    ),
    refundsOfPayments: compile<ManyIds & { readonly limitEach: number }, RefundRow>(
      ({ merchantId, ids, limitEach }) =>
        db
          .selectFrom(
            refundsOf(merchantId)
              .where((eb) => among(eb.ref('payment'), ids))
              .select((eb) =>
                eb.fn
                  .agg<number>('row_number')
                  .over((over) =>
                    over.partitionBy('payment').orderBy('created_at', 'desc').orderBy('id', 'desc'),
                  )
                  .as('place'),
              )
              .as('placed'),
          )
          .select(refundColumns)
          .where('place', '<=', limitEach),
    ),
    customer: compile<RowId, CustomerRow>(({ merchantId, id }) =>
      customersOf(merchantId).where('id', '=', id),
    ),
    customers: compile<ManyIds, CustomerRow>(({ merchantId, ids }) =>
      customersOf(merchantId).where((eb) => among(eb.ref('id'), ids)),
    ),
    eventsAfter: compile<{ merchantId: string; after: number; limit: number }, EventRow>(eventsOf),
    eventsOfTypesAfter: compile<
      { merchantId: string; after: number; limit: number; types: string },
      EventRow
    >((values) => eventsOf(values).where((eb) => among(eb.ref('type'), values.types))),
    lastSequence: compile<{ merchantId: string }, readonly [sequence: number]>(({ merchantId }) =>
      db.selectFrom('merchants').select('last_sequence').where('id', '=', merchantId),
    ),
    idempotencyRecord: compile<{ merchantId: string; key: string; nowMs: number }, IdempotencyRow>(
      ({ merchantId, key, nowMs }) =>
        db
          .selectFrom('idempotency_records')
          .select(idempotencyColumns)
          .where('merchant_id', '=', merchantId)
          .where('key', '=', key)
          .where('expires_at', '>=', nowMs),
    ),
    duePayments: compile<
      { nowMs: number; limit: number },
      readonly [...PaymentRow, merchantId: string]
    >(({ nowMs, limit }) =>
      db
        .selectFrom('payments')
        .select([...paymentColumns, 'merchant_id'])
        .where('settle_at', '<=', nowMs)
        .orderBy('settle_at')
        .limit(limit),
    ),
    nextSettlementAt: compile<object, readonly [settleAt: number]>(() =>
      db
        .selectFrom('payments')
        .select('settle_at')
        .where('settle_at', 'is not', null)
        .orderBy('settle_at')
        .limit(1),
    ),
    secret: compile<{ name: string }, readonly [value: Uint8Array]>(({ name }) =>
      db.selectFrom('secrets').select('value').where('name', '=', name),
    ),

    insertSecret: compile<SecretTable>((row) =>
      db
        .insertInto('secrets')
        .values(only(row, ['name', 'value']))
        .onConflict((conflict) => conflict.doNothing()),
    ),
    insertMerchant: compile<MerchantTable>((row) =>
      db.insertInto('merchants').values(only(row, ['id', 'name', 'last_sequence'])),
    ),
    insertApiKey: compile<ApiKeyTable>((row) =>
      db.insertInto('api_keys').values(only(row, apiKeyColumns)),
    ),
    /** A key that is revoked already stays revoked since then. */
    revokeApiKey: compile<RowId & { readonly nowMs: number }, ApiKeyRow>(
      ({ merchantId, id, nowMs }) =>
        db
          .updateTable('api_keys')
          .set((eb) => ({ revoked_at: eb.fn.coalesce('revoked_at', eb.val(nowMs)) }))
          .where('merchant_id', '=', merchantId)
          .where('id', '=', id)
          .returning(apiKeyColumns),
    ),
    insertPayment: compile<PaymentTable>((row) =>
      db.insertInto('payments').values(only(row, ['merchant_id', 'settle_at', ...paymentColumns])),
    ),
    updatePayment: compile<PaymentTable>((row) =>
      db
        .updateTable('payments')
        .set(only(row, ['settle_at', ...paymentColumns.filter((column) => column !== 'id')]))
        .where('merchant_id', '=', row.merchant_id)
        .where('id', '=', row.id),
    ),
    insertRefund: compile<RefundTable>((row) =>
      db.insertInto('refunds').values(only(row, ['merchant_id', ...refundColumns])),
    ),
    insertCustomer: compile<CustomerTable>((row) =>
      db.insertInto('customers').values(only(row, ['merchant_id', ...customerColumns])),
    ),
    /** Locks the merchant's row where rows are locked: sequences are given out one by one. */
    nextSequence: compile<{ merchantId: string }, readonly [sequence: number]>(({ merchantId }) =>
      db
        .updateTable('merchants')
        .set((eb) => ({ last_sequence: eb('last_sequence', '+', 1) }))
        .where('id', '=', merchantId)
        .returning('last_sequence'),
    ),
    insertEvent: compile<EventTable>((row) =>
      db.insertInto('events').values(only(row, ['merchant_id', ...eventColumns])),
    ),
    putIdempotencyRecord: compile<IdempotencyTable>((row) =>
      db
        .insertInto('idempotency_records')
        .values(only(row, ['merchant_id', ...idempotencyColumns]))
        .onConflict((conflict) =>
          conflict.columns(['merchant_id', 'key']).doUpdateSet((eb) => ({
            fingerprint: eb.ref('excluded.fingerprint'),
            outcome: eb.ref('excluded.outcome'),
            resource_id: eb.ref('excluded.resource_id'),
            lease_until: eb.ref('excluded.lease_until'),
            expires_at: eb.ref('excluded.expires_at'),
          })),
        ),
    ),
    /** So many at once that a commit stays short. */
    deleteExpiredRecords: compile<{ nowMs: number; limit: number }>(({ nowMs, limit }) =>
      db
        .deleteFrom('idempotency_records')
        .where((eb) =>
          eb(
            eb.refTuple('merchant_id', 'key'),
            'in',
            eb
              .selectFrom('idempotency_records')
              .select(['merchant_id', 'key'])
              .where('expires_at', '<', nowMs)
              .limit(limit)
              .$asTuple('merchant_id', 'key'),
          ),
        ),
    ),
  };
}
