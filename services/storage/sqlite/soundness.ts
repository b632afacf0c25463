import { statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

/**
 * Files up to this size are looked through when they are opened, at about 4 ms a MiB. Damage in a
 * larger one shows when a query meets it.
 */
const checkedBytes = 64 * 1024 * 1024;

/**
 * Looks for damage in the pages of a file (https://sqlite.org/pragma.html#pragma_quick_check). Not
 * by the connection that serves calls, whose page cache would be filled with all of it.
 *
 * @throws Error where there is some
 */
export function requireSound(path: string): void {
  if (statSync(path).size > checkedBytes) return;
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    const row = database.prepare('pragma quick_check(1)').get();
    const found = row && Object.values(row)[0];
    if (found !== 'ok') throw new Error(`it is damaged: ${String(found).replaceAll('\n', ' ')}`);
  } finally {
    database.close();
  }
}
