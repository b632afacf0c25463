import { open, stat } from 'node:fs/promises';
import { PaymentsError } from '../../core/errors.ts';
import type { Readiness } from '../../core/store.ts';
import { secretQueries } from '../secrets.ts';
import type { SqliteConnection } from './connection.ts';
import { sqliteDialect } from './dialect.ts';
import { troubleOf } from './trouble.ts';
import type { SqliteWriter } from './writer.ts';

/** Minimum time between two probes of the database, however often readiness is requested. */
const probeEveryMs = 1000;
/** A row of several pages, because the database must be able to grow. */
const probe = { name: 'readiness probe', value: new Uint8Array(16_384) };
/** The first bytes of a file: https://sqlite.org/fileformat2.html#magic_header_string */
const magic = Buffer.from('SQLite format 3\0');

const messages = {
  locked: 'another process holds the database',
  full: 'the disk is full',
  damaged: 'the database is damaged',
  unavailable: 'the database file cannot be read or written',
} as const;

const notReady = (reason: keyof typeof messages): Readiness => ({
  ready: false,
  reason,
  message: messages[reason],
});

/**
 * Reports whether the database can be used, by a row that it commits and deletes: only a commit
 * shows whether the disk accepts writes. Damage that any statement found is remembered, because the
 * page cache hides it from later ones.
 *
 * @param path a file, or `:memory:`
 */
export async function createReadiness(
  connection: SqliteConnection,
  writer: Pick<SqliteWriter, 'write'>,
  path: string,
): Promise<() => Promise<Readiness>> {
  const { insertSecret, deleteSecret } = secretQueries(sqliteDialect);
  const insert = connection.prepare(insertSecret, 'background');
  const remove = connection.prepare(deleteSecret, 'background');
  const opened = path === ':memory:' ? undefined : await stat(path);

  /**
   * Whether the file at the path was replaced; writes would then be lost when this process ends.
   */
  async function isReplaced(): Promise<boolean> {
    if (!opened) return false;
    const { dev, ino } = await stat(path);
    return dev !== opened.dev || ino !== opened.ino || !(await beginsAsDatabase(path));
  }

  async function answer(): Promise<Readiness> {
    try {
      if (connection.damaged || (await isReplaced())) return notReady('damaged');
      await writer.write(async () => {
        insert.run(probe);
        remove.run(probe);
      });
      return { ready: true };
    } catch (error) {
      if (error instanceof PaymentsError && error.code === 'overloaded') return notReady('locked');
      return notReady(troubleOf(error) ?? 'unavailable');
    }
  }

  let last: Promise<Readiness> | undefined;
  return () => {
    last ??= answer().finally(() => {
      setTimeout(() => {
        last = undefined;
      }, probeEveryMs).unref();
    });
    return last;
  };
}

async function beginsAsDatabase(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer } = await file.read(Buffer.alloc(magic.length), 0, magic.length, 0);
    return buffer.equals(magic);
  } finally {
    await file.close();
  }
}
