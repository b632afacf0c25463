import type { BatchListRefundsRequest__Output } from '../wire/protobuf/generated/payments/v1/BatchListRefundsRequest.ts';
import type { BatchListRefundsResponse } from '../wire/protobuf/generated/payments/v1/BatchListRefundsResponse.ts';
import type { CreateRefundRequest__Output } from '../wire/protobuf/generated/payments/v1/CreateRefundRequest.ts';
import type { GetRefundRequest__Output } from '../wire/protobuf/generated/payments/v1/GetRefundRequest.ts';
import type { ListRefundsRequest__Output } from '../wire/protobuf/generated/payments/v1/ListRefundsRequest.ts';
import type { ListRefundsResponse } from '../wire/protobuf/generated/payments/v1/ListRefundsResponse.ts';
import type { Refund as RefundMessage } from '../wire/protobuf/generated/payments/v1/Refund.ts';
import { encodeRefund, encodeRefundPage, encodeRefundPages } from '../wire/protobuf/messages.ts';
import { pageInput } from './page.ts';
import type { Handler } from './unary.ts';

export const refundPayment: Handler<CreateRefundRequest__Output, RefundMessage> = async (
  core,
  caller,
  { payment, amount, reason },
) => encodeRefund(await core.invoke('refundPayment', caller, { payment, amount, reason }));

export const getRefund: Handler<GetRefundRequest__Output, RefundMessage> = async (
  core,
  caller,
  { id },
) => encodeRefund(await core.invoke('getRefund', caller, { id }));

export const listRefunds: Handler<ListRefundsRequest__Output, ListRefundsResponse> = async (
  core,
  caller,
  request,
) => {
  const input = { ...pageInput(request), payment: request.payment };
  return encodeRefundPage(await core.invoke('listRefunds', caller, input));
};

export const getRefundsByPaymentIds: Handler<
  BatchListRefundsRequest__Output,
  BatchListRefundsResponse
> = async (core, caller, { payments }) =>
  encodeRefundPages(await core.invoke('getRefundsByPaymentIds', caller, { payments }));
