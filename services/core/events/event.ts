import type { Customer } from '../customers/customer.ts';
import type { Scope } from '../merchants/merchant.ts';
import type { Payment } from '../payments/payment.ts';
import type { Refund } from '../refunds/refund.ts';

export const eventTypes = [
  'customer.created',
  'payment.created',
  'payment.processing',
  'payment.authorized',
  'payment.succeeded',
  'payment.failed',
  'payment.canceled',
  'payment.refunded',
  'refund.created',
] as const;

export type EventType = (typeof eventTypes)[number];

/** The scope that a key needs beside `events:read` to see events of a type: the resource's. */
export const scopeOfEvents: Readonly<Record<EventType, Scope>> = {
  'customer.created': 'customers:read',
  'payment.created': 'payments:read',
  'payment.processing': 'payments:read',
  'payment.authorized': 'payments:read',
  'payment.succeeded': 'payments:read',
  'payment.failed': 'payments:read',
  'payment.canceled': 'payments:read',
  'payment.refunded': 'payments:read',
  'refund.created': 'payments:read',
};

/** The resource as it stood right after the change. */
export type EventData =
  | { readonly kind: 'payment'; readonly payment: Payment }
  | { readonly kind: 'refund'; readonly refund: Refund }
  | { readonly kind: 'customer'; readonly customer: Customer };

/**
 * Something that happened. `sequence` counts the events of one merchant from 1 without a gap, so
 * that a stream resumes exactly where it was cut. `createdAt` is milliseconds since 1970 UTC.
 */
export interface Event {
  readonly id: string;
  readonly sequence: number;
  readonly type: EventType;
  readonly createdAt: number;
  readonly data: EventData;
}

/** The resource that an event shows. */
export function resourceOf({ data }: Pick<Event, 'data'>): Payment | Refund | Customer {
  switch (data.kind) {
    case 'payment':
      return data.payment;
    case 'refund':
      return data.refund;
    case 'customer':
      return data.customer;
  }
}

/** An event before its place in the sequence is known. */
export type EventDraft = Omit<Event, 'sequence'>;
