import type { Customer } from '../core/customers/customer.ts';
import { customerOperations } from '../core/customers/operations.ts';
import { type ConnectionArgs, connection } from './connection.ts';
import { byId, type GraphqlContext, invoke, type NodeType } from './context.ts';
import { metadata } from './json-value.ts';
import { mutationsOf } from './mutation.ts';
import { payments } from './payments.ts';

export const customerNode: NodeType = {
  name: 'Customer',
  prefix: 'cus',
  read: byId('getCustomer'),
};

/** What is not here is read from core's customer under the same name. */
export const customerResolvers = {
  ...mutationsOf(customerOperations),
  Query: {
    customer: customerNode.read,
    customersByIds: (_root: unknown, args: { readonly ids: string[] }, context: GraphqlContext) =>
      invoke(context, 'getCustomersByIds', { ids: args.ids }),
    customers: connection('listCustomers'),
  },
  Customer: {
    metadata,
    payments: (customer: Customer, args: ConnectionArgs, context: GraphqlContext) =>
      payments(customer, { ...args, customer: customer.id }, context),
  },
};
