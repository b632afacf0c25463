import { expectedOneOf, type Violation } from '../core/errors.ts';
import { excerpt } from '../core/validate.ts';
import { paymentOrders, paymentStatus } from '../wire/protobuf/enums.ts';
import type { BatchGetPaymentsRequest__Output } from '../wire/protobuf/generated/payments/v1/BatchGetPaymentsRequest.ts';
import type { BatchGetPaymentsResponse } from '../wire/protobuf/generated/payments/v1/BatchGetPaymentsResponse.ts';
import type { CancelPaymentRequest__Output } from '../wire/protobuf/generated/payments/v1/CancelPaymentRequest.ts';
import type { CapturePaymentRequest__Output } from '../wire/protobuf/generated/payments/v1/CapturePaymentRequest.ts';
import type { ConfirmPaymentRequest__Output } from '../wire/protobuf/generated/payments/v1/ConfirmPaymentRequest.ts';
import type { CreatePaymentRequest__Output } from '../wire/protobuf/generated/payments/v1/CreatePaymentRequest.ts';
import type { GetPaymentIfChangedRequest__Output } from '../wire/protobuf/generated/payments/v1/GetPaymentIfChangedRequest.ts';
import type { GetPaymentIfChangedResponse } from '../wire/protobuf/generated/payments/v1/GetPaymentIfChangedResponse.ts';
import type { GetPaymentRequest__Output } from '../wire/protobuf/generated/payments/v1/GetPaymentRequest.ts';
import type { ListPaymentsRequest__Output } from '../wire/protobuf/generated/payments/v1/ListPaymentsRequest.ts';
import type { ListPaymentsResponse } from '../wire/protobuf/generated/payments/v1/ListPaymentsResponse.ts';
import type { Payment as PaymentMessage } from '../wire/protobuf/generated/payments/v1/Payment.ts';
import {
  decodeCreatePayment,
  encodePayment,
  encodePaymentPage,
  encodePayments,
  etagOf,
} from '../wire/protobuf/messages.ts';
import { requireNone } from '../wire/protobuf/request.ts';
import { givenTime } from '../wire/protobuf/timestamp.ts';
import { pageInput } from './page.ts';
import type { Handler } from './unary.ts';

export const createPayment: Handler<CreatePaymentRequest__Output, PaymentMessage> = async (
  core,
  caller,
  request,
) => encodePayment(await core.invoke('createPayment', caller, decodeCreatePayment(request)));

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
> = async (core, caller, { ids }) =>
  encodePayments(await core.invoke('getPaymentsByIds', caller, { ids }), ids);

/** An order as core names it, undefined where none is asked for. */
function sortOf(orderBy: string, faults: Violation[]): string | undefined {
  const words = orderBy.trim().replace(/\s+/g, ' ');
  if (words === '') return undefined;
  const known = Object.entries(paymentOrders).find(([, said]) => said === words);
  if (!known) {
    const options = Object.keys(paymentOrders);
    const got = excerpt(orderBy);
    const message = expectedOneOf(options, got);
    faults.push({ path: ['sort'], code: 'invalid_value', message, options, got });
  }
  return known?.[0];
}

export const listPayments: Handler<ListPaymentsRequest__Output, ListPaymentsResponse> = async (
  core,
  caller,
  request,
) => {
  const faults: Violation[] = [];
  const input = {
    ...pageInput(request),
    status: paymentStatus.given(request.status),
    customer: request.customer,
    createdFrom: givenTime('createdFrom', request.createdFrom, faults),
    createdBefore: givenTime('createdBefore', request.createdBefore, faults),
    amountMin: request.amountMin,
    amountMax: request.amountMax,
    sort: sortOf(request.orderBy, faults),
  };
  requireNone('listPayments', input, faults);
  return encodePaymentPage(await core.invoke('listPayments', caller, input));
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
