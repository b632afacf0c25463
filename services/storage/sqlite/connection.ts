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

/** How long opening waits for another process: nobody is served yet. */
const openingTimeoutMs = 5000;

/** Pages of log before they go to the file: the later, the more writes of one page are one. */
const checkpointPages = 4000;

/** One connection with what was prepared on it. */
export interface SqliteConnection {
  readonly database: DatabaseSync;
  /** Prepares once; the same query gives the same statement again. */
  prepare<Values extends object, Result>(
    query: Query<Values, Result>,
    use?: Use,
  ): PreparedSync<Values, Result>;
  /** How many prepared queries ran, those of the background apart. */
  readonly queryCount: number;
  /** Whether a query met a page that is damaged. */
  readonly damaged: boolean;
}

/** Prepared, and answered at once. */
export interface PreparedSync<Values, Result> extends Prepared<Values, Result> {
  get(values: Values): Result | undefined;
  all(values: Values): readonly Result[];
  run(values: Values): number;
}

/**
 * Opens a SQLite file, and makes its folder where there is none, or a database in memory.
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
  // FULL has each commit reach the disk before it is acknowledged, also in WAL mode.
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

  /** What a caller gets for an error that SQLite threw. */
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
    // Kept under the very query that carries these types.
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

/** @param noted makes what is thrown of what SQLite threw */
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
 * Makes a folder and those above it, one by one: `mkdirSync` with `recursive` never returns where
 * the folder above exists and yet says that it does not, as those of /proc do.
 */
function makeFolder(folder: string): void {
  const above = dirname(folder);
  if (existsSync(folder) || above === folder) return;
  makeFolder(above);
  try {
    mkdirSync(folder);
  } catch (error) {
    // Another process was faster.
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
      // Constants and the values of a query's own type are all that SQLite takes.
      bound[i] = (name === undefined ? parameters[i] : values[name]) as Value;
    }
    return bound;
  };
}
