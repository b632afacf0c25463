import type { AliasedExpression, Expression, Kysely, SqlBool } from 'kysely';

/** Where databases differ in what queries need. */
export interface Dialect {
  /** Builds queries. Nothing runs on it. */
  readonly builder: Kysely<object>;
  /** Whether `column` is one of the texts of one parameter, made by `listOf`. */
  among(column: Expression<string>, list: string): Expression<SqlBool>;
  listOf(texts: readonly string[]): string;
  /** The different texts of such a list as rows. */
  each(list: string): AliasedExpression<{ readonly value: string }, 'wanted'>;
  /** A table, found by this index: the planner has no choice left to get wrong. */
  byIndex<Cells, Alias extends string>(
    table: string,
    index: string,
    alias: Alias,
  ): AliasedExpression<Cells, Alias>;
}
