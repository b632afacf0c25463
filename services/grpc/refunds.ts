import type { Currency } from '../core/money.ts';
import type { Page } from '../core/page.ts';
import type { Refund } from '../core/refunds/refund.ts';
import type { BatchListRefundsRequest__Output } from './generated/payments/v1/BatchListRefundsRequest.ts';
import type {
  BatchListRefundsResponse,
  BatchListRefundsResponse__Output,
} from './generated/payments/v1/BatchListRefundsResponse.ts';
import type { CreateRefundRequest__Output } from './generated/payments/v1/CreateRefundRequest.ts';
import type { GetRefundRequest__Output } from './generated/payments/v1/GetRefundRequest.ts';
import type { ListRefundsRequest__Output } from './generated/payments/v1/ListRefundsRequest.ts';
import type {
  ListRefundsResponse,
  ListRefundsResponse__Output,
} from './generated/payments/v1/ListRefundsResponse.ts';
import type { Refund__Output, Refund as RefundMessage } from './generated/payments/v1/Refund.ts';
import { decodePage, pageInput } from './page.ts';
import { encodeTime, requireTime } from './timestamp.ts';
import type { Handler } from './unary.ts';

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

export const decodeRefundPage = (message: ListRefundsResponse__Output): Page<Refund> =>
  decodePage(message, message.refunds.map(decodeRefund));

export const decodeRefundLists = (message: BatchListRefundsResponse__Output): Refund[][] =>
  message.payments.map(({ refunds }) => refunds.map(decodeRefund));

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
  const page = await core.invoke('listRefunds', caller, input);
  return { refunds: page.items.map(encodeRefund), nextPageToken: page.nextCursor ?? '' };
};

export const getRefundsByPaymentIds: Handler<
  BatchListRefundsRequest__Output,
  BatchListRefundsResponse
> = async (core, caller, { payments }) => {
  const lists = await core.invoke('getRefundsByPaymentIds', caller, { payments });
  return { payments: lists.map((refunds) => ({ refunds: refunds.map(encodeRefund) })) };
};
