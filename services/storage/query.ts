import type { Compilable } from 'kysely';
import type { Awaitable } from '../core/awaitable.ts';

/** A database's parameter and cell values. */
export type Value = string | number | null | Uint8Array;

/**
 * The cells of a row, in the order of the selected columns. An object of 16 columns would be built
 * twice, by the driver and by the reader.
 */
export type Row = readonly Value[];

/** A query compiled once. `Values` names its parameters. */
export interface Query<Values, Result> {
  readonly sql: string;
  /** The parameters in the order of the SQL: names of values, and constants. */
  readonly parameters: readonly (Placeholder | Value)[];
  /** Makes the result from a row. */
  readonly read: (row: Row) => Result;
  /** Never set; carries the type. */
  readonly values?: (values: Values) => void;
}

/** Stands in a query for a value that is known only when the query runs. */
export class Placeholder {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/** While a query is built, every value is present as its placeholder. */
export type Placeholders<Values> = {
  readonly [Name in keyof Values]-?: Exclude<Values[Name], undefined>;
};

const refuseRows = (): never => {
  throw new Error('expected a statement without rows, got one');
};

/**
 * Compiles a query with placeholders for its values.
 *
 * @param build gets an object whose every property is the placeholder of that name
 * @param read makes the result from a row; omitted for statements without rows
 */
export function compile<Values extends object, Result = never>(
  build: (values: Placeholders<Values>) => Compilable<unknown>,
  read: (row: Row) => Result = refuseRows,
): Query<Values, Result> {
  // Kysely takes a placeholder for the value that it stands for, and returns it unchanged.
  const placeholders = new Proxy({} as Placeholders<Values>, {
    get: (_target, name) => new Placeholder(String(name)),
  });
  const { sql, parameters } = build(placeholders).compile();
  return { sql, parameters: parameters as readonly (Placeholder | Value)[], read };
}

/** Copies the named properties of `values` into a plain object, which can be enumerated. */
export const only = <Values extends object, Name extends keyof Values>(
  values: Values,
  names: readonly Name[],
): Pick<Values, Name> =>
  // The entries are exactly those of Pick; Object.fromEntries cannot say so.
  Object.fromEntries(names.map((name) => [name, values[name]])) as Pick<Values, Name>;

/** A query that was prepared on a connection. */
export interface Prepared<Values, Result> {
  get(values: Values): Awaitable<Result | undefined>;
  all(values: Values): Awaitable<readonly Result[]>;
  /** @returns the number of changed rows */
  run(values: Values): Awaitable<number>;
}

/** Whether a query counts as one of a call, or runs between calls. */
export type Use = 'call' | 'background';

export type Prepare = <Values extends object, Result>(
  query: Query<Values, Result>,
  use?: Use,
) => Prepared<Values, Result>;
