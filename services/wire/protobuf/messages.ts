import type { Customer } from '../../core/customers/customer.ts';
import type { Currency } from '../../core/money.ts';
import type { Page } from '../../core/page.ts';
import type { Payment, PaymentMethod } from '../../core/payments/payment.ts';
import type { Refund } from '../../core/refunds/refund.ts';
import { captureMethod, declineCode, paymentStatus } from './enums.ts';
import type {
  BatchGetCustomersResponse,
  BatchGetCustomersResponse__Output,
} from './generated/payments/v1/BatchGetCustomersResponse.ts';
import type {
  BatchGetPaymentsResponse,
  BatchGetPaymentsResponse__Output,
} from './generated/payments/v1/BatchGetPaymentsResponse.ts';
import type {
  BatchListRefundsResponse,
  BatchListRefundsResponse__Output,
} from './generated/payments/v1/BatchListRefundsResponse.ts';
import type { CreatePaymentRequest__Output } from './generated/payments/v1/CreatePaymentRequest.ts';
import type {
  Customer__Output,
  Customer as CustomerMessage,
} from './generated/payments/v1/Customer.ts';
import type {
  ListCustomersResponse,
  ListCustomersResponse__Output,
} from './generated/payments/v1/ListCustomersResponse.ts';
import type {
  ListPaymentsResponse,
  ListPaymentsResponse__Output,
} from './generated/payments/v1/ListPaymentsResponse.ts';
import type {
  ListRefundsResponse,
  ListRefundsResponse__Output,
} from './generated/payments/v1/ListRefundsResponse.ts';
import type {
  Payment__Output,
  Payment as PaymentMessage,
} from './generated/payments/v1/Payment.ts';
import type { Refund__Output, Refund as RefundMessage } from './generated/payments/v1/Refund.ts';
import { encodeTime, requireTime } from './timestamp.ts';

/** Resources as messages of payments.v1, for gRPC and for `application/protobuf` in REST. */

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
  // What our server sends is one of the core's.
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

/** The operation's input; the idempotency key in the message is the room's to read. */
export const decodeCreatePayment = ({
  requestId: _key,
  ...input
}: CreatePaymentRequest__Output) => ({
  ...input,
  captureMethod: captureMethod.given(input.captureMethod),
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
  // What our server sends is one of the core's.
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

/** One result for each id, in the order asked: the item, or its id where there is none. */
const encodeFound = <Item, Message>(
  items: readonly (Item | null)[],
  ids: readonly string[],
  encode: (item: Item) => Message,
): ({ found: Message } | { missing: string })[] =>
  items.map((item, at) => (item ? { found: encode(item) } : { missing: ids[at] ?? '' }));

/** @param ids those asked for, as many as `payments` */
export const encodePayments = (
  payments: readonly (Payment | null)[],
  ids: readonly string[],
): BatchGetPaymentsResponse => ({ results: encodeFound(payments, ids, encodePayment) });

export const decodePayments = (message: BatchGetPaymentsResponse__Output): (Payment | null)[] =>
  message.results.map(({ found }) => (found ? decodePayment(found) : null));

/** @param ids those asked for, as many as `customers` */
export const encodeCustomers = (
  customers: readonly (Customer | null)[],
  ids: readonly string[],
): BatchGetCustomersResponse => ({ results: encodeFound(customers, ids, encodeCustomer) });

export const decodeCustomers = (message: BatchGetCustomersResponse__Output): (Customer | null)[] =>
  message.results.map(({ found }) => (found ? decodeCustomer(found) : null));

/** A page of a list; no token stands for the last one (AIP-158). */
export const decodePage = <Item>(
  { nextPageToken }: { readonly nextPageToken: string },
  items: readonly Item[],
): Page<Item> => ({
  items,
  hasMore: nextPageToken !== '',
  nextCursor: nextPageToken === '' ? null : nextPageToken,
});

export const encodePaymentPage = (page: Page<Payment>): ListPaymentsResponse => ({
  payments: page.items.map(encodePayment),
  nextPageToken: page.nextCursor ?? '',
});

export const decodePaymentPage = (message: ListPaymentsResponse__Output): Page<Payment> =>
  decodePage(message, message.payments.map(decodePayment));

export const encodeRefundPage = (page: Page<Refund>): ListRefundsResponse => ({
  refunds: page.items.map(encodeRefund),
  nextPageToken: page.nextCursor ?? '',
});

export const decodeRefundPage = (message: ListRefundsResponse__Output): Page<Refund> =>
  decodePage(message, message.refunds.map(decodeRefund));

export const encodeRefundPages = (pages: readonly Page<Refund>[]): BatchListRefundsResponse => ({
  payments: pages.map(encodeRefundPage),
});

export const decodeRefundPages = (message: BatchListRefundsResponse__Output): Page<Refund>[] =>
  message.payments.map(decodeRefundPage);

export const encodeCustomerPage = (page: Page<Customer>): ListCustomersResponse => ({
  customers: page.items.map(encodeCustomer),
  nextPageToken: page.nextCursor ?? '',
});

export const decodeCustomerPage = (message: ListCustomersResponse__Output): Page<Customer> =>
  decodePage(message, message.customers.map(decodeCustomer));
