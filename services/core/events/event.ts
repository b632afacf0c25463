import type { Customer } from '../customers/customer.ts';
import type { Scope } from '../merchants/merchant.ts';
import type { Payment } from '../payments/payment.ts';
import type { Refund } from '../refunds/refund.ts';

/** The resources that events show, by kind: the part of a type before its dot. */
export interface EventResources {
  readonly payment: Payment;
  readonly refund: Refund;
  readonly customer: Customer;
}

export type EventKind = keyof EventResources;

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
] as const satisfies readonly `${EventKind}.${string}`[];

export type EventType = (typeof eventTypes)[number];

/**
 * The scope that a key needs beside `events:read` to see events of a kind: that of the resource.
 */
const scopeOfKind: Readonly<Record<EventKind, Scope>> = {
  payment: 'payments:read',
  refund: 'payments:read',
  customer: 'customers:read',
};

/** In the order in which contracts name them. */
export const eventKinds = Object.keys(scopeOfKind) as readonly EventKind[];

export const scopeOfEvents = (type: EventType): Scope =>
  // Every type starts with its kind.
  scopeOfKind[type.slice(0, type.indexOf('.')) as EventKind];

/** The resource as it was right after the change, under its kind. */
export type EventData = {
  readonly [Kind in EventKind]: { readonly kind: Kind } & Pick<EventResources, Kind>;
}[EventKind];

/**
 * A change of a resource. `sequence` counts the events of one merchant from 1 without a gap, so
 * that a stream resumes exactly where it was cut. `createdAt` is milliseconds since 1970 UTC.
 */
export interface Event {
  readonly id: string;
  readonly sequence: number;
  readonly type: EventType;
  readonly createdAt: number;
  readonly data: EventData;
}

/** Returns the resource that an event shows. */
export const resourceOf = ({ data }: Pick<Event, 'data'>): EventResources[EventKind] =>
  // The data has its resource under its kind; a union of such pairs cannot say so.
  (data as EventResources & EventData)[data.kind];

/** An event before its place in the sequence is known. */
export type EventDraft = Omit<Event, 'sequence'>;
