import type { z } from 'zod';
import {
  createCustomer,
  getCustomer,
  getCustomersByIds,
  listCustomers,
} from './customers/operations.ts';
import { listEvents, watchEvents } from './events/operations.ts';
import { createKey, revokeKey } from './merchants/operations.ts';
import {
  cancelPayment,
  capturePayment,
  confirmPayment,
  createPayment,
  getPayment,
  getPaymentsByIds,
  listPayments,
} from './payments/operations.ts';
import {
  getRefund,
  getRefundsByPaymentIds,
  listRefunds,
  refundPayment,
} from './refunds/operations.ts';

/** Everything that this system can do. Rooms, contracts and tests read this list. */
export const operations = {
  createPayment,
  getPayment,
  getPaymentsByIds,
  listPayments,
  confirmPayment,
  capturePayment,
  cancelPayment,
  refundPayment,
  getRefund,
  listRefunds,
  getRefundsByPaymentIds,
  createCustomer,
  getCustomer,
  getCustomersByIds,
  listCustomers,
  listEvents,
  watchEvents,
  createKey,
  revokeKey,
} as const;

export type Operations = typeof operations;
export type OperationName = keyof Operations;
export type StreamName = 'watchEvents';
/** Operations that answer once. */
export type CallName = Exclude<OperationName, StreamName>;

/** What a caller gives; defaults may be left out. */
export type InputOf<Name extends OperationName> = z.input<Operations[Name]['input']>;

/** What a call answers. */
export type OutputOf<Name extends CallName> = Awaited<ReturnType<Operations[Name]['run']>>;
