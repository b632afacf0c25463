import type { Page } from '../core/page.ts';
import type { Refund } from '../core/refunds/refund.ts';
import { type ConnectionArgs, pageInput, toConnection } from './connection.ts';
import { type GraphqlContext, invoke, nullWhereNotFound } from './context.ts';
import { mutation, resultType } from './mutation.ts';

/** What is not here is read from core's refund under the same name. */
export const refundResolvers = {
  Query: {
    refund: (_root: unknown, { id }: { readonly id: string }, context: GraphqlContext) =>
      invoke(context, 'getRefund', { id }).catch(nullWhereNotFound),
    refunds: async (_root: unknown, args: ConnectionArgs, context: GraphqlContext) => {
      const page: Page<Refund> = await invoke(context, 'listRefunds', pageInput(args));
      return toConnection(page, args);
    },
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
