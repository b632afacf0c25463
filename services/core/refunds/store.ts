import type { Window } from '../page.ts';
import type { Refund } from './refund.ts';

/** Reads of one merchant's refunds. */
export interface RefundReads {
  refund(id: string): Promise<Refund | undefined>;
  /** Newest first. Only of one payment, where given. `after.value` is not used. */
  listRefunds(
    filter: { readonly payment?: string | undefined },
    window: Window,
  ): Promise<readonly Refund[]>;
  /** The newest `limitEach` refunds of each payment. */
  refundsOfPayments(paymentIds: readonly string[], limitEach: number): Promise<readonly Refund[]>;
}

export interface RefundWrites {
  insertRefund(refund: Refund): Promise<void>;
}
