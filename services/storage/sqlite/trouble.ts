import { PaymentsError } from '../../core/errors.ts';

/** Why SQLite did not carry out a statement that has nothing wrong with it. */
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

/** Undefined for an error that is the statement's own, or none of SQLite's. */
export function troubleOf(error: unknown): Trouble | undefined {
  if (!(error instanceof Error && 'errcode' in error)) return undefined;
  // The primary code is in the lowest byte of an extended one.
  return troubles[Number(error.errcode) & 0xff];
}

const retryAfterMs = 1000;

/** What a caller gets whose statement found the database locked for too long. */
export const lockedError = (): PaymentsError =>
  new PaymentsError(
    'overloaded',
    `Another process holds the database; try again in ${retryAfterMs} ms.`,
    { retryAfterMs },
  );

/** What a caller gets whose call outlived the store, because the server ends. */
export const closedError = (): PaymentsError =>
  new PaymentsError('overloaded', `The server is shutting down; try again in ${retryAfterMs} ms.`, {
    retryAfterMs,
  });

/**
 * How a locked database is waited for. SQLite's own wait would block the event loop, and with it
 * every caller; a statement is tried again from the event loop instead, which costs microseconds.
 */
export const retryEveryMs = 10;

/** How long a call waits for a database that another process holds. */
export const lockedForMs = 2000;
