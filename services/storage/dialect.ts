import type { AliasedExpression, Expression, Kysely, SqlBool } from 'kysely';

/** The differences between databases that queries depend on. */
export interface Dialect {
  /** Builds queries; does not run them. */
  readonly builder: Kysely<object>;
  /** Whether `column` is one of the texts of one parameter, made by `listOf`. */
  among(column: Expression<string>, list: string): Expression<SqlBool>;
  listOf(texts: readonly string[]): string;
  /** The distinct texts of such a list as rows. */
  each(list: string): AliasedExpression<{ readonly value: string }, 'wanted'>;
  /** A table, read by this index; leaves the planner no other choice. */
  byIndex<Cells, Alias extends string>(
    table: string,
    index: string,
    alias: Alias,
  ): AliasedExpression<Cells, Alias>;
}
