import { decodeInput, outputs } from '../wire/json.ts';
import type { Handlers } from './calls.ts';

/** Customers: what a `call` of each operation does. */
export const customers: Handlers<
  'createCustomer' | 'getCustomer' | 'getCustomersByIds' | 'listCustomers'
> = {
  createCustomer: async (core, caller, input) =>
    outputs.createCustomer.encode(await core.invoke('createCustomer', caller, decodeInput(input))),
  getCustomer: async (core, caller, input) =>
    outputs.getCustomer.encode(await core.invoke('getCustomer', caller, decodeInput(input))),
  getCustomersByIds: async (core, caller, input) =>
    outputs.getCustomersByIds.encode(
      await core.invoke('getCustomersByIds', caller, decodeInput(input)),
    ),
  listCustomers: async (core, caller, input) =>
    outputs.listCustomers.encode(await core.invoke('listCustomers', caller, decodeInput(input))),
};
