import type { BatchGetCustomersRequest__Output } from '../wire/protobuf/generated/payments/v1/BatchGetCustomersRequest.ts';
import type { BatchGetCustomersResponse } from '../wire/protobuf/generated/payments/v1/BatchGetCustomersResponse.ts';
import type { CreateCustomerRequest__Output } from '../wire/protobuf/generated/payments/v1/CreateCustomerRequest.ts';
import type { Customer as CustomerMessage } from '../wire/protobuf/generated/payments/v1/Customer.ts';
import type { GetCustomerRequest__Output } from '../wire/protobuf/generated/payments/v1/GetCustomerRequest.ts';
import type { ListCustomersRequest__Output } from '../wire/protobuf/generated/payments/v1/ListCustomersRequest.ts';
import type { ListCustomersResponse } from '../wire/protobuf/generated/payments/v1/ListCustomersResponse.ts';
import { encodeCustomer, encodeCustomerPage, encodeCustomers } from '../wire/protobuf/messages.ts';
import { pageInput } from './page.ts';
import type { Handler } from './unary.ts';

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
> = async (core, caller, { ids }) =>
  encodeCustomers(await core.invoke('getCustomersByIds', caller, { ids }), ids);

export const listCustomers: Handler<ListCustomersRequest__Output, ListCustomersResponse> = async (
  core,
  caller,
  request,
) => {
  const input = { ...pageInput(request), email: request.email };
  return encodeCustomerPage(await core.invoke('listCustomers', caller, input));
};
