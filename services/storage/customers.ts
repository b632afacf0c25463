import type { Customer } from '../core/customers/customer.ts';
import type { CustomerReads, CustomerWrites } from '../core/customers/store.ts';
import type { Dialect } from './dialect.ts';
import { insertInto, selectMany, selectOne } from './merchant-queries.ts';
import { newestFirst, newestLister } from './paging.ts';
import type { Prepare } from './query.ts';
import { integer, json, nullable, tableOf, text } from './table.ts';
import type { OfMerchant } from './views.ts';

export const customers = tableOf<Customer>()(
  'customers',
  {
    id: text(),
    name: text(),
    email: nullable(text()),
    country: nullable(text()),
    metadata: json(),
    createdAt: integer(),
  },
  { merchantId: text() },
);

export const customerQueries = (dialect: Dialect) => ({
  customer: selectOne(dialect, customers),
  customers: selectMany(dialect, customers),
  listCustomers: newestFirst(dialect, customers, 'email'),
  insertCustomer: insertInto(dialect, customers),
});
type Queries = ReturnType<typeof customerQueries>;

export function customerReads(
  prepare: Prepare,
  queries: Queries,
  { listOf }: Dialect,
): CustomerReads & ThisType<OfMerchant> {
  const customer = prepare(queries.customer);
  const many = prepare(queries.customers);
  const list = newestLister(prepare, queries.listCustomers);
  return {
    customer(id) {
      return customer.get({ merchantId: this.merchantId, id });
    },
    customers(ids) {
      return many.all({ merchantId: this.merchantId, ids: listOf(ids) });
    },
    listCustomers({ email }, window) {
      return list(this.merchantId, email, window);
    },
  };
}

export function customerWrites(
  prepare: Prepare,
  queries: Queries,
): CustomerWrites & ThisType<OfMerchant> {
  const insert = prepare(queries.insertCustomer);
  return {
    async insertCustomer(customer) {
      await insert.run(customers.toRow(customer, this));
    },
  };
}
