import type { DatabaseSync } from 'node:sqlite';

/** How often the file is asked whether another process committed to it. */
const askEveryMs = 250;

/** Notices what other processes, and other connections of this one, commit to the same file. */
export interface ForeignCommits {
  onCommit(listener: () => void): void;
  close(): void;
}

/**
 * SQLite reports no commit of another connection, but counts them in `data_version`
 * (https://sqlite.org/pragma.html#pragma_data_version), which costs microseconds to read. Nothing
 * is read before somebody listens.
 *
 * @param isBusy whether a transaction is open: what is committed elsewhere is not visible in it
 */
export function watchForeignCommits(database: DatabaseSync, isBusy: () => boolean): ForeignCommits {
  const listeners: (() => void)[] = [];
  const dataVersion = database.prepare('pragma data_version', { returnArrays: true });
  let known: unknown;
  let timer: NodeJS.Timeout | undefined;

  /** Undefined where the file cannot be read now: the next turn asks again. */
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
