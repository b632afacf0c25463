import type { Awaitable } from './awaitable.ts';
import type { ErrorCode, ErrorDetails } from './errors.ts';

/** How a call ended, as stored for its idempotency key. `output` is the operation's own output. */
export type CallOutcome =
  | { readonly ok: true; readonly output: unknown }
  | {
      readonly ok: false;
      readonly code: ErrorCode;
      readonly message: string;
      readonly details: ErrorDetails;
    };

/** One use of an idempotency key by one merchant. */
export interface IdempotencyRecord {
  readonly key: string;
  /** SHA-256 of operation and validated input. */
  readonly fingerprint: string;
  /** Null while the call waits for the card network. */
  readonly outcome: CallOutcome | null;
  /** Id of the resource that the call made or changed; resumes a call that was cut off. */
  readonly resourceId: string;
  /** While later than now, the first call counts as still running; milliseconds since 1970. */
  readonly leaseUntil: number;
  readonly expiresAt: number;
}

/** Reads of one merchant's idempotency records. */
export interface IdempotencyReads {
  /** Undefined also when the record expired before `nowMs`. */
  idempotencyRecord(key: string, nowMs: number): Awaitable<IdempotencyRecord | undefined>;
}

export interface IdempotencyWrites {
  /** Inserts or replaces. */
  putIdempotencyRecord(record: IdempotencyRecord): Promise<void>;
}

/** Expired records of all merchants. */
export interface ExpiredRecords {
  /** Deletes idempotency records that expired before `nowMs`; returns how many. */
  deleteExpiredRecords(nowMs: number): Promise<number>;
}
