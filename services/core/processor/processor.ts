import type { Currency } from '../money.ts';
import type { DeclineCode, PaymentMethod } from '../payments/payment.ts';

/** A request to the card network. `paymentId` makes it safe to repeat. */
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
  /** The network did not respond, so it is unknown whether it charged; ask `lookUp`. */
  | { readonly kind: 'timeout'; readonly retryAtMs: number };

/** The card network. */
export interface Processor {
  /** Charges the card. Repeating it with the same `paymentId` never charges twice. */
  charge(charge: Charge, signal?: AbortSignal): Promise<ChargeOutcome>;
  /** Returns the outcome of a charge that was pending or timed out. */
  lookUp(charge: Charge): Promise<ChargeOutcome>;
}
