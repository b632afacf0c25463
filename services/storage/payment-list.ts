import { type SqlBool, sql } from 'kysely';
import type { Position } from '../core/page.ts';
import type { Payment } from '../core/payments/payment.ts';
import type { PaymentFilter, PaymentReads, PaymentSort } from '../core/payments/store.ts';
import type { Dialect } from './dialect.ts';
import { beyond, type PageValues, pageValues } from './paging.ts';
import { type PaymentTables, payments } from './payments.ts';
import {
  compile,
  type Placeholders,
  type Prepare,
  type Prepared,
  type Query,
  type Row,
} from './query.ts';
import { partOf } from './table.ts';
import type { OfMerchant } from './views.ts';

/**
 * The indexes that lists of payments are read from, each in the order of (`order`, id) among the
 * payments that have one value of `equal`. Each also holds every column that a list may filter by,
 * so that unwanted rows are skipped within the index: a row itself may have 27 KB of metadata.
 */
const indexes = {
  payments_by_time: { equal: undefined, order: 'created_at' },
  payments_by_status: { equal: 'status', order: 'created_at' },
  payments_by_customer: { equal: 'customer', order: 'created_at' },
  payments_by_amount: { equal: undefined, order: 'amount' },
  payments_by_customer_amount: { equal: 'customer', order: 'amount' },
} as const;

type PaymentIndex = keyof typeof indexes;

export type PaymentListValues = PageValues & PaymentFilter;

/** The parameters that determine the query of a list; one query is compiled for each such shape. */
export interface PaymentListShape {
  readonly sort: PaymentSort;
  readonly filters: readonly (keyof PaymentFilter)[];
  /** Whether the list continues after a row. */
  readonly after: boolean;
}

/** Maximum rows that a call skips to find wanted ones. */
export const steppedPayments = 2000;

const filterOf = {
  status: { column: 'status', operator: '=' },
  customer: { column: 'customer', operator: '=' },
  createdFrom: { column: 'created_at', operator: '>=' },
  createdBefore: { column: 'created_at', operator: '<' },
  amountMin: { column: 'amount', operator: '>=' },
  amountMax: { column: 'amount', operator: '<=' },
} as const satisfies Record<
  keyof PaymentFilter,
  { readonly column: keyof PaymentTables['payments']; readonly operator: '=' | '>=' | '<' | '<=' }
>;

function indexFor({ sort, filters }: PaymentListShape): PaymentIndex {
  const byAmount = sort.endsWith('amount');
  if (filters.includes('customer')) {
    return byAmount ? 'payments_by_customer_amount' : 'payments_by_customer';
  }
  if (byAmount) return 'payments_by_amount';
  return filters.includes('status') ? 'payments_by_status' : 'payments_by_time';
}

/** Where a read stopped before the end of the list, instead of a payment. */
interface Stopped {
  readonly stoppedAt: Position;
}

const markOf = partOf(payments, ['status', 'id', 'amount', 'createdAt']);

/** A row with nothing but sort value and id marks where the read stopped. */
const readerFor =
  (sort: PaymentSort) =>
  (row: Row): Payment | Stopped => {
    const { status, id, amount, createdAt } = markOf(row);
    if (status !== null) return payments.fromRow(row);
    return { stoppedAt: { value: sort.endsWith('amount') ? amount : createdAt, id } };
  };

/**
 * Lists of payments, each read from one index in its order. Filters that the order does not cover
 * are checked entry by entry, on `steppedPayments` at most. If these do not fill the page, the last
 * row is where the read stopped.
 */
export const paymentListQueries = (dialect: Dialect) => ({
  listPayments(shape: PaymentListShape): Query<PaymentListValues, Payment | Stopped> {
    const walk = walkFor(dialect, shape);
    const build =
      walk.checked.length === 0
        ? (values: PaymentListPlaceholders) =>
            walk.along(values).select(payments.names).limit(values.limit)
        : (values: PaymentListPlaceholders) => steppingFor(dialect, walk, values);
    return compile(build, readerFor(shape.sort));
  },
});
type Queries = ReturnType<typeof paymentListQueries>;
type PaymentListPlaceholders = Placeholders<PaymentListValues>;

