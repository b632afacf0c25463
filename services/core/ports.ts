import type { Authenticator } from './caller.ts';
import type { Customer } from './customers/customer.ts';
import type { ErrorCode, ErrorDetails } from './errors.ts';
import type { Event, EventDraft, EventType } from './events/event.ts';
import type { NewId } from './ids.ts';
import type { Allowance, Limiter } from './limiter.ts';
import type { Merchant, StoredApiKey } from './merchants/merchant.ts';
import type { Position } from './page.ts';
import type { Payment, PaymentStatus } from './payments/payment.ts';
import type { Processor } from './processor/processor.ts';
import type { Refund } from './refunds/refund.ts';

/** Reads `limit` rows after a position. Rows come in the order of the sort key, ties by id. */
export interface Window {
  readonly limit: number;
  readonly after?: Position | undefined;
}

export type PaymentSort = 'created_at' | '-created_at' | 'amount' | '-amount';

/** Bounds are inclusive from, exclusive to (`…Before`); amounts inclusive on both sides. */
export interface PaymentFilter {
  readonly status?: PaymentStatus | undefined;
  readonly customer?: string | undefined;
  readonly createdFrom?: number | undefined;
  readonly createdBefore?: number | undefined;
  readonly amountMin?: number | undefined;
  readonly amountMax?: number | undefined;
}

/** The part of a list of payments that one read looked at. */
export interface PaymentRange {
  readonly payments: readonly Payment[];
  /** Where the read stopped before the end of the list; what comes after it was not looked at. */
  readonly stoppedAt?: Position;
}

/** The part of a merchant's log of events that one read looked at. */
export interface EventRange {
  readonly events: readonly Event[];
  /** Everything wanted after the position asked for, up to this sequence, is in `events`. */
  readonly through: number;
  /** False when `through` is the end of the log; true when the log goes on, or may. */
  readonly hasMore: boolean;
}

/** How a call ended, as kept for its idempotency key. `output` is the operation's own output. */
export type Outcome =
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
  /** Absent while the call waits for the card network. */
  readonly outcome: Outcome | null;
  /** Id of the resource that the call made or changed; resumes a call that was cut off. */
  readonly resourceId: string;
  /** While later than now, the first call counts as still running; milliseconds since 1970. */
  readonly leaseUntil: number;
  readonly expiresAt: number;
}

/**
 * Reads. Each call is one database query. Everything is asked for one merchant: another
 * merchant's id finds nothing. Lists of ids are answered in no particular order.
 */
export interface Reads {
  apiKeyByHash(hash: string): Promise<StoredApiKey | undefined>;
  payment(merchantId: string, id: string): Promise<Payment | undefined>;
  payments(merchantId: string, ids: readonly string[]): Promise<readonly Payment[]>;
  /**
   * Looks at 2,000 payments at most where no index answers filter and sort, so it may find fewer
   * than `limit` before the end of the list.
   */
  listPayments(
    merchantId: string,
    filter: PaymentFilter,
    sort: PaymentSort,
    window: Window,
  ): Promise<PaymentRange>;
  refund(merchantId: string, id: string): Promise<Refund | undefined>;
  /** Newest first. Only of one payment, where given. `after.value` is not used. */
  listRefunds(
    merchantId: string,
    filter: { readonly payment?: string | undefined },
    window: Window,
  ): Promise<readonly Refund[]>;
  /** The newest `limitEach` refunds of each payment. */
  refundsOfPayments(
    merchantId: string,
    paymentIds: readonly string[],
    limitEach: number,
  ): Promise<readonly Refund[]>;
  customer(merchantId: string, id: string): Promise<Customer | undefined>;
  customers(merchantId: string, ids: readonly string[]): Promise<readonly Customer[]>;
  /** Newest first. `after.value` is not used. */
  listCustomers(
    merchantId: string,
    filter: { readonly email?: string | undefined },
    window: Window,
  ): Promise<readonly Customer[]>;
  /**
   * Events with a sequence above `after`, oldest first; all types when `types` is empty. Looks at
   * 2,000 sequences at most, so it may find fewer events than `limit` before the end of the log.
   */
  eventsAfter(
    merchantId: string,
    after: number,
    types: readonly EventType[],
    limit: number,
  ): Promise<EventRange>;
  /** Sequence of the merchant's newest event; 0 where there is none. */
  lastSequence(merchantId: string): Promise<number>;
  /** Undefined also when the record expired before `nowMs`. */
  idempotencyRecord(
    merchantId: string,
    key: string,
    nowMs: number,
  ): Promise<IdempotencyRecord | undefined>;
}

