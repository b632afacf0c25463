import type { Customer } from '../../core/customers/customer.ts';
import {
  type Event,
  type EventData,
  type EventKind,
  type EventResources,
  eventKinds,
  resourceOf,
} from '../../core/events/event.ts';
import type { ApiKey, CreatedKey } from '../../core/merchants/merchant.ts';
import type { Currency } from '../../core/money.ts';
import type { ResourceName, Resources } from '../../core/output.ts';
import type { Payment, PaymentMethod } from '../../core/payments/payment.ts';
import type { Refund } from '../../core/refunds/refund.ts';
import { captureMethod, declineCode, eventType, paymentStatus, scope } from './enums.ts';
import type {
  Customer__Output,
  Customer as CustomerMessage,
} from './generated/payments/v1/Customer.ts';
import type { Event__Output, Event as EventMessage } from './generated/payments/v1/Event.ts';
import type { Key__Output, Key as KeyMessage } from './generated/payments/v1/Key.ts';
import type {
  Payment__Output,
  Payment as PaymentMessage,
} from './generated/payments/v1/Payment.ts';
import type { Refund__Output, Refund as RefundMessage } from './generated/payments/v1/Refund.ts';
import { decodeTime, encodeTime, requireTime } from './timestamp.ts';

/** Resources as messages of payments.v1, for gRPC and for `application/protobuf` in REST. */

/** Methods, not properties: a codec then fits where the type of its message is not known. */
export interface MessageCodec<Value> {
  /** @param ids the requested ids, if the output has one result for each */
  encode(value: Value, ids?: readonly string[]): object;
  decode(message: object): Value;
}

/** AIP-154: the version counts every change, so that quoting it makes a strong etag. */
export const etagOf = (payment: Payment): string => `"${payment.version}"`;

export function encodePayment(payment: Payment): PaymentMessage {
  const { customer, description, failure } = payment;
  const message: PaymentMessage = {
    id: payment.id,
    amount: payment.amount,
    amountCaptured: payment.amountCaptured,
    amountRefunded: payment.amountRefunded,
    currency: payment.currency,
    status: paymentStatus.names[payment.status],
    captureMethod: captureMethod.names[payment.captureMethod],
    paymentMethod: payment.paymentMethod,
    metadata: payment.metadata,
    createdAt: encodeTime(payment.createdAt),
    updatedAt: encodeTime(payment.updatedAt),
    version: payment.version,
    etag: etagOf(payment),
  };
  if (customer !== null) message.customer = customer;
  if (description !== null) message.description = description;
  if (failure) {
    message.failure = { code: declineCode.names[failure.code], message: failure.message };
  }
  return message;
}

export const decodePayment = (message: Payment__Output): Payment => ({
  id: message.id,
  amount: message.amount,
  amountCaptured: message.amountCaptured,
  amountRefunded: message.amountRefunded,
  // Our server only sends values of the core.
  currency: message.currency as Currency,
  status: paymentStatus.answered(message.status),
  captureMethod: captureMethod.answered(message.captureMethod),
  customer: message.customer ?? null,
  paymentMethod: message.paymentMethod as PaymentMethod,
  description: message.description ?? null,
  metadata: message.metadata,
  failure: message.failure && {
    code: declineCode.answered(message.failure.code),
    message: message.failure.message,
  },
  createdAt: requireTime(message.createdAt),
  updatedAt: requireTime(message.updatedAt),
  version: message.version,
});

export function encodeRefund(refund: Refund): RefundMessage {
  const message: RefundMessage = {
    id: refund.id,
    payment: refund.payment,
    amount: refund.amount,
    currency: refund.currency,
    createdAt: encodeTime(refund.createdAt),
  };
  if (refund.reason !== null) message.reason = refund.reason;
  return message;
}

export const decodeRefund = (message: Refund__Output): Refund => ({
  id: message.id,
  payment: message.payment,
  amount: message.amount,
  // Our server only sends values of the core.
  currency: message.currency as Currency,
  reason: message.reason ?? null,
  createdAt: requireTime(message.createdAt),
});

export function encodeCustomer(customer: Customer): CustomerMessage {
  const message: CustomerMessage = {
    id: customer.id,
    name: customer.name,
    metadata: customer.metadata,
    createdAt: encodeTime(customer.createdAt),
  };
  if (customer.email !== null) message.email = customer.email;
  if (customer.country !== null) message.country = customer.country;
  return message;
}

export const decodeCustomer = (message: Customer__Output): Customer => ({
  id: message.id,
  name: message.name,
  email: message.email ?? null,
  country: message.country ?? null,
  metadata: message.metadata,
  createdAt: requireTime(message.createdAt),
});

const eventResources = {
  payment: { encode: encodePayment, decode: decodePayment },
  refund: { encode: encodeRefund, decode: decodeRefund },
  customer: { encode: encodeCustomer, decode: decodeCustomer },
} satisfies { readonly [Kind in EventKind]: MessageCodec<EventResources[Kind]> };

function decodeData(message: Event__Output): EventData {
  const kind = eventKinds.find((known) => message[known]);
  // A resource of a newer contract, which generated code ignores.
  if (kind === undefined) return { kind: 'unknown' } as never;
  // Kind and resource are a pair; a union of such pairs cannot say so, here and below.
  return { kind, [kind]: eventResources[kind].decode(message[kind] as never) } as never;
}

export function encodeEvent(event: Event): EventMessage {
  const { kind } = event.data;
  return {
    id: event.id,
    sequence: event.sequence,
    type: eventType.names[event.type],
    createdAt: encodeTime(event.createdAt),
    [kind]: eventResources[kind].encode(resourceOf(event) as never),
  };
}

export const decodeEvent = (message: Event__Output): Event => ({
  id: message.id,
  sequence: message.sequence,
  type: eventType.answered(message.type),
  createdAt: requireTime(message.createdAt),
  data: decodeData(message),
});

function encodeKey(key: ApiKey & { readonly secret?: string | null }): KeyMessage {
  const message: KeyMessage = {
    id: key.id,
    name: key.name,
    scopes: key.scopes.map((word) => scope.names[word]),
    ratePerSecond: key.ratePerSecond,
    burst: key.burst,
    createdAt: encodeTime(key.createdAt),
  };
  if (key.revokedAt !== null) message.revokedAt = encodeTime(key.revokedAt);
  if (typeof key.secret === 'string') message.secret = key.secret;
  return message;
}

const decodeKey = (message: Key__Output): ApiKey => ({
  id: message.id,
  name: message.name,
  scopes: message.scopes.map(scope.answered),
  ratePerSecond: message.ratePerSecond,
  burst: message.burst,
  createdAt: requireTime(message.createdAt),
  revokedAt: message.revokedAt && decodeTime(message.revokedAt),
});

const decodeCreatedKey = (message: Key__Output): CreatedKey => ({
  ...decodeKey(message),
  secret: message.secret ?? null,
});

/** The message of each resource, as it is read. */
export interface Messages {
  readonly payment: Payment__Output;
  readonly refund: Refund__Output;
  readonly customer: Customer__Output;
  readonly event: Event__Output;
  readonly key: Key__Output;
  readonly createdKey: Key__Output;
}

/** One codec a resource. */
export const resources: { readonly [Name in ResourceName]: MessageCodec<Resources[Name]> } = {
  ...eventResources,
  event: { encode: encodeEvent, decode: decodeEvent },
  key: { encode: encodeKey, decode: decodeKey },
  createdKey: { encode: encodeKey, decode: decodeCreatedKey },
};
