import { type SqlBool, sql } from 'kysely';
import type { Awaitable } from '../core/awaitable.ts';
import type { Window } from '../core/page.ts';
import type { Dialect } from './dialect.ts';
import { anyTableOf } from './merchant-queries.ts';
import { compile, type Prepare, type Prepared, type Query } from './query.ts';
import type { AnyTable } from './table.ts';

export interface PageValues {
  readonly merchantId: string;
  /** Sort value and id of the row that precedes the page. */
  readonly afterValue?: number | undefined;
  readonly afterId?: string | undefined;
  readonly limit: number;
}

export const pageValues = (merchantId: string, { limit, after }: Window): PageValues => ({
  merchantId,
  limit,
  afterValue: after && Number(after.value),
  afterId: after?.id,
});

/** Cuts lists by (sort value, id), so that a page costs the same wherever it starts. */
export const beyond = (
  column: 'created_at' | 'amount',
  direction: 'asc' | 'desc',
  { afterValue, afterId }: Required<PageValues>,
) =>
  direction === 'asc'
    ? sql<SqlBool>`(${sql.ref(column)}, id) > (${afterValue}, ${afterId})`
    : sql<SqlBool>`(${sql.ref(column)}, id) < (${afterValue}, ${afterId})`;

/** `wanted` is the value that the filter's column must have. */
export type NewestValues = PageValues & { readonly wanted?: string | undefined };

export interface NewestShape {
  readonly filtered: boolean;
  /** Whether the list continues after a row. */
  readonly after: boolean;
}

/** Lists a merchant's rows newest first, all of them or those with one value in `column`. */
export const newestFirst =
  <Item>(dialect: Dialect, table: AnyTable<Item>, column: string) =>
  ({ filtered, after }: NewestShape): Query<NewestValues, Item> =>
    compile((values) => {
      let list = anyTableOf(dialect)
        .selectFrom(table.name)
        .select(table.names)
        .where('merchant_id', '=', values.merchantId);
      if (filtered) list = list.where(column, '=', values.wanted);
      if (after) list = list.where(beyond('created_at', 'desc', values));
      return list.orderBy('created_at', 'desc').orderBy('id', 'desc').limit(values.limit);
    }, table.fromRow);

/** Runs such a list; each of its four queries is prepared at its first use. */
export function newestLister<Item>(
  prepare: Prepare,
  queryOf: (shape: NewestShape) => Query<NewestValues, Item>,
) {
  const prepared = new Map<string, Prepared<NewestValues, Item>>();
  return (
    merchantId: string,
    wanted: string | undefined,
    window: Window,
  ): Awaitable<readonly Item[]> => {
    const shape = { filtered: wanted !== undefined, after: window.after !== undefined };
    const name = `${shape.filtered} ${shape.after}`;
    const list = prepared.get(name) ?? prepare(queryOf(shape));
    prepared.set(name, list);
    return list.all({ ...pageValues(merchantId, window), wanted });
  };
}
