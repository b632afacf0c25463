import type { Currency } from '../money.ts';

/** A refund of a payment. `amount` is minor units of `currency`; times are ms since 1970 UTC. */
export interface Refund {
  readonly id: string;
  /** Id of the payment. */
  readonly payment: string;
  readonly amount: number;
  readonly currency: Currency;
  readonly reason: string | null;
  readonly createdAt: number;
}
