import { refundOperations } from '../core/refunds/operations.ts';
import type { Refund } from '../core/refunds/refund.ts';
import { connection, toConnection } from './connection.ts';
import { byId, type GraphqlContext, invoke, type NodeType } from './context.ts';
import { mutationsOf } from './mutation.ts';

export const refundNode: NodeType = { name: 'Refund', prefix: 're', read: byId('getRefund') };

/** What is not here is read from core's refund under the same name. */
export const refundResolvers = {
  ...mutationsOf(refundOperations),
  Query: {
    refund: refundNode.read,
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
  Refund: {
    paymentId: (refund: Refund) => refund.payment,
    payment: ({ payment }: Refund, _args: unknown, { loaders }: GraphqlContext) =>
      loaders().payment.load(payment),
  },
};