/** The walk along an index, and the filters that the index does not cover. */
function walkFor({ builder, byIndex }: Dialect, shape: PaymentListShape) {
  const index = indexFor(shape);
  const { equal, order } = indexes[index];
  const direction = shape.sort.startsWith('-') ? 'desc' : 'asc';
  const isCovered = (name: keyof PaymentFilter) =>
    filterOf[name].column === equal || filterOf[name].column === order;
  /** Whether the row to continue after implies this bound, and is the closer start. */
  const isImplied = (name: keyof PaymentFilter) =>
    shape.after &&
    filterOf[name].column === order &&
    filterOf[name].operator.startsWith(direction === 'asc' ? '>' : '<');
  return {
    order,
    checked: shape.filters.filter((name) => !isCovered(name)),
    along(values: PaymentListPlaceholders) {
      let walk = builder
        .selectFrom(byIndex<PaymentTables['payments'], 'payments'>('payments', index, 'payments'))
        .where('merchant_id', '=', values.merchantId);
      for (const name of shape.filters.filter(isCovered)) {
        const { column, operator } = filterOf[name];
        // The plus keeps SQLite from searching the index by this column.
        walk = isImplied(name)
          ? walk.where(sql<SqlBool>`+${sql.ref(column)} ${sql.raw(operator)} ${values[name]}`)
          : walk.where(column, operator, values[name]);
      }
      if (shape.after) walk = walk.where(beyond(order, direction, values));
      return walk.orderBy(order, direction).orderBy('id', direction);
    },
  };
}

/** Reads a stretch of the index, and the rows of the wanted entries only. */
function steppingFor(
  { builder }: Dialect,
  { order, checked, along }: ReturnType<typeof walkFor>,
  values: PaymentListPlaceholders,
) {
  const db = builder.$extendTables<PaymentTables>();
  const looked = ['id', order, ...checked.map((name) => filterOf[name].column)] as const;
  let found = db
    .selectFrom(
      along(values)
        .select([...new Set(looked)])
        .limit(steppedPayments)
        .as('stretch'),
    )
    .crossJoin('payments')
    .select(payments.names.map((column) => `payments.${column}` as const))
    .where('payments.merchant_id', '=', values.merchantId)
    .whereRef('payments.id', '=', 'stretch.id');
  for (const name of checked) {
    const { column, operator } = filterOf[name];
    found = found.where(`stretch.${column}`, operator, values[name]);
  }
  // Evaluated only if the matches do not fill the page.
  const stopped = db
    .selectFrom(
      along(values)
        .select([order, 'id'])
        .limit(1)
        .offset(steppedPayments - 1)
        .as('stopped'),
    )
    .select(
      payments.names.map((column) =>
        (column === order || column === 'id' ? sql.ref(column) : sql`null`).as(column),
      ),
    );
  return found.unionAll(stopped as never).limit(values.limit);
}

const filterNames = Object.keys(filterOf) as readonly (keyof PaymentFilter)[];

export function paymentListReads(
  prepare: Prepare,
  queries: Queries,
): Pick<PaymentReads, 'listPayments'> & ThisType<OfMerchant> {
  const prepared = new Map<string, Prepared<PaymentListValues, Payment | Stopped>>();
  return {
    async listPayments(filter, sort, window) {
      const filters = filterNames.filter((name) => filter[name] !== undefined);
      const after = window.after !== undefined;
      const shape = `${sort} ${after} ${filters}`;
      const list = prepared.get(shape) ?? prepare(queries.listPayments({ sort, filters, after }));
      prepared.set(shape, list);
      const rows = await list.all({ ...filter, ...pageValues(this.merchantId, window) });
      const last = rows.at(-1);
      // Only the last row can mark where the read stopped.
      return last && 'stoppedAt' in last
        ? { payments: rows.slice(0, -1) as readonly Payment[], ...last }
        : { payments: rows as readonly Payment[] };
    },
  };
}
