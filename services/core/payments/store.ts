import type { Awaitable } from '../awaitable.ts';
import type { Position, Window } from '../page.ts';
import type { Payment, PaymentStatus } from './payment.ts';

export type PaymentSort = 'created_at' | '-created_at' | 'amount' | '-amount';

/** Filters: from bounds are inclusive, `…Before` bounds exclusive, both amount bounds inclusive. */
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
  /** Where the read stopped before the end of the list; what follows was not looked at. */
  readonly stoppedAt?: Position;
}

/** Reads of one merchant's payments. */
export interface PaymentReads {
  payment(id: string): Awaitable<Payment | undefined>;
  /** In no particular order. */
  payments(ids: readonly string[]): Awaitable<readonly Payment[]>;
  /**
   * Looks at no more than 2,000 payments if no index covers filter and sort, so it may find fewer
   * than `limit` before the end of the list.
   */
  listPayments(filter: PaymentFilter, sort: PaymentSort, window: Window): Awaitable<PaymentRange>;
}

export interface PaymentWrites {
  /** @param settleAt when to ask the card network again; null if nothing is open */
  insertPayment(payment: Payment, settleAt: number | null): Promise<void>;
  /** Replaces the row of `payment.id`. */
  updatePayment(payment: Payment, settleAt: number | null): Promise<void>;
}

/** Payments of all merchants that wait for the card network. */
export interface OpenSettlements {
  /** Payments whose `settleAt` is at or before `nowMs`. */
  duePayments(
    nowMs: number,
    limit: number,
  ): Promise<readonly { readonly merchantId: string; readonly payment: Payment }[]>;
  /** The earliest open `settleAt`; undefined if nothing is open. */
  nextSettlementAt(): Promise<number | undefined>;
}
