import type { Customer } from '../core/customers/customer.ts';
import { customerOperations } from '../core/customers/operations.ts';
import type { Core } from '../core/invoke.ts';
import { encodeCustomer } from '../wire/json.ts';
import { encodeInnerPage } from './answer.ts';
import type { RestCall } from './call.ts';
import { handlersOf } from './handlers.ts';
import { expandPayments } from './payments.ts';
import { expandCustomer } from './routes.ts';

export const customerHandlers = handlersOf(customerOperations, {
  urlOf: ({ id }) => `/v1/customers/${id}`,
  expand: expandCustomers,
});

/** Encodes customers with their payments: one list for each. */
async function expandCustomers(
  core: Core,
  call: RestCall,
  customers: readonly Customer[],
  expanded: ReadonlySet<string>,
): Promise<(customer: Customer) => object> {
  const pages = await Promise.all(
    customers.map(async (customer) => {
      return [customer, await paymentsOf(core, call, customer.id, expanded)] as const;
    }),
  );
  const paymentsOfCustomer = new Map(pages);
  return (customer) => ({
    ...encodeCustomer(customer),
    payments: paymentsOfCustomer.get(customer),
  });
}

/** The customer's newest payments as the first page of their list. */
async function paymentsOf(
  core: Core,
  call: RestCall,
  customer: string,
  expanded: ReadonlySet<string>,
): Promise<object> {
  const page = await core.invoke(expandCustomer.payments, call.caller, { customer });
  const deeper = new Set(expanded.has('payments.refunds') ? ['refunds'] : []);
  const encode = await expandPayments(core, call, page.items, deeper);
  return encodeInnerPage(page, encode, `/v1/payments?customer=${customer}`);
}
