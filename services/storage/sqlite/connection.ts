import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Placeholder, type Prepared, type Query, type Value } from '../query.ts';
import { troubleOf } from './trouble.ts';

/** How long opening waits for another process: nobody is served yet. */
const openingTimeoutMs = 5000;

/** Pages of log before they go to the file: the later, the more writes of one page are one. */
const checkpointPages = 4000;

/** One connection with what was prepared on it. */
export interface Connection {
  readonly database: DatabaseSync;
  /** Prepares once; the same query gives the same statement again. */
  prepare<Values extends object, Row>(
    query: Query<Values, Row>,
    use?: 'call' | 'background',
  ): PreparedSync<Values, Row>;
  /** How many prepared queries ran, those of the background apart. */
  readonly queryCount: number;
  /** Whether a query met a page that is damaged. */
  readonly damaged: boolean;
}

/** Prepared, and answered at once. */
export interface PreparedSync<Values, Row> extends Prepared<Values, Row> {
  get(values: Values): Row | undefined;
  all(values: Values): readonly Row[];
  run(values: Values): number;
}

/**
 * Opens a SQLite file, and makes its folder where there is none, or a database in memory.
 *
 * @param path a file, or `:memory:`
 */
export function openConnection(path: string): Connection {
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

  /** @throws what `run` throws */
  function noting<Result>(run: () => Result): Result {
    try {
      return run();
    } catch (error) {
      if (troubleOf(error) === 'damaged') damaged = true;
      throw error;
    }
  }

  function prepare<Values extends object, Row>(
    query: Query<Values, Row>,
    use: 'call' | 'background' = 'call',
  ): PreparedSync<Values, Row> {
    const counted = use === 'call' ? 1 : 0;
    const known = statements.get(query as Query<never, unknown>);
    // Kept under the very query that carries these types.
    if (known) return known as unknown as PreparedSync<Values, Row>;
    const statement = database.prepare(query.sql, { returnArrays: true });
    const bind = binderOf(query);
    const prepared: PreparedSync<Values, Row> = {
      get(values) {
        queryCount += counted;
        // With `returnArrays` a row is an array, in the order of the columns of the query.
        return noting(() => statement.get(...bind(values)) as unknown as Row | undefined);
      },
      all(values) {
        queryCount += counted;
        return noting(() => statement.all(...bind(values)) as unknown as Row[]);
      },
      run(values) {
        queryCount += counted;
        return noting(() => Number(statement.run(...bind(values)).changes));
      },
    };
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
