import type {
  ExpiredRecords,
  IdempotencyReads,
  IdempotencyRecord,
  IdempotencyWrites,
} from '../core/idempotency-records.ts';
import type { Dialect } from './dialect.ts';
import { compile, only, type Prepare } from './query.ts';
import { integer, json, nullable, type TablesOf, tableOf, text } from './table.ts';
import type { OfMerchant } from './views.ts';
import type { Writer } from './writer.ts';

export const idempotencyRecords = tableOf<IdempotencyRecord>()(
  'idempotency_records',
  {
    key: text(),
    fingerprint: text(),
    outcome: nullable(json()),
    resourceId: text(),
    leaseUntil: integer(),
    expiresAt: integer(),
  },
  { merchantId: text() },
);
type RecordTables = TablesOf<typeof idempotencyRecords>;

/** Maximum records deleted at once, so that a commit stays short. */
const deletedAtOnce = 1000;

export function idempotencyQueries(dialect: Dialect) {
  const db = dialect.builder.$extendTables<RecordTables>();
  return {
    idempotencyRecord: compile<
      { merchantId: string; key: string; nowMs: number },
      IdempotencyRecord
    >(
      ({ merchantId, key, nowMs }) =>
        db
          .selectFrom('idempotency_records')
          .select(idempotencyRecords.names)
          .where('merchant_id', '=', merchantId)
          .where('key', '=', key)
          .where('expires_at', '>=', nowMs),
      idempotencyRecords.fromRow,
    ),
    putIdempotencyRecord: compile<RecordTables['idempotency_records']>((row) =>
      db
        .insertInto('idempotency_records')
        .values(only(row, idempotencyRecords.allNames))
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
type Queries = ReturnType<typeof idempotencyQueries>;

export function idempotencyReads(
  prepare: Prepare,
  queries: Queries,
): IdempotencyReads & ThisType<OfMerchant> {
  const one = prepare(queries.idempotencyRecord);
  return {
    idempotencyRecord(key, nowMs) {
      return one.get({ merchantId: this.merchantId, key, nowMs });
    },
  };
}

export function idempotencyWrites(
  prepare: Prepare,
  queries: Queries,
): IdempotencyWrites & ThisType<OfMerchant> {
  const put = prepare(queries.putIdempotencyRecord);
  return {
    async putIdempotencyRecord(record) {
      await put.run(idempotencyRecords.toRow(record, this));
    },
  };
}

export function expiredRecords(
  { prepare, write }: Pick<Writer, 'prepare' | 'write'>,
  queries: Queries,
): ExpiredRecords {
  const deleteSome = prepare(queries.deleteExpiredRecords, 'background');
  return {
    async deleteExpiredRecords(nowMs) {
      for (let total = 0; ; ) {
        const deleted = await write(async () => deleteSome.run({ nowMs, limit: deletedAtOnce }));
        total += deleted;
        if (deleted < deletedAtOnce) return total;
      }
    },
  };
}
