import type { Dialect } from './dialect.ts';
import { compile, only, type Query, type Value } from './query.ts';
import type { AnyTable } from './table.ts';

/** Queries that several tables have, each limited to the rows of one merchant. */

export interface RowId {
  readonly merchantId: string;
  readonly id: string;
}

export interface ManyIds {
  readonly merchantId: string;
  /** A list made by the dialect. */
  readonly ids: string;
}

/** Kysely for tables of any name. */
export const anyTableOf = ({ builder }: Dialect) =>
  builder.$extendTables<Record<string, Record<string, Value>>>();

export const selectOne = <Item>(dialect: Dialect, table: AnyTable<Item>): Query<RowId, Item> =>
  compile(
    ({ merchantId, id }) =>
      anyTableOf(dialect)
        .selectFrom(table.name)
        .select(table.names)
        .where('merchant_id', '=', merchantId)
        .where('id', '=', id),
    table.fromRow,
  );

export const selectMany = <Item>(dialect: Dialect, table: AnyTable<Item>): Query<ManyIds, Item> =>
  compile(
    ({ merchantId, ids }) =>
      anyTableOf(dialect)
        .selectFrom(table.name)
        .select(table.names)
        .where('merchant_id', '=', merchantId)
        .where((eb) => dialect.among(eb.ref('id').$castTo<string>(), ids)),
    table.fromRow,
  );

/** Takes the cells of a whole row, by their column names. */
export const insertInto = <Cells extends object>(
  dialect: Dialect,
  table: { readonly name: string; readonly allNames: readonly (keyof Cells)[] },
): Query<Cells, never> =>
  compile((cells) => {
    // While a query is built, each cell is a placeholder of its type.
    const row = only(cells, table.allNames) as Record<string, Value>;
    return anyTableOf(dialect).insertInto(table.name).values(row);
  });
