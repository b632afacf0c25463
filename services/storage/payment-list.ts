import { type AliasedExpression, type Kysely, type SqlBool, sql } from 'kysely';
import type { PaymentFilter, PaymentRange, PaymentSort } from '../core/payments/store.ts';
import { beyond, type PageValues } from './paging.ts';
import { compile, type Query } from './query.ts';
import { toPayment } from './rows.ts';
import { type PaymentRow, type PaymentTable, paymentColumns, type Schema } from './schema.ts';

/**
 * The indexes that lists of payments are read from, each in the order of (`order`, id) among the
 * payments that have one value of `equal`. Each also holds every column that a list may check, so
 * that rows are stepped over in the index alone: a row itself may have 27 KB of metadata.
 */
const indexes = {
  payments_by_time: { equal: undefined, order: 'created_at' },
  payments_by_status: { equal: 'status', order: 'created_at' },
  payments_by_customer: { equal: 'customer', order: 'created_at' },
  payments_by_amount: { equal: undefined, order: 'amount' },
  payments_by_customer_amount: { equal: 'customer', order: 'amount' },
} as const;

export type PaymentIndex = keyof typeof indexes;

/** Payments, found by this index: the planner has no choice left to get wrong. */
export type PaymentsBy = (index: PaymentIndex) => AliasedExpression<PaymentTable, 'payments'>;

export type PaymentListValues = PageValues & PaymentFilter;

/** What a list of payments is asked by; a query is compiled for each such shape. */
export interface PaymentListShape {
  readonly sort: PaymentSort;
  readonly filters: readonly (keyof PaymentFilter)[];
  /** Whether it goes on after a row. */
  readonly after: boolean;
}

/** How many rows a call steps over to find those that it is asked for, at most. */
export const steppedPayments = 2000;

/** Stands for the place where a read stopped before the end of the list: a row that is none. */
export type StoppedRow = readonly (string | number | null)[];

const filterOf = {
  status: { column: 'status', operator: '=' },
  customer: { column: 'customer', operator: '=' },
  createdFrom: { column: 'created_at', operator: '>=' },
  createdBefore: { column: 'created_at', operator: '<' },
  amountMin: { column: 'amount', operator: '>=' },
  amountMax: { column: 'amount', operator: '<=' },
} as const satisfies Record<
  keyof PaymentFilter,
  { readonly column: keyof PaymentTable; readonly operator: '=' | '>=' | '<' | '<=' }
>;

function indexFor({ sort, filters }: PaymentListShape): PaymentIndex {
  const byAmount = sort.endsWith('amount');
  if (filters.includes('customer')) {
    return byAmount ? 'payments_by_customer_amount' : 'payments_by_customer';
  }
  if (byAmount) return 'payments_by_amount';
  return filters.includes('status') ? 'payments_by_status' : 'payments_by_time';
}

/**
 * A list of payments, read from one index in its order. What the order does not answer is checked
 * entry by entry, on `steppedPayments` at most: where these are too few, the last row of the answer
 * holds only the sort value and the id of the payment at which the read stopped.
 */
export function listPayments(
  db: Kysely<Schema>,
  paymentsBy: PaymentsBy,
  shape: PaymentListShape,
): Query<PaymentListValues, PaymentRow | StoppedRow> {
  const index = indexFor(shape);
  const { equal, order } = indexes[index];
  const direction = shape.sort.startsWith('-') ? 'desc' : 'asc';
  const isCovered = (name: keyof PaymentFilter) =>
    filterOf[name].column === equal || filterOf[name].column === order;
  /** A row to go on after lies within this bound, and is the nearer one to start from. */
  const isImplied = (name: keyof PaymentFilter) =>
    shape.after &&
    filterOf[name].column === order &&
    filterOf[name].operator.startsWith(direction === 'asc' ? '>' : '<');
  const checked = shape.filters.filter((name) => !isCovered(name));

  return compile((values) => {
    let walk = db.selectFrom(paymentsBy(index)).where('merchant_id', '=', values.merchantId);
    for (const name of shape.filters.filter(isCovered)) {
      const { column, operator } = filterOf[name];
      // The plus keeps the index from being searched by it.
      walk = isImplied(name)
        ? walk.where(sql<SqlBool>`+${sql.ref(column)} ${sql.raw(operator)} ${values[name]}`)
        : walk.where(column, operator, values[name]);
    }
    if (shape.after) walk = walk.where(beyond(order, direction, values));
    walk = walk.orderBy(order, direction).orderBy('id', direction);
    if (checked.length === 0) return walk.select(paymentColumns).limit(values.limit);

    const looked = ['id', order, ...checked.map((name) => filterOf[name].column)] as const;
    let found = db
      .selectFrom(
        walk
          .select([...new Set(looked)])
          .limit(steppedPayments)
          .as('stretch'),
      )
      .crossJoin('payments')
      .select(paymentColumns.map((column) => `payments.${column}` as const))
      .where('payments.merchant_id', '=', values.merchantId)
      .whereRef('payments.id', '=', 'stretch.id');
    for (const name of checked) {
      const { column, operator } = filterOf[name];
      found = found.where(`stretch.${column}`, operator, values[name]);
    }
    // Read only where what was found does not fill the page.
    const stopped = db
      .selectFrom(
        walk
          .select([order, 'id'])
          .limit(1)
          .offset(steppedPayments - 1)
          .as('stopped'),
      )
      .select(
        paymentColumns.map((column) =>
          (column === order || column === 'id' ? sql.ref(column) : sql`null`).as(column),
        ),
      );
    return found.unionAll(stopped as never).limit(values.limit);
  });
}

const placeOf = (column: (typeof paymentColumns)[number]) => paymentColumns.indexOf(column);
const placeOfStatus = placeOf('status');

/** What the rows of a list say: payments, and where the read stopped. */
export function toPaymentRange(
  rows: readonly (PaymentRow | StoppedRow)[],
  sort: PaymentSort,
): PaymentRange {
  const isPayment = (row: PaymentRow | StoppedRow): row is PaymentRow =>
    row[placeOfStatus] !== null;
  const payments = rows.filter(isPayment).map(toPayment);
  const stopped = rows.length > payments.length ? rows.at(-1) : undefined;
  if (!stopped) return { payments };
  const value = stopped[placeOf(sort.endsWith('amount') ? 'amount' : 'created_at')];
  return { payments, stoppedAt: { value: Number(value), id: String(stopped[placeOf('id')]) } };
}
