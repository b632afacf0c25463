import type { MerchantReads, MerchantTransaction, Readiness, Store } from '../core/store.ts';
import { customerQueries, customerReads, customerWrites } from './customers.ts';
import type { Dialect } from './dialect.ts';
import { eventQueries, eventReads, eventWrites } from './events.ts';
import {
  expiredRecords,
  idempotencyQueries,
  idempotencyReads,
  idempotencyWrites,
} from './idempotency.ts';
import { keyLookups, keyQueries, keyWrites } from './keys.ts';
import { merchantLookup, merchantQueries, merchantWrites } from './merchants.ts';
import { paymentListQueries, paymentListReads } from './payment-list.ts';
import { openSettlements, paymentQueries, paymentReads, paymentWrites } from './payments.ts';
import type { Prepare } from './query.ts';
import { refundQueries, refundReads, refundWrites } from './refunds.ts';
import { secretQueries, secretsOf } from './secrets.ts';
import { type OfMerchant, viewsWith } from './views.ts';
import type { Writer } from './writer.ts';

/** An open database, as far as it is read outside of transactions. */
export interface Connection extends Pick<Store, 'onForeignCommit' | 'close'> {
  /** Prepares a query that runs while no transaction is open, so that it reads committed data. */
  readonly prepare: Prepare;
  /** Number of queries that ran for calls. */
  readonly queryCount: number;
  ready(): Promise<Readiness>;
}

/** Every query of the store, compiled. */
export const createQueries = (dialect: Dialect) => ({
  ...merchantQueries(dialect),
  ...keyQueries(dialect),
  ...customerQueries(dialect),
  ...paymentQueries(dialect),
  ...paymentListQueries(dialect),
  ...refundQueries(dialect),
  ...eventQueries(dialect),
  ...idempotencyQueries(dialect),
  ...secretQueries(dialect),
});
export type Queries = ReturnType<typeof createQueries>;

/** The store on any database. */
export function createStore(connection: Connection, writer: Writer, dialect: Dialect): Store {
  const queries = createQueries(dialect);
  const { prepare } = connection;
  const within = {
    of: viewsWith(transactionMethods(writer, queries, dialect)),
    ...merchantWrites(writer.prepare, queries),
  };
  return {
    of: viewsWith(readMethods(prepare, queries, dialect)),
    across: {
      ...merchantLookup(prepare, queries),
      ...keyLookups(prepare, queries, dialect),
      ...openSettlements(prepare, queries),
      ...expiredRecords(writer, queries),
      ...secretsOf(writer, queries),
    },
    write: (work) => writer.write(() => work(within)),
    onCommit: writer.onCommit,
    onForeignCommit: connection.onForeignCommit,
    get queryCount() {
      return connection.queryCount;
    },
    ready: connection.ready,
    async close() {
      await writer.close();
      await connection.close();
    },
  };
}

const readMethods = (
  prepare: Prepare,
  queries: Queries,
  dialect: Dialect,
): MerchantReads & ThisType<OfMerchant> => ({
  ...customerReads(prepare, queries, dialect),
  ...paymentReads(prepare, queries, dialect),
  ...paymentListReads(prepare, queries),
  ...refundReads(prepare, queries, dialect),
  ...eventReads(prepare, queries, dialect),
  ...idempotencyReads(prepare, queries),
});

const transactionMethods = (
  { prepare, appended }: Writer,
  queries: Queries,
  dialect: Dialect,
): MerchantTransaction & ThisType<OfMerchant> => ({
  ...readMethods(prepare, queries, dialect),
  ...customerWrites(prepare, queries),
  ...paymentWrites(prepare, queries),
  ...refundWrites(prepare, queries),
  ...eventWrites(prepare, queries, appended),
  ...keyWrites(prepare, queries),
  ...idempotencyWrites(prepare, queries),
});
