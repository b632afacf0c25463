import type { Awaitable } from '../awaitable.ts';
import type { Window } from '../page.ts';
import type { Customer } from './customer.ts';

/** Reads of one merchant's customers. */
export interface CustomerReads {
  customer(id: string): Awaitable<Customer | undefined>;
  /** In no particular order. */
  customers(ids: readonly string[]): Awaitable<readonly Customer[]>;
  /** Newest first. `after.value` is not used. */
  listCustomers(
    filter: { readonly email?: string | undefined },
    window: Window,
  ): Awaitable<readonly Customer[]>;
}

export interface CustomerWrites {
  insertCustomer(customer: Customer): Promise<void>;
}
