import type { Awaitable } from '../awaitable.ts';
import type { Window } from '../page.ts';
import type { Refund } from './refund.ts';

/** Reads of one merchant's refunds. */
export interface RefundReads {
  refund(id: string): Awaitable<Refund | undefined>;
  /** Newest first; only of one payment, if given. `after.value` is not used. */
  listRefunds(
    filter: { readonly payment?: string | undefined },
    window: Window,
  ): Awaitable<readonly Refund[]>;
  /** The newest `limitEach` refunds of each payment. */
  refundsOfPayments(paymentIds: readonly string[], limitEach: number): Awaitable<readonly Refund[]>;
}

export interface RefundWrites {
  insertRefund(refund: Refund): Promise<void>;
}
