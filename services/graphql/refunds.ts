import type { Refund } from '../core/refunds/refund.ts';
import { connection, toConnection } from './connection.ts';
import { byId, type GraphqlContext, invoke } from './context.ts';
import { mutation, resultType } from './mutation.ts';

/** What is not here is read from core's refund under the same name. */
export const refundResolvers = {
  Query: {
    refund: byId('getRefund'),
    refunds: connection('listRefunds'),
    refundsByPaymentIds: async (
      _root: unknown,
      { payments }: { readonly payments: string[] },
      context: GraphqlContext,
    ) => {
      const pages = await invoke(context, 'getRefundsByPaymentIds', { payments });
      return pages.map((page) => toConnection(page, {}));
    },
  },
  Mutation: { refundPayment: mutation('refundPayment') },
  Refund: {
    paymentId: (refund: Refund) => refund.payment,
    payment: ({ payment }: Refund, _args: unknown, { loaders }: GraphqlContext) =>
      loaders().payment.load(payment),
  },
  RefundPaymentResult: resultType('Refund'),
};
