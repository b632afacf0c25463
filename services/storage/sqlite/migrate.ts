import type { DatabaseSync } from 'node:sqlite';
import type { Kysely } from 'kysely';
import { Migrator } from 'kysely/migration';
import { migrationsFor } from '../migrations.ts';
import { sqliteMigrations } from './dialect.ts';

/**
 * Brings the schema up to date; `db` uses `database`.
 *
 * @throws Error if a newer version made the database, or a migration fails
 */
export async function migrateSqlite<Schema>(
  database: DatabaseSync,
  db: Kysely<Schema>,
): Promise<void> {
  const migrations = migrationsFor(sqliteMigrations);
  const known = Object.keys(migrations);
  const isNew =
    database.prepare(`select 1 from sqlite_master where name = 'kysely_migration'`).get() ===
    undefined;
  const applied = isNew
    ? []
    : database
        .prepare('select name from kysely_migration order by name')
        .all()
        .map(({ name }) => String(name));
  const unknown = applied.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new Error(
      `expected a database of schema ${known.at(-1)} at most, got one of schema ` +
        `${unknown.at(-1)}: a newer version made it`,
    );
  }
  if (applied.length === known.length) return;
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } });
  const { error } = await migrator.migrateToLatest();
  if (error) throw error;
}
