import type { StoredApiKey } from '../core/merchants/merchant.ts';
import type { Accounts, KeyWrites } from '../core/merchants/store.ts';
import type { Dialect } from './dialect.ts';
import { insertInto, type RowId } from './merchant-queries.ts';
import { compile, type Prepare } from './query.ts';
import { firstOf, integer, json, nullable, type TablesOf, tableOf, text } from './table.ts';
import type { OfMerchant } from './views.ts';

export const keys = tableOf<StoredApiKey>()(
  'api_keys',
  {
    id: text(),
    merchantId: text(),
    hash: text(),
    name: text(),
    scopes: json(),
    ratePerSecond: integer(),
    burst: integer(),
    createdAt: integer(),
    revokedAt: nullable(integer()),
  },
  {},
);

export function keyQueries(dialect: Dialect) {
  const db = dialect.builder.$extendTables<TablesOf<typeof keys>>();
  return {
    apiKeyByHash: compile<{ hash: string }, StoredApiKey>(
      ({ hash }) => db.selectFrom('api_keys').select(keys.names).where('hash', '=', hash),
      keys.fromRow,
    ),
    keysInForce: compile<{ hashes: string }, string>(
      ({ hashes }) =>
        db
          .selectFrom('api_keys')
          .select('hash')
          .where((eb) => dialect.among(eb.ref('hash'), hashes))
          .where('revoked_at', 'is', null),
      firstOf(text()),
    ),
    insertApiKey: insertInto<TablesOf<typeof keys>['api_keys']>(dialect, keys),
    /** A key that is already revoked keeps its time of revocation. */
    revokeApiKey: compile<RowId & { readonly nowMs: number }, StoredApiKey>(
      ({ merchantId, id, nowMs }) =>
        db
          .updateTable('api_keys')
          .set((eb) => ({ revoked_at: eb.fn.coalesce('revoked_at', eb.val(nowMs)) }))
          .where('merchant_id', '=', merchantId)
          .where('id', '=', id)
          .returning(keys.names),
      keys.fromRow,
    ),
  };
}
type Queries = ReturnType<typeof keyQueries>;

export function keyLookups(
  prepare: Prepare,
  queries: Queries,
  { listOf }: Dialect,
): Pick<Accounts, 'apiKeyByHash' | 'keysInForce'> {
  const byHash = prepare(queries.apiKeyByHash);
  const inForce = prepare(queries.keysInForce, 'background');
  return {
    apiKeyByHash(hash) {
      return byHash.get({ hash });
    },
    keysInForce(hashes) {
      return inForce.all({ hashes: listOf(hashes) });
    },
  };
}

export function keyWrites(prepare: Prepare, queries: Queries): KeyWrites & ThisType<OfMerchant> {
  const insert = prepare(queries.insertApiKey);
  const revoke = prepare(queries.revokeApiKey);
  return {
    async insertApiKey(key) {
      await insert.run(keys.toRow({ ...key, merchantId: this.merchantId }, {}));
    },
    async revokeApiKey(id, nowMs) {
      return revoke.get({ merchantId: this.merchantId, id, nowMs });
    },
  };
}
