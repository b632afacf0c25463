import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import {
  CompiledQuery,
  type DatabaseConnection,
  DummyDriver,
  Kysely,
  type Dialect as KyselyDialect,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  sql,
} from 'kysely';
import type { Dialect } from '../dialect.ts';
import type { MigrationDialect } from '../migrations.ts';

/** SQLite's implementation of what the queries need. */
export const sqliteDialect: Dialect = {
  builder: new Kysely({
    dialect: {
      createDriver: () => new DummyDriver(),
      createQueryCompiler: () => new SqliteQueryCompiler(),
      createAdapter: () => new SqliteAdapter(),
      createIntrospector: (db) => new SqliteIntrospector(db),
    },
  }),
  among: (column, list) => sql`${column} in (select value from json_each(${list}))`,
  listOf: (texts) => JSON.stringify(texts),
  each: (list) =>
    sql<{ value: string }>`(select distinct value from json_each(${list}))`.as('wanted'),
  // https://sqlite.org/lang_indexedby.html
  byIndex: (table, index, alias) =>
    sql`${sql.table(table)}`
      .$castTo<never>()
      .as<typeof alias>(sql`${sql.ref(alias)} indexed by ${sql.ref(index)}`),
};

/** SQLite's implementation of what the migrations need. */
export const sqliteMigrations: MigrationDialect = {
  // STRICT makes a column refuse a value of another type, as every other database does.
  clustered: (table) => table.modifyEnd(sql`without rowid, strict`),
  integer: 'integer',
  bytes: 'blob',
};

/** Kysely over a `node:sqlite` connection whose owner opens and closes it. */
export function nodeSqlite(database: DatabaseSync): KyselyDialect {
  const connection: DatabaseConnection = {
    async executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
      const statement = database.prepare(sql);
      const values = parameters as SQLInputValue[];
      if (statement.columns().length > 0) return { rows: statement.all(...values) as Row[] };
      return { rows: [], numAffectedRows: BigInt(statement.run(...values).changes) };
    },
    // Nothing here streams.
    streamQuery() {
      throw new Error('expected a query that is read as a whole, got one to stream');
    },
  };
  const run = async (statement: string) => {
    await connection.executeQuery(CompiledQuery.raw(statement));
  };
  return {
    createDriver: () => ({
      async init() {},
      acquireConnection: async () => connection,
      // Takes the write lock at once: two processes that start together migrate one after the
      // other.
      beginTransaction: () => run('begin immediate'),
      commitTransaction: () => run('commit'),
      rollbackTransaction: () => run('rollback'),
      async releaseConnection() {},
      async destroy() {},
    }),
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createAdapter: () => new TransactionalDdl(),
    createIntrospector: (db) => new SqliteIntrospector(db),
  };
}

/** Kysely requires classes here. SQLite does roll back schema changes with their transaction. */
class TransactionalDdl extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}
