import type { Window } from '../page.ts';
import type { Customer } from './customer.ts';

/** Reads of one merchant's customers. */
export interface CustomerReads {
  customer(id: string): Promise<Customer | undefined>;
  /** In no particular order. */
  customers(ids: readonly string[]): Promise<readonly Customer[]>;
  /** Newest first. `after.value` is not used. */
  listCustomers(
    filter: { readonly email?: string | undefined },
    window: Window,
  ): Promise<readonly Customer[]>;
}

export interface CustomerWrites {
  insertCustomer(customer: Customer): Promise<void>;
}
