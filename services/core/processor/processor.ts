import type { Currency } from '../money.ts';
import type { DeclineCode, PaymentMethod } from '../payments/payment.ts';

/** What the card network is asked. `paymentId` makes asking again harmless. */
export interface Charge {
  readonly paymentId: string;
  readonly amount: number;
  readonly currency: Currency;
  readonly paymentMethod: PaymentMethod;
}

export type ChargeOutcome =
  | { readonly kind: 'approved' }
  | { readonly kind: 'declined'; readonly code: DeclineCode; readonly message: string }
  /** The network will know later; ask `lookUp` from then on. */
  | { readonly kind: 'pending'; readonly retryAtMs: number }
  /** The network could not be reached: certainly nothing was charged. */
  | { readonly kind: 'unavailable' }
  /** The network did not answer: whether it charged is not known; ask `lookUp`. */
  | { readonly kind: 'timeout'; readonly retryAtMs: number };

/** The card network. */
export interface Processor {
  /** Asks for the money; repeating it with the same `paymentId` never charges twice. */
  charge(charge: Charge, signal?: AbortSignal): Promise<ChargeOutcome>;
  /** What became of a charge that was pending or timed out. */
  lookUp(charge: Charge): Promise<ChargeOutcome>;
}
