import { Kysely } from 'kysely';
import type { Query } from '../../services/storage/query.ts';
import { openConnection } from '../../services/storage/sqlite/connection.ts';
import { nodeSqlite } from '../../services/storage/sqlite/dialect.ts';
import { migrateSqlite } from '../../services/storage/sqlite/migrate.ts';

/** A database in memory that counts the rows that a query reads. */
export async function openCounted() {
  const connection = openConnection(':memory:');
  const { database } = connection;
  await migrateSqlite(database, new Kysely({ dialect: nodeSqlite(database) }));
  let steps = 0;
  // Called for each row, because a function that is not pure may return another value each time.
  database.function('stepped_on', { varargs: true }, () => {
    steps += 1;
    return 1;
  });
  return {
    database,
    /** Rows of tables that the query steps on, those that an index skips apart. */
    stepsOf<Values extends object>(query: Query<Values, unknown>, values: Values): number {
      const sql = query.sql.replaceAll(
        /where (?:"(\w+)"\.)?"merchant_id"/g,
        (where, table: string | undefined) =>
          where.replace('where', `where stepped_on(${table ? `"${table}".` : ''}"id") and`),
      );
      if (sql === query.sql) throw new Error('expected a query of one merchant');
      steps = 0;
      connection.prepare({ ...query, sql }).all(values);
      return steps;
    },
  };
}
