import type { Currency } from '../core/money.ts';
import type { Page } from '../core/page.ts';
import type { Payment, PaymentMethod } from '../core/payments/payment.ts';
import { captureMethod, declineCode, paymentStatus } from './enums.ts';
import type { BatchGetPaymentsRequest__Output } from './generated/payments/v1/BatchGetPaymentsRequest.ts';
import type {
  BatchGetPaymentsResponse,
  BatchGetPaymentsResponse__Output,
} from './generated/payments/v1/BatchGetPaymentsResponse.ts';
import type { CancelPaymentRequest__Output } from './generated/payments/v1/CancelPaymentRequest.ts';
import type { CapturePaymentRequest__Output } from './generated/payments/v1/CapturePaymentRequest.ts';
import type { ConfirmPaymentRequest__Output } from './generated/payments/v1/ConfirmPaymentRequest.ts';
import type { CreatePaymentRequest__Output } from './generated/payments/v1/CreatePaymentRequest.ts';
import type { GetPaymentIfChangedRequest__Output } from './generated/payments/v1/GetPaymentIfChangedRequest.ts';
import type { GetPaymentIfChangedResponse } from './generated/payments/v1/GetPaymentIfChangedResponse.ts';
import type { GetPaymentRequest__Output } from './generated/payments/v1/GetPaymentRequest.ts';
import type { ListPaymentsRequest__Output } from './generated/payments/v1/ListPaymentsRequest.ts';
import type {
  ListPaymentsResponse,
  ListPaymentsResponse__Output,
} from './generated/payments/v1/ListPaymentsResponse.ts';
import type {
  Payment__Output,
  Payment as PaymentMessage,
} from './generated/payments/v1/Payment.ts';
import { decodePage, pageInput } from './page.ts';
import { decodeTime, encodeTime, requireTime } from './timestamp.ts';
import type { Handler } from './unary.ts';

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

export const decodePayments = (message: BatchGetPaymentsResponse__Output): (Payment | null)[] =>
  message.results.map(({ found }) => (found ? decodePayment(found) : null));

export const decodePaymentPage = (message: ListPaymentsResponse__Output): Page<Payment> =>
  decodePage(message, message.payments.map(decodePayment));

export const createPayment: Handler<CreatePaymentRequest__Output, PaymentMessage> = async (
  core,
  caller,
  { requestId: _key, ...input },
) => {
  const given = { ...input, captureMethod: captureMethod.given(input.captureMethod) };
  return encodePayment(await core.invoke('createPayment', caller, given));
};

export const getPayment: Handler<GetPaymentRequest__Output, PaymentMessage> = async (
  core,
  caller,
  { id },
) => encodePayment(await core.invoke('getPayment', caller, { id }));

export const getPaymentIfChanged: Handler<
  GetPaymentIfChangedRequest__Output,
  GetPaymentIfChangedResponse
> = async (core, caller, { id, etag }) => {
  const payment = await core.invoke('getPayment', caller, { id });
  return etagOf(payment) === etag ? {} : { payment: encodePayment(payment) };
};

export const getPaymentsByIds: Handler<
  BatchGetPaymentsRequest__Output,
  BatchGetPaymentsResponse
> = async (core, caller, { ids }) => {
  const payments = await core.invoke('getPaymentsByIds', caller, { ids });
  return {
    results: payments.map((payment, at) =>
      payment ? { found: encodePayment(payment) } : { missing: ids[at] ?? '' },
    ),
  };
};

/** `amount desc` (AIP-132) as the core's `-amount`; what is neither is left for core to refuse. */
const sortOf = (orderBy: string): string | undefined =>
  orderBy === '' ? undefined : orderBy.trim().replace(/^(\S+)\s+desc$/, '-$1');

export const listPayments: Handler<ListPaymentsRequest__Output, ListPaymentsResponse> = async (
  core,
  caller,
  request,
) => {
  const { createdFrom, createdBefore } = request;
  const page = await core.invoke('listPayments', caller, {
    ...pageInput(request),
    status: paymentStatus.given(request.status),
    customer: request.customer,
    createdFrom: createdFrom ? decodeTime(createdFrom) : undefined,
    createdBefore: createdBefore ? decodeTime(createdBefore) : undefined,
    amountMin: request.amountMin,
    amountMax: request.amountMax,
    sort: sortOf(request.orderBy),
  });
  return { payments: page.items.map(encodePayment), nextPageToken: page.nextCursor ?? '' };
};

export const confirmPayment: Handler<ConfirmPaymentRequest__Output, PaymentMessage> = async (
  core,
  caller,
  { id },
) => encodePayment(await core.invoke('confirmPayment', caller, { id }));

export const capturePayment: Handler<CapturePaymentRequest__Output, PaymentMessage> = async (
  core,
  caller,
  { id, amount },
) => encodePayment(await core.invoke('capturePayment', caller, { id, amount }));

export const cancelPayment: Handler<CancelPaymentRequest__Output, PaymentMessage> = async (
  core,
  caller,
  { id },
) => encodePayment(await core.invoke('cancelPayment', caller, { id }));
