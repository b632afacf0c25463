import type { Store } from '../core/store.ts';
import { openSqlite, type StoreOptions } from './sqlite/open.ts';

/**
 * Opens the database, and brings its schema up to date.
 *
 * @param url `sqlite:<path>` or `sqlite::memory:`
 * @throws Error if the URL names no supported database, or a newer version made the database
 */
export async function openStore(url: string, options?: StoreOptions): Promise<Store> {
  const [, scheme, rest = ''] = /^([a-z][a-z0-9+.-]*):(.*)$/is.exec(url) ?? [];
  switch (scheme?.toLowerCase()) {
    case 'sqlite':
      // Typing errors in `:memory:` would create a file of that name; SQLite takes `file:` for a
      // URL.
      if (/^(:?memory:?|file:.*|\s*)$/is.test(rest) && rest !== ':memory:') {
        throw unsupported(url);
      }
      return openSqlite(rest, options);
    case 'postgres':
    case 'postgresql':
      throw new Error(
        'Cannot use the database URL: PostgreSQL is not supported yet. ' +
          `Expected sqlite:<path> or sqlite::memory:, got a ${scheme}: URL.`,
      );
    default:
      throw unsupported(url);
  }
}

/** Names the scheme only, because the rest may hold a password. */
function unsupported(url: string): Error {
  const shown = /^(sqlite:.*|[a-z][a-z0-9+.-]*:)/is.exec(url)?.[0];
  const got = shown ?? (url.includes('@') ? undefined : url);
  return new Error(
    'Cannot use the database URL: expected sqlite:<path> or sqlite::memory:, ' +
      `got ${got === undefined ? 'a URL without a scheme' : `'${got}'`}.`,
  );
}
