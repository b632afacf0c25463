import type { Merchant } from '../core/merchants/merchant.ts';
import type { Accounts } from '../core/merchants/store.ts';
import type { Transaction } from '../core/store.ts';
import type { Dialect } from './dialect.ts';
import { insertInto } from './merchant-queries.ts';
import { compile, type Prepare } from './query.ts';
import { integer, type TablesOf, tableOf, text } from './table.ts';

export const merchants = tableOf<Merchant>()(
  'merchants',
  { id: text(), name: text() },
  /** Sequence of the merchant's newest event. Counted here, because one row can be locked. */
  { lastSequence: integer() },
);
export type MerchantTables = TablesOf<typeof merchants>;

export function merchantQueries(dialect: Dialect) {
  const db = dialect.builder.$extendTables<MerchantTables>();
  return {
    merchant: compile<{ id: string }, Merchant>(
      ({ id }) => db.selectFrom('merchants').select(merchants.names).where('id', '=', id),
      merchants.fromRow,
    ),
    insertMerchant: insertInto<MerchantTables['merchants']>(dialect, merchants),
  };
}
type Queries = ReturnType<typeof merchantQueries>;

export function merchantLookup(prepare: Prepare, queries: Queries): Pick<Accounts, 'merchant'> {
  const merchant = prepare(queries.merchant);
  return {
    merchant(id) {
      return merchant.get({ id });
    },
  };
}

export function merchantWrites(
  prepare: Prepare,
  queries: Queries,
): Pick<Transaction, 'insertMerchant'> {
  const insert = prepare(queries.insertMerchant);
  return {
    async insertMerchant(merchant) {
      await insert.run(merchants.toRow(merchant, { lastSequence: 0 }));
    },
  };
}
