import type { Currency } from '../money.ts';

export const paymentStatuses = [
  'requires_confirmation',
  'processing',
  'requires_capture',
  'succeeded',
  'partially_refunded',
  'refunded',
  'failed',
  'canceled',
] as const;

export type PaymentStatus = (typeof paymentStatuses)[number];

export const captureMethods = ['automatic', 'manual'] as const;
export type CaptureMethod = (typeof captureMethods)[number];

export const paymentMethods = [
  'pm_card_ok',
  'pm_card_declined',
  'pm_card_insufficient_funds',
  'pm_card_expired',
  'pm_card_slow',
  'pm_card_unavailable',
  'pm_card_timeout',
] as const;
export type PaymentMethod = (typeof paymentMethods)[number];

export const declineCodes = ['card_declined', 'insufficient_funds', 'card_expired'] as const;
export type DeclineCode = (typeof declineCodes)[number];

/** The final reason why a payment failed. */
export interface PaymentFailure {
  readonly code: DeclineCode;
  readonly message: string;
}

/** A payment. Amounts are minor units of `currency`; times are milliseconds since 1970 UTC. */
export interface Payment {
  readonly id: string;
  readonly amount: number;
  readonly amountCaptured: number;
  readonly amountRefunded: number;
  readonly currency: Currency;
  readonly status: PaymentStatus;
  readonly captureMethod: CaptureMethod;
  /** Id of the customer. */
  readonly customer: string | null;
  readonly paymentMethod: PaymentMethod;
  readonly description: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly failure: PaymentFailure | null;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** Counts the changes, from 1. */
  readonly version: number;
}

export type PaymentAction = 'confirm' | 'capture' | 'cancel' | 'refund';

const actionsByStatus: Readonly<Record<PaymentStatus, readonly PaymentAction[]>> = {
  requires_confirmation: ['confirm', 'cancel'],
  processing: [],
  requires_capture: ['capture', 'cancel'],
  succeeded: ['refund'],
  partially_refunded: ['refund'],
  refunded: [],
  failed: [],
  canceled: [],
};

/**
 * The actions that the payment's state allows now: the source of the rules and of REST's links
 * alike.
 */
export const actionsOf = (status: PaymentStatus): readonly PaymentAction[] =>
  actionsByStatus[status];
