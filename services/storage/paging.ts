import { type SqlBool, sql } from 'kysely';

/** How many events a call steps over to find those that it is asked for, at most. */
export const steppedEvents = 2000;

export interface PageValues {
  readonly merchantId: string;
  /** Sort value and id of the row that the page comes after. */
  readonly afterValue?: number | undefined;
  readonly afterId?: string | undefined;
  readonly limit: number;
}

/** Lists are cut by (sort value, id): a page costs the same wherever it starts. */
export const beyond = (
  column: 'created_at' | 'amount',
  direction: 'asc' | 'desc',
  { afterValue, afterId }: Required<PageValues>,
) =>
  direction === 'asc'
    ? sql<SqlBool>`(${sql.ref(column)}, id) > (${afterValue}, ${afterId})`
    : sql<SqlBool>`(${sql.ref(column)}, id) < (${afterValue}, ${afterId})`;
