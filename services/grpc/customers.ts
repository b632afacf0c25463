import type { Customer } from '../core/customers/customer.ts';
import type { Page } from '../core/page.ts';
import type { BatchGetCustomersRequest__Output } from './generated/payments/v1/BatchGetCustomersRequest.ts';
import type {
  BatchGetCustomersResponse,
  BatchGetCustomersResponse__Output,
} from './generated/payments/v1/BatchGetCustomersResponse.ts';
import type { CreateCustomerRequest__Output } from './generated/payments/v1/CreateCustomerRequest.ts';
import type {
  Customer__Output,
  Customer as CustomerMessage,
} from './generated/payments/v1/Customer.ts';
import type { GetCustomerRequest__Output } from './generated/payments/v1/GetCustomerRequest.ts';
import type { ListCustomersRequest__Output } from './generated/payments/v1/ListCustomersRequest.ts';
import type {
  ListCustomersResponse,
  ListCustomersResponse__Output,
} from './generated/payments/v1/ListCustomersResponse.ts';
import { decodePage, pageInput } from './page.ts';
import { encodeTime, requireTime } from './timestamp.ts';
import type { Handler } from './unary.ts';

export function encodeCustomer(customer: Customer): CustomerMessage {
  const message: CustomerMessage = {
    id: customer.id,
    name: customer.name,
    metadata: customer.metadata,
    createdAt: encodeTime(customer.createdAt),
  };
  if (customer.email !== null) message.email = customer.email;
  if (customer.country !== null) message.country = customer.country;
  return message;
}

export const decodeCustomer = (message: Customer__Output): Customer => ({
  id: message.id,
  name: message.name,
  email: message.email ?? null,
  country: message.country ?? null,
  metadata: message.metadata,
  createdAt: requireTime(message.createdAt),
});

export const decodeCustomers = (message: BatchGetCustomersResponse__Output): (Customer | null)[] =>
  message.results.map(({ found }) => (found ? decodeCustomer(found) : null));

export const decodeCustomerPage = (message: ListCustomersResponse__Output): Page<Customer> =>
  decodePage(message, message.customers.map(decodeCustomer));

export const createCustomer: Handler<CreateCustomerRequest__Output, CustomerMessage> = async (
  core,
  caller,
  { requestId: _key, ...input },
) => encodeCustomer(await core.invoke('createCustomer', caller, input));

export const getCustomer: Handler<GetCustomerRequest__Output, CustomerMessage> = async (
  core,
  caller,
  { id },
) => encodeCustomer(await core.invoke('getCustomer', caller, { id }));

export const getCustomersByIds: Handler<
  BatchGetCustomersRequest__Output,
  BatchGetCustomersResponse
> = async (core, caller, { ids }) => {
  const customers = await core.invoke('getCustomersByIds', caller, { ids });
  return {
    results: customers.map((customer, at) =>
      customer ? { found: encodeCustomer(customer) } : { missing: ids[at] ?? '' },
    ),
  };
};

export const listCustomers: Handler<ListCustomersRequest__Output, ListCustomersResponse> = async (
  core,
  caller,
  request,
) => {
  const input = { ...pageInput(request), email: request.email };
  const page = await core.invoke('listCustomers', caller, input);
  return { customers: page.items.map(encodeCustomer), nextPageToken: page.nextCursor ?? '' };
};
