import type { DatabaseSync } from 'node:sqlite';

/** How often to check whether another process committed to the file. */
const askEveryMs = 250;

/** Reports commits to the same file by other processes, and by other connections of this one. */
export interface ForeignCommits {
  onCommit(listener: () => void): void;
  close(): void;
}

/**
 * Watches for commits of other connections. SQLite does not report them, but counts them in
 * `data_version` (https://sqlite.org/pragma.html#pragma_data_version), which costs microseconds to
 * read. Nothing is read before the first listener.
 *
 * @param isBusy whether a transaction is open: it does not see what is committed elsewhere
 */
export function watchForeignCommits(database: DatabaseSync, isBusy: () => boolean): ForeignCommits {
  const listeners: (() => void)[] = [];
  const dataVersion = database.prepare('pragma data_version', { returnArrays: true });
  let known: unknown;
  let timer: NodeJS.Timeout | undefined;

  /** Undefined if the file cannot be read now; the next check retries. */
  function readVersion(): unknown {
    try {
      // With `returnArrays` a row is an array.
      return (dataVersion.get() as unknown as readonly unknown[] | undefined)?.[0];
    } catch {
      return undefined;
    }
  }

  function ask(): void {
    if (isBusy()) return;
    const version = readVersion();
    if (version === undefined || version === known) return;
    known = version;
    for (const listener of listeners) listener();
  }

  return {
    onCommit(listener) {
      listeners.push(listener);
      if (timer) return;
      known = readVersion();
      timer = setInterval(ask, askEveryMs).unref();
    },
    close: () => clearInterval(timer),
  };
}
