import { paymentOperations } from '../core/payments/operations.ts';
import { paymentService } from '../wire/protobuf/contract.ts';
import type { GetPaymentIfChangedRequest__Output } from '../wire/protobuf/generated/payments/v1/GetPaymentIfChangedRequest.ts';
import type { GetPaymentIfChangedResponse } from '../wire/protobuf/generated/payments/v1/GetPaymentIfChangedResponse.ts';
import { encodePayment, etagOf } from '../wire/protobuf/messages.ts';
import { type Handler, handlersOf } from './unary.ts';

export const paymentHandlers = handlersOf(paymentOperations);

const getPaymentIfChanged: Handler<
  GetPaymentIfChangedRequest__Output,
  GetPaymentIfChangedResponse
> = async (core, caller, { id, etag }) => {
  const payment = await core.invoke('getPayment', caller, { id });
  return etagOf(payment) === etag ? {} : { payment: encodePayment(payment) };
};

/** The equivalent of HTTP's `If-None-Match`, which gRPC lacks: a second method of one operation. */
export const ifChanged = {
  path: paymentService.GetPaymentIfChanged.path,
  operation: 'getPayment',
  handle: getPaymentIfChanged,
} as const;
