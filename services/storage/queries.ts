import type { AliasedExpression, Expression, Kysely, SqlBool } from 'kysely';
import { beyond, type PageValues } from './paging.ts';
import { listPayments, type PaymentListShape, type PaymentsBy } from './payment-list.ts';
import { compile, only } from './query.ts';
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
  /** The different texts of such a list as rows. */
  each(list: string): AliasedExpression<{ readonly value: string }, 'wanted'>;
  readonly paymentsBy: PaymentsBy;
  /** Events, found by the index that holds their type and nothing large. */
  readonly steppedEvents: AliasedExpression<EventTable, 'stepped'>;
}

interface RowId {
  readonly merchantId: string;
  readonly id: string;
}

interface ManyIds {
  readonly merchantId: string;
  readonly ids: string;
}

export type Queries = ReturnType<typeof createQueries>;

const lastingColumns = ['amount', 'customer', 'created_at'] as const;
const changingColumns = [
  'settle_at',
  'amount_captured',
  'amount_refunded',
  'currency',
  'status',
  'capture_method',
  'payment_method',
  'description',
  'metadata',
  'failure_code',
  'failure_message',
  'updated_at',
  'version',
] as const satisfies readonly (keyof PaymentTable)[];

/**
 * Every query of the store, compiled. `db` is used for building only; nothing runs on it.
 */
export function createQueries(db: Kysely<Schema>, dialect: Dialect) {
  const { among } = dialect;

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

  const listRefunds = (shape: { readonly payment: boolean; readonly after: boolean }) =>
    compile<PageValues & { readonly payment?: string | undefined }, RefundRow>((values) => {
      let list = refundsOf(values.merchantId);
      if (shape.payment) list = list.where('payment', '=', values.payment);
      if (shape.after) list = list.where(beyond('created_at', 'desc', values));
      return list.orderBy('created_at', 'desc').orderBy('id', 'desc').limit(values.limit);
    });

  const listCustomers = (shape: { readonly email: boolean; readonly after: boolean }) =>
    compile<PageValues & { readonly email?: string | undefined }, CustomerRow>((values) => {
      let list = customersOf(values.merchantId);
      if (shape.email) list = list.where('email', '=', values.email);
      if (shape.after) list = list.where(beyond('created_at', 'desc', values));
      return list.orderBy('created_at', 'desc').orderBy('id', 'desc').limit(values.limit);
    });

  return {
    listPayments: (shape: PaymentListShape) => listPayments(db, dialect.paymentsBy, shape),
    listRefunds,
    listCustomers,

    merchant: compile<{ id: string }, readonly [id: string, name: string]>(({ id }) =>
      db.selectFrom('merchants').select(['id', 'name']).where('id', '=', id),
    ),
    apiKeyByHash: compile<{ hash: string }, ApiKeyRow>(({ hash }) =>
      db.selectFrom('api_keys').select(apiKeyColumns).where('hash', '=', hash),
    ),
    keysInForce: compile<{ hashes: string }, readonly [hash: string]>(({ hashes }) =>
      db
        .selectFrom('api_keys')
        .select('hash')
        .where((eb) => among(eb.ref('hash'), hashes))
        .where('revoked_at', 'is', null),
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
    /** Of each payment its index gives the newest, so that the others are not looked at. */
    refundsOfPayments: compile<ManyIds & { readonly limitEach: number }, RefundRow>(
      ({ merchantId, ids, limitEach }) =>
        db
          .selectFrom(dialect.each(ids))
          .crossJoin('refunds')
          .select(refundColumns.map((column) => `refunds.${column}` as const))
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
    ),
    customer: compile<RowId, CustomerRow>(({ merchantId, id }) =>
      customersOf(merchantId).where('id', '=', id),
    ),
    customers: compile<ManyIds, CustomerRow>(({ merchantId, ids }) =>
      customersOf(merchantId).where((eb) => among(eb.ref('id'), ids)),
    ),
    eventsAfter: compile<{ merchantId: string; after: number; limit: number }, EventRow>(eventsOf),
    /**
     * Events of some types within a stretch of the log, each with the merchant's newest sequence;
     * one row without an event when the stretch has none.
     */
    eventsOfTypesAfter: compile<
      { merchantId: string; after: number; upTo: number; types: string; limit: number },
      readonly [...EventRow, lastSequence: number] | readonly [...null[], lastSequence: number]
    >((values) =>
      db
        .selectFrom('merchants')
        .leftJoin(dialect.steppedEvents, (join) =>
          join
            .on('stepped.merchant_id', '=', values.merchantId)
            .on('stepped.sequence', '>', values.after)
            .on('stepped.sequence', '<=', values.upTo)
            .on((eb) => among(eb.ref('stepped.type'), values.types)),
        )
        .leftJoin('events', (join) =>
          join
            .on('events.merchant_id', '=', values.merchantId)
            .onRef('events.sequence', '=', 'stepped.sequence'),
        )
        .select(eventColumns.map((column) => `events.${column}` as const))
        .select('merchants.last_sequence')
        .where('merchants.id', '=', values.merchantId)
        .orderBy('stepped.sequence')
        .limit(values.limit),
    ),
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
    deleteSecret: compile<{ name: string }>(({ name }) =>
      db.deleteFrom('secrets').where('name', '=', name),
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
    /**
     * Writes all but the columns that never change in the life of a payment. Naming them, even with
     * the same value, would write three indexes anew: half of the cost of an update.
     */
    updatePayment: compile<PaymentTable>((row) =>
      db
        .updateTable('payments')
        .set(only(row, changingColumns))
        .where('merchant_id', '=', row.merchant_id)
        .where('id', '=', row.id)
        .where('amount', '=', row.amount)
        .where('created_at', '=', row.created_at)
        .where('customer', 'is not distinct from', row.customer),
    ),
    /** For the rest: whatever changed. */
    replacePayment: compile<PaymentTable>((row) =>
      db
        .updateTable('payments')
        .set(only(row, [...changingColumns, ...lastingColumns]))
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