/** Reads and writes that are committed together or not at all. */
export interface Transaction extends Reads {
  insertMerchant(merchant: Merchant): Promise<void>;
  insertApiKey(key: StoredApiKey): Promise<void>;
  /** @returns the key, or undefined when the merchant has no such key */
  revokeApiKey(merchantId: string, id: string, nowMs: number): Promise<StoredApiKey | undefined>;
  /** @param settleAt when the card network is to be asked again; null: nothing is open */
  insertPayment(merchantId: string, payment: Payment, settleAt: number | null): Promise<void>;
  /** Replaces the row of `payment.id`. */
  updatePayment(merchantId: string, payment: Payment, settleAt: number | null): Promise<void>;
  insertRefund(merchantId: string, refund: Refund): Promise<void>;
  insertCustomer(merchantId: string, customer: Customer): Promise<void>;
  /** Gives the event the merchant's next sequence; announced to `onCommit` after the commit. */
  appendEvent(merchantId: string, draft: EventDraft): Promise<Event>;
  /** Inserts or replaces. */
  putIdempotencyRecord(merchantId: string, record: IdempotencyRecord): Promise<void>;
}

export interface CommittedEvents {
  readonly merchantId: string;
  readonly events: readonly Event[];
}

/** Whether the database can be used, and what keeps it from that in a few plain words. */
export type Readiness =
  | { readonly ready: true }
  | {
      readonly ready: false;
      readonly reason: 'locked' | 'full' | 'damaged' | 'unavailable';
      readonly message: string;
    };

/** The database. */
export interface Store {
  readonly read: Reads;
  /**
   * Runs `work` in a transaction; resolves after the commit is durable. Several may share a
   * commit, but one that throws is undone alone, and its promise rejects with what it threw.
   *
   * @throws PaymentsError `overloaded` where another process held the database for too long: the
   *   work was then not begun
   */
  write<Result>(work: (tx: Transaction) => Promise<Result>): Promise<Result>;
  /** Calls `listener` after each commit that appended events, in order of sequence. */
  onCommit(listener: (committed: CommittedEvents) => void): void;
  /** Calls `listener` within half a second after another process committed to the database. */
  onForeignCommit(listener: () => void): void;
  /** Those of `hashes` whose key exists and is not revoked. */
  keysInForce(hashes: readonly string[]): Promise<readonly string[]>;
  /** Payments whose `settleAt` is at or before `nowMs`, across merchants. */
  duePayments(
    nowMs: number,
    limit: number,
  ): Promise<readonly { readonly merchantId: string; readonly payment: Payment }[]>;
  /** The earliest open `settleAt`; undefined when nothing is open. */
  nextSettlementAt(): Promise<number | undefined>;
  merchant(id: string): Promise<Merchant | undefined>;
  /** A random secret of 32 bytes kept under this name, made at its first use. */
  secret(name: string): Promise<Uint8Array>;
  /** Deletes idempotency records that expired before `nowMs`. */
  deleteExpiredRecords(nowMs: number): Promise<number>;
  /**
   * Database statements executed so far for calls: those that open and close transactions apart,
   * and the background's `keysInForce`, `duePayments`, `nextSettlementAt`, `deleteExpiredRecords`.
   */
  readonly queryCount: number;
  /**
   * Whether the database takes and keeps a commit now. Never rejects, and can be asked as often as
   * one likes: it is probed once a second at most. Answers after 2 s while it is locked.
   */
  ready(): Promise<Readiness>;
  close(): Promise<void>;
}

/** Time. The one in use is `Date.now`; tests and the importer bring their own. */
export interface Clock {
  /** Milliseconds since 1970 UTC. */
  now(): number;
}

/** What logs and metrics get of every call that ended. Holds no secret and no input. */
export interface CallRecord {
  readonly operation: string;
  readonly code: ErrorCode | 'ok';
  readonly requestId: string;
  readonly traceparent: string | undefined;
  readonly merchantId: string | undefined;
  readonly durationMicros: number;
  /** The failure behind `internal`. */
  readonly cause?: unknown;
}

/** All that core needs from outside. */
export interface Ports {
  readonly store: Store;
  readonly clock: Clock;
  readonly newId: NewId;
  /** 32 random characters, for secrets. */
  readonly newSecret: () => string;
  readonly authenticator: Authenticator;
  readonly limiter: Limiter;
  /**
   * Limits failures by address, before a key is known; addresses are not limited if omitted. A
   * limiter of its own, because anybody can fill its memory.
   */
  readonly failures?: {
    readonly limiter: Pick<Limiter, 'take'>;
    readonly allowance: Allowance;
  };
  readonly processor: Processor;
  /** Key of the cursors' HMAC, 32 bytes. */
  readonly cursorSecret: Uint8Array;
  readonly record?: (call: CallRecord) => void;
}
