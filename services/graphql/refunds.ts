import type { Refund } from '../core/refunds/refund.ts';
import { connection } from './connection.ts';
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
      const lists = await invoke(context, 'getRefundsByPaymentIds', { payments });
      return lists.map((nodes) => ({ nodes }));
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
