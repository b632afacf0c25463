import type { Customer } from '../core/customers/customer.ts';
import type { Page } from '../core/page.ts';
import { type ConnectionArgs, pageInput, toConnection } from './connection.ts';
import { type GraphqlContext, invoke, nullWhereNotFound } from './context.ts';
import { mutation, resultType } from './mutation.ts';
import { listPayments } from './payments.ts';

/** What is not here is read from core's customer under the same name. */
export const customerResolvers = {
  Query: {
    customer: (_root: unknown, { id }: { readonly id: string }, context: GraphqlContext) =>
      invoke(context, 'getCustomer', { id }).catch(nullWhereNotFound),
    customersByIds: (_root: unknown, args: { readonly ids: string[] }, context: GraphqlContext) =>
      invoke(context, 'getCustomersByIds', { ids: args.ids }),
    customers: async (_root: unknown, args: ConnectionArgs, context: GraphqlContext) => {
      const page: Page<Customer> = await invoke(context, 'listCustomers', pageInput(args));
      return toConnection(page, args);
    },
  },
  Mutation: { createCustomer: mutation('createCustomer') },
  Customer: {
    payments: ({ id }: Customer, args: ConnectionArgs, context: GraphqlContext) =>
      listPayments({ ...args, customer: id }, context),
  },
  CreateCustomerResult: resultType('Customer'),
};
