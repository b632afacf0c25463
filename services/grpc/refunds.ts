import type { Core } from '../core/invoke.ts';
import type { Currency } from '../core/money.ts';
import type { Page } from '../core/page.ts';
import type { Refund } from '../core/refunds/refund.ts';
import type { BatchListRefundsResponse__Output } from './generated/payments/v1/BatchListRefundsResponse.ts';
import type { ListRefundsResponse__Output } from './generated/payments/v1/ListRefundsResponse.ts';
import type { Refund__Output, Refund as RefundMessage } from './generated/payments/v1/Refund.ts';
import type { RefundServiceHandlers } from './generated/payments/v1/RefundService.ts';
import { decodePage, pageInput } from './page.ts';
import { encodeTime, requireTime } from './timestamp.ts';
import { unary } from './unary.ts';

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

export function refundHandlers(core: Core): RefundServiceHandlers {
  return {
    CreateRefund: unary(async (caller, { payment, amount, reason }) =>
      encodeRefund(await core.invoke('refundPayment', caller, { payment, amount, reason })),
    ),

    GetRefund: unary(async (caller, { id }) =>
      encodeRefund(await core.invoke('getRefund', caller, { id })),
    ),

    ListRefunds: unary(async (caller, request) => {
      const input = { ...pageInput(request), payment: request.payment };
      const page = await core.invoke('listRefunds', caller, input);
      return { refunds: page.items.map(encodeRefund), nextPageToken: page.nextCursor ?? '' };
    }),

    BatchListRefunds: unary(async (caller, { payments }) => {
      const lists = await core.invoke('getRefundsByPaymentIds', caller, { payments });
      return { payments: lists.map((refunds) => ({ refunds: refunds.map(encodeRefund) })) };
    }),
  };
}
