import type { Compilable } from 'kysely';

/** What a database takes as a parameter. */
export type Value = string | number | null | Uint8Array;

/**
 * A query compiled once. `Values` names its parameters, `Row` is a row as an array in the order
 * of the columns selected: building an object of 16 columns twice would cost more than the read.
 */
export interface Query<Values, Row> {
  readonly sql: string;
  /** The parameters in the order of the SQL: names of values, and constants. */
  readonly parameters: readonly (Placeholder | Value)[];
  /** Never there; carries the types. */
  readonly types?: (values: Values) => Row;
}

/** Stands in a query for a value that is known only when it runs. */
export class Placeholder {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/** While a query is built every value is there, as its placeholder. */
type Placeholders<Values> = {
  readonly [Name in keyof Values]-?: Exclude<Values[Name], undefined>;
};

/**
 * Compiles a query with placeholders for its values.
 *
 * @param build gets an object whose every property is the placeholder of that name
 */
export function compile<Values extends object, Row = never>(
  build: (values: Placeholders<Values>) => Compilable<unknown>,
): Query<Values, Row> {
  // Kysely takes a placeholder for the value that it stands for, and hands it back as it was.
  const placeholders = new Proxy({} as Placeholders<Values>, {
    get: (_target, name) => new Placeholder(String(name)),
  });
  const { sql, parameters } = build(placeholders).compile();
  return { sql, parameters: parameters as readonly (Placeholder | Value)[] };
}

/** The named properties of `values` as an object of their own, which can be enumerated. */
export const only = <Values extends object, Name extends keyof Values>(
  values: Values,
  names: readonly Name[],
): Pick<Values, Name> =>
  // The entries are exactly those of Pick; Object.fromEntries cannot say so.
  Object.fromEntries(names.map((name) => [name, values[name]])) as Pick<Values, Name>;

/** An answer at once from an embedded database, later from one across a network. */
export type MaybePromise<Result> = Result | Promise<Result>;

/** A query that a connection has prepared. */
export interface Prepared<Values, Row> {
  get(values: Values): MaybePromise<Row | undefined>;
  all(values: Values): MaybePromise<readonly Row[]>;
  /** @returns how many rows changed */
  run(values: Values): MaybePromise<number>;
}

export type Prepare = <Values extends object, Row>(
  query: Query<Values, Row>,
) => Prepared<Values, Row>;
