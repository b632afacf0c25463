import { statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

/**
 * Files up to this size are checked completely when they are opened, at about 4 ms a MiB. Of a
 * larger file only the small tables are checked, which every call needs; other damage is found when
 * a query reads it.
 */
const checkedBytes = 64 * 1024 * 1024;
const smallTables = ['merchants', 'api_keys', 'secrets'];

/**
 * Looks for damage in the pages of a file (https://sqlite.org/pragma.html#pragma_quick_check). Uses
 * a connection of its own, because the check would fill the page cache of the one that serves
 * calls.
 *
 * @throws Error if it finds damage
 */
export function requireSound(path: string, upToBytes: number = checkedBytes): void {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    const isLarge = statSync(path).size > upToBytes;
    // A table that does not exist needs no check.
    const checks = isLarge
      ? database
          .prepare(`select name from sqlite_master where name in (select value from json_each(?))`)
          .all(JSON.stringify(smallTables))
          .map(({ name }) => `pragma quick_check(${name})`)
      : ['pragma quick_check(1)'];
    for (const check of checks) {
      const row = database.prepare(check).get();
      const found = row && Object.values(row)[0];
      if (found !== 'ok') throw new Error(`it is damaged: ${String(found).replaceAll('\n', ' ')}`);
    }
  } finally {
    database.close();
  }
}
