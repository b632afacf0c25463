import type { CustomerReads, CustomerWrites } from './customers/store.ts';
import type { Commits, EventReads, EventWrites } from './events/store.ts';
import type { ExpiredRecords, IdempotencyReads, IdempotencyWrites } from './idempotency-records.ts';
import type { Merchant } from './merchants/merchant.ts';
import type { Accounts, KeyWrites } from './merchants/store.ts';
import type { OpenSettlements, PaymentReads, PaymentWrites } from './payments/store.ts';
import type { RefundReads, RefundWrites } from './refunds/store.ts';

/** Reads of one merchant: ids of others find nothing. Each call is one database query. */
export interface MerchantReads
  extends PaymentReads,
    RefundReads,
    CustomerReads,
    EventReads,
    IdempotencyReads {}

/** Reads and writes of one merchant that are committed together or not at all. */
export interface MerchantTransaction
  extends MerchantReads,
    PaymentWrites,
    RefundWrites,
    CustomerWrites,
    EventWrites,
    KeyWrites,
    IdempotencyWrites {}

export interface Transaction {
  of(merchantId: string): MerchantTransaction;
  insertMerchant(merchant: Merchant): Promise<void>;
}

/** Queries across merchants. Everything else goes through `of`. */
export interface AcrossMerchants extends Accounts, OpenSettlements, ExpiredRecords {
  /** A random 32-byte secret stored under this name, created at its first use. */
  secret(name: string): Promise<Uint8Array>;
}

/** Whether the database can be used; if not, a short reason in plain words. */
export type Readiness =
  | { readonly ready: true }
  | {
      readonly ready: false;
      readonly reason: 'locked' | 'full' | 'damaged' | 'unavailable';
      readonly message: string;
    };

/** The database. */
export interface Store extends Commits {
  /** Returns the merchant's data, as committed. Cheap: allocates an object of one field. */
  of(merchantId: string): MerchantReads;
  readonly across: AcrossMerchants;
  /**
   * Runs `work` in a transaction; resolves after the commit is durable. Several may share a commit,
   * but one that throws is undone alone, and its promise rejects with what it threw.
   *
   * @throws PaymentsError `overloaded` if another process held the database for too long: the work
   *   was then not begun
   */
  write<Result>(work: (tx: Transaction) => Promise<Result>): Promise<Result>;
  /**
   * Database statements executed so far for calls. Excludes those that open and close transactions,
   * and those of work between calls (`keysInForce`, `OpenSettlements`, `ExpiredRecords`).
   */
  readonly queryCount: number;
  /**
   * Whether the database takes and keeps a commit now. Never rejects, and can be called as often as
   * needed: the database is probed at most once a second. Resolves after 2 s while it is locked.
   */
  ready(): Promise<Readiness>;
  close(): Promise<void>;
}
