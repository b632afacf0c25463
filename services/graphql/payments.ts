import { paymentOperations } from '../core/payments/operations.ts';
import type { Payment } from '../core/payments/payment.ts';
import { connection, toConnection } from './connection.ts';
import { byId, type GraphqlContext, invoke, type NodeType } from './context.ts';
import { metadata } from './json-value.ts';
import { mutationsOf } from './mutation.ts';

// Without a loader: two payments in a document are two calls with their own costs, and one payment
// must not wait for others that never come.
export const paymentNode: NodeType = { name: 'Payment', prefix: 'pay', read: byId('getPayment') };

/** The list, for customers too. */
export const payments = connection('listPayments');

/** What is not here is read from core's payment under the same name. */
export const paymentResolvers = {
  ...mutationsOf(paymentOperations),
  Query: {
    payment: paymentNode.read,
    paymentsByIds: (_root: unknown, { ids }: { readonly ids: string[] }, context: GraphqlContext) =>
      invoke(context, 'getPaymentsByIds', { ids }),
    payments,
  },
  Payment: {
    customerId: (payment: Payment) => payment.customer,
    metadata,
    customer: ({ customer }: Payment, _args: unknown, { loaders }: GraphqlContext) =>
      customer === null ? null : loaders().customer.load(customer),
    refunds: async ({ id }: Payment, _args: unknown, { loaders }: GraphqlContext) =>
      toConnection(await loaders().refundsOfPayment.load(id), {}),
  },
};
