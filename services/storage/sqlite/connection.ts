import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import {
  Placeholder,
  type Prepared,
  type Query,
  type Row,
  type Use,
  type Value,
} from '../query.ts';
import { closedError, troubleOf } from './trouble.ts';

/** How long opening waits for another process. Nobody is served yet. */
const openingTimeoutMs = 5000;

/** Log pages before a checkpoint. The later it is, the more writes of one page it combines. */
const checkpointPages = 4000;

/** A connection with its prepared statements. */
export interface SqliteConnection {
  readonly database: DatabaseSync;
  /** Prepares a query once; the same query returns the same statement again. */
  prepare<Values extends object, Result>(
    query: Query<Values, Result>,
    use?: Use,
  ): PreparedSync<Values, Result>;
  /** Number of queries that ran for calls, and number of those that ran in the background. */
  readonly queryCount: number;
  /** Whether a query found a damaged page. */
  readonly damaged: boolean;
}

/** A prepared statement that runs synchronously. */
export interface PreparedSync<Values, Result> extends Prepared<Values, Result> {
  get(values: Values): Result | undefined;
  all(values: Values): readonly Result[];
  run(values: Values): number;
}

/**
 * Opens a SQLite file, and creates its folder if it does not exist, or opens a database in memory.
 *
 * @param path a file, or `:memory:`
 */
export function openConnection(path: string): SqliteConnection {
  if (path !== ':memory:') makeFolder(dirname(path));
  const database = new DatabaseSync(path, {
    timeout: openingTimeoutMs,
    enableForeignKeyConstraints: true,
    defensive: true,
  });
  // FULL makes each commit reach the disk before it is acknowledged, also in WAL mode.
  database.exec(`
    pragma journal_mode = wal;
    pragma synchronous = full;
    pragma wal_autocheckpoint = ${checkpointPages};
    pragma temp_store = memory;
    pragma cache_size = -32768;
  `);

  const statements = new Map<Query<never, unknown>, PreparedSync<never, unknown>>();
  let queryCount = 0;
  let damaged = false;

  /** The error that a caller gets for one that SQLite threw. */
  function noted(error: unknown): unknown {
    if (!database.isOpen) return closedError();
    if (troubleOf(error) === 'damaged') damaged = true;
    return error;
  }

  function prepare<Values extends object, Result>(
    query: Query<Values, Result>,
    use: Use = 'call',
  ): PreparedSync<Values, Result> {
    const known = statements.get(query as Query<never, unknown>);
    // The key is the query itself, which carries these types.
    if (known) return known as unknown as PreparedSync<Values, Result>;
    if (!database.isOpen) throw closedError();
    const count = () => {
      if (use === 'call') queryCount += 1;
    };
    const prepared = prepareOn(database, query, count, noted);
    statements.set(query as Query<never, unknown>, prepared as PreparedSync<never, unknown>);
    return prepared;
  }

  return {
    database,
    prepare,
    get queryCount() {
      return queryCount;
    },
    get damaged() {
      return damaged;
    },
  };
}

/** @param noted converts what SQLite threw to what is thrown here */
function prepareOn<Values extends object, Result>(
  database: DatabaseSync,
  query: Query<Values, Result>,
  count: () => void,
  noted: (error: unknown) => unknown,
): PreparedSync<Values, Result> {
  const statement = database.prepare(query.sql, { returnArrays: true });
  const bind = binderOf(query);
  const { read } = query;
  return {
    get(values) {
      count();
      try {
        // With `returnArrays` a row is an array, in the order of the columns of the query.
        const row = statement.get(...bind(values)) as Row | undefined;
        return row && read(row);
      } catch (error) {
        throw noted(error);
      }
    },
    all(values) {
      count();
      try {
        return (statement.all(...bind(values)) as unknown as readonly Row[]).map(read);
      } catch (error) {
        throw noted(error);
      }
    },
    run(values) {
      count();
      try {
        return Number(statement.run(...bind(values)).changes);
      } catch (error) {
        throw noted(error);
      }
    },
  };
}

/**
 * Makes a folder and those above it, one by one. `mkdirSync` with `recursive` never returns if the
 * folder above exists but reports that it does not, as those of /proc do.
 */
function makeFolder(folder: string): void {
  const above = dirname(folder);
  if (existsSync(folder) || above === folder) return;
  makeFolder(above);
  try {
    mkdirSync(folder);
  } catch (error) {
    // Another process created it first.
    if (!existsSync(folder)) throw error;
  }
}

/** Puts values into the order of the SQL. */
function binderOf<Values extends object>({ parameters }: Query<Values, unknown>) {
  const names = parameters.map((parameter) =>
    parameter instanceof Placeholder ? (parameter.name as keyof Values) : undefined,
  );
  return (values: Values): Value[] => {
    const bound = new Array<Value>(names.length);
    for (let i = 0; i < names.length; i += 1) {
      const name = names[i];
      // SQLite accepts both constants and the values of a query's own type.
      bound[i] = (name === undefined ? parameters[i] : values[name]) as Value;
    }
    return bound;
  };
}
