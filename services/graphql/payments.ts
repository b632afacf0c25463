import type { Page } from '../core/page.ts';
import type { Payment } from '../core/payments/payment.ts';
import { type ConnectionArgs, pageInput, toConnection } from './connection.ts';
import { type GraphqlContext, invoke, nullWhereNotFound } from './context.ts';
import { mutation, resultType } from './mutation.ts';

/** Payments after a cursor, as a connection; also of one customer. */
export const listPayments = async (args: ConnectionArgs, context: GraphqlContext) => {
  const page: Page<Payment> = await invoke(context, 'listPayments', pageInput(args));
  return toConnection(page, args);
};

/** What is not here is read from core's payment under the same name. */
export const paymentResolvers = {
  Query: {
    // Not by a loader: two payments in a document are two calls that each cost their price, and
    // one payment is not made to wait for others that never come.
    payment: (_root: unknown, { id }: { readonly id: string }, context: GraphqlContext) =>
      invoke(context, 'getPayment', { id }).catch(nullWhereNotFound),
    paymentsByIds: (_root: unknown, { ids }: { readonly ids: string[] }, context: GraphqlContext) =>
      invoke(context, 'getPaymentsByIds', { ids }),
    payments: (_root: unknown, args: ConnectionArgs, context: GraphqlContext) =>
      listPayments(args, context),
  },
  Mutation: {
    createPayment: mutation('createPayment'),
    confirmPayment: mutation('confirmPayment'),
    capturePayment: mutation('capturePayment'),
    cancelPayment: mutation('cancelPayment'),
  },
  Payment: {
    customerId: (payment: Payment) => payment.customer,
    customer: ({ customer }: Payment, _args: unknown, { loaders }: GraphqlContext) =>
      customer === null ? null : loaders().customer.load(customer),
    refunds: ({ id }: Payment, _args: unknown, { loaders }: GraphqlContext) =>
      loaders().refundsOfPayment.load(id),
  },
  CreatePaymentResult: resultType('Payment'),
  ConfirmPaymentResult: resultType('Payment'),
  CapturePaymentResult: resultType('Payment'),
  CancelPaymentResult: resultType('Payment'),
};
