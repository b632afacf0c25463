import { PaymentsError } from '../../core/errors.ts';

/** Why SQLite could not execute a valid statement. */
export type Trouble = 'locked' | 'full' | 'damaged' | 'unavailable';

/** Primary result codes: https://sqlite.org/rescode.html */
const troubles: Readonly<Record<number, Trouble>> = {
  5: 'locked', // SQLITE_BUSY
  8: 'unavailable', // SQLITE_READONLY
  10: 'unavailable', // SQLITE_IOERR
  11: 'damaged', // SQLITE_CORRUPT
  13: 'full', // SQLITE_FULL
  14: 'unavailable', // SQLITE_CANTOPEN
  15: 'locked', // SQLITE_PROTOCOL: many others begin to read at once
  26: 'damaged', // SQLITE_NOTADB
};

/** Returns undefined for an error of the statement itself, or one that SQLite did not throw. */
export function troubleOf(error: unknown): Trouble | undefined {
  if (!(error instanceof Error && 'errcode' in error)) return undefined;
  // The primary code is in the lowest byte of an extended one.
  return troubles[Number(error.errcode) & 0xff];
}

const retryAfterMs = 1000;

/** The error for a caller whose statement found the database locked for too long. */
export const lockedError = (): PaymentsError =>
  new PaymentsError(
    'overloaded',
    `Another process holds the database; try again in ${retryAfterMs} ms.`,
    { retryAfterMs },
  );

/** The error for a caller whose call outlived the store, because the server shuts down. */
export const closedError = (): PaymentsError =>
  new PaymentsError('overloaded', `The server is shutting down; try again in ${retryAfterMs} ms.`, {
    retryAfterMs,
  });

/**
 * How to wait for a locked database. SQLite's own wait would block the event loop, and with it
 * every caller; a statement is retried from the event loop instead, which costs microseconds.
 */
export const retryEveryMs = 10;

/** How long a call waits for a database that another process holds. */
export const lockedForMs = 2000;
