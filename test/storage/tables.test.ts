import { Kysely } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { customers } from '../../services/storage/customers.ts';
import { events } from '../../services/storage/events.ts';
import { idempotencyRecords } from '../../services/storage/idempotency.ts';
import { keys } from '../../services/storage/keys.ts';
import { merchants } from '../../services/storage/merchants.ts';
import { payments } from '../../services/storage/payments.ts';
import { refunds } from '../../services/storage/refunds.ts';
import { secrets } from '../../services/storage/secrets.ts';
import { openConnection, type SqliteConnection } from '../../services/storage/sqlite/connection.ts';
import { nodeSqlite } from '../../services/storage/sqlite/dialect.ts';
import { migrateSqlite } from '../../services/storage/sqlite/migrate.ts';
import {
  cellsOf,
  integer,
  json,
  nullable,
  nullableGroup,
  tableOf,
  text,
} from '../../services/storage/table.ts';

/** The descriptions of tables, beside the tables that the migrations make. */

const tables = [merchants, keys, customers, payments, refunds, events, idempotencyRecords, secrets];

let connection: SqliteConnection;
beforeAll(async () => {
  connection = openConnection(':memory:');
  const { database } = connection;
  await migrateSqlite(database, new Kysely({ dialect: nodeSqlite(database) }));
});
afterAll(() => connection.database.close());

test('every table of the database has a description', () => {
  const names = connection.database
    .prepare(`select name from sqlite_master where type = 'table' and name not like 'kysely_%'`)
    .all()
    .map(({ name }) => name);
  expect(names.toSorted()).toEqual(tables.map(({ name }) => name).toSorted());
});

const typeOf = { text: 'TEXT', json: 'TEXT', integer: 'INTEGER', bytes: 'BLOB' };

test.each(tables)('$name has exactly the columns of its description', (table) => {
  const made = connection.database
    .prepare('select name, type, "notnull" from pragma_table_info(?)')
    .all(table.name)
    .map(({ name, type, notnull }) => ({ name, type, isNullable: notnull === 0 }));
  const described = cellsOf({ ...table.own, ...table.others }).map(
    ({ name, kind, isNullable }) => ({ name, type: typeOf[kind], isNullable }),
  );
  const byName = (a: { name: unknown }, b: { name: unknown }) =>
    String(a.name) < String(b.name) ? -1 : 1;
  expect(made.toSorted(byName)).toEqual(described.toSorted(byName));
});

interface Thing {
  readonly id: string;
  readonly count: number;
  readonly tags: readonly string[];
  readonly lastSeen: { readonly at: number; readonly place: string } | null;
  readonly extra: { readonly a: number } | null;
}
const things = tableOf<Thing>()(
  'things',
  {
    id: text(),
    count: integer(),
    tags: json(),
    lastSeen: nullableGroup({ at: integer(), place: text() }),
    extra: nullable(json()),
  },
  { merchantId: text() },
);

test('an item becomes a row, and the row becomes the same item again', () => {
  const item: Thing = {
    id: 'x',
    count: 0,
    tags: ['"', '\u2028'],
    lastSeen: { at: 0, place: '' },
    extra: { a: 1 },
  };
  const beside = { merchantId: 'acct' };
  for (const one of [item, { ...item, lastSeen: null }, { ...item, extra: null, tags: [] }]) {
    const cells: Record<string, string | number | null> = things.toRow(one, beside);
    expect(things.fromRow(things.names.map((name) => cells[name] ?? null))).toEqual(one);
  }
  expect(things.toRow(item, beside)).toEqual({
    id: 'x',
    count: 0,
    tags: '["\\"","\u2028"]',
    last_seen_at: 0,
    last_seen_place: '',
    extra: '{"a":1}',
    merchant_id: 'acct',
  });
  expect(things.allNames).toEqual([...things.names, 'merchant_id']);
});
