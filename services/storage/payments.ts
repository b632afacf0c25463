import type { Payment } from '../core/payments/payment.ts';
import type { OpenSettlements, PaymentReads, PaymentWrites } from '../core/payments/store.ts';
import type { Dialect } from './dialect.ts';
import { insertInto, selectMany, selectOne } from './merchant-queries.ts';
import { compile, only, type Prepare } from './query.ts';
import {
  firstOf,
  group,
  integer,
  json,
  nullable,
  nullableGroup,
  readerOf,
  type TablesOf,
  tableOf,
  text,
} from './table.ts';
import type { OfMerchant } from './views.ts';

export const payments = tableOf<Payment>()(
  'payments',
  {
    id: text(),
    amount: integer(),
    amountCaptured: integer(),
    amountRefunded: integer(),
    currency: text(),
    status: text(),
    captureMethod: text(),
    customer: nullable(text()),
    paymentMethod: text(),
    description: nullable(text()),
    metadata: json(),
    failure: nullableGroup({ code: text(), message: text() }),
    createdAt: integer(),
    updatedAt: integer(),
    version: integer(),
  },
  {
    merchantId: text(),
    /** When to ask the card network again. */
    settleAt: nullable(integer()),
  },
);
export type PaymentTables = TablesOf<typeof payments>;
type PaymentCells = PaymentTables['payments'];

/** Columns beside the key that never change after the insert. */
const lasting: readonly (keyof PaymentCells)[] = ['amount', 'customer', 'created_at'];
const replaced = payments.allNames.filter((name) => name !== 'merchant_id' && name !== 'id');
const changing = replaced.filter((name) => !lasting.includes(name));

interface DuePayment {
  readonly payment: Payment;
  readonly merchantId: string;
}
const readDue = readerOf<DuePayment>({ payment: group(payments.own), merchantId: text() });

export function paymentQueries(dialect: Dialect) {
  const db = dialect.builder.$extendTables<PaymentTables>();
  return {
    payment: selectOne(dialect, payments),
    payments: selectMany(dialect, payments),
    insertPayment: insertInto<PaymentCells>(dialect, payments),
    /**
     * Writes only the columns that can change. Setting the others too, even to the same value,
     * would rewrite three index entries: half of the cost of an update.
     */
    updatePayment: compile<PaymentCells>((row) =>
      db
        .updateTable('payments')
        .set(only(row, changing))
        .where('merchant_id', '=', row.merchant_id)
        .where('id', '=', row.id)
        .where('amount', '=', row.amount)
        .where('created_at', '=', row.created_at)
        .where('customer', 'is not distinct from', row.customer),
    ),
    /** Replaces the whole row, for every other change. */
    replacePayment: compile<PaymentCells>((row) =>
      db
        .updateTable('payments')
        .set(only(row, replaced))
        .where('merchant_id', '=', row.merchant_id)
        .where('id', '=', row.id),
    ),
    duePayments: compile<{ nowMs: number; limit: number }, DuePayment>(
      ({ nowMs, limit }) =>
        db
          .selectFrom('payments')
          .select([...payments.names, 'merchant_id'])
          .where('settle_at', '<=', nowMs)
          .orderBy('settle_at')
          .limit(limit),
      readDue,
    ),
    nextSettlementAt: compile<object, number>(
      () =>
        db
          .selectFrom('payments')
          .select('settle_at')
          .where('settle_at', 'is not', null)
          .orderBy('settle_at')
          .limit(1),
      firstOf(integer()),
    ),
  };
}
type Queries = ReturnType<typeof paymentQueries>;

export function paymentReads(
  prepare: Prepare,
  queries: Queries,
  { listOf }: Dialect,
): Omit<PaymentReads, 'listPayments'> & ThisType<OfMerchant> {
  const payment = prepare(queries.payment);
  const many = prepare(queries.payments);
  return {
    payment(id) {
      return payment.get({ merchantId: this.merchantId, id });
    },
    payments(ids) {
      return many.all({ merchantId: this.merchantId, ids: listOf(ids) });
    },
  };
}

export function paymentWrites(
  prepare: Prepare,
  queries: Queries,
): PaymentWrites & ThisType<OfMerchant> {
  const insert = prepare(queries.insertPayment);
  const update = prepare(queries.updatePayment);
  const replace = prepare(queries.replacePayment);
  return {
    async insertPayment(payment, settleAt) {
      await insert.run(payments.toRow(payment, { merchantId: this.merchantId, settleAt }));
    },
    async updatePayment(payment, settleAt) {
      const cells = payments.toRow(payment, { merchantId: this.merchantId, settleAt });
      if ((await update.run(cells)) === 1) return;
      if ((await replace.run(cells)) === 1) return;
      throw new Error(`expected payment ${payment.id} to update, found none`);
    },
  };
}

export function openSettlements(prepare: Prepare, queries: Queries): OpenSettlements {
  const due = prepare(queries.duePayments, 'background');
  const next = prepare(queries.nextSettlementAt, 'background');
  return {
    async duePayments(nowMs, limit) {
      return due.all({ nowMs, limit });
    },
    async nextSettlementAt() {
      return next.get({});
    },
  };
}
