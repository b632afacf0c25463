import DataLoader from 'dataloader';
import type { Customer } from '../core/customers/customer.ts';
import type { Caller, Core } from '../core/invoke.ts';
import { maxPageSize, type Page } from '../core/page.ts';
import type { Payment } from '../core/payments/payment.ts';
import type { Refund } from '../core/refunds/refund.ts';

/** The reads that many objects of one answer ask for, each once for all of them. */
export interface Loaders {
  readonly payment: DataLoader<string, Payment | null>;
  readonly customer: DataLoader<string, Customer | null>;
  readonly refundsOfPayment: DataLoader<string, Page<Refund>>;
}

export interface LoaderOptions {
  /** False: every object reads for itself. What that costs is what the bench shows. */
  readonly batch: boolean;
  /** False where the loaders outlive an answer: a stream must not see yesterday's payment. */
  readonly cache: boolean;
}

/** The loaders of one document. */
export function createLoaders(core: Core, caller: Caller, options: LoaderOptions): Loaders {
  const { batch } = options;
  const cache = options.cache && batch;
  const loader = <Item>(read: (ids: readonly string[]) => Promise<readonly Item[]>) =>
    new DataLoader<string, Item>(read, { batch, cache, maxBatchSize: maxPageSize });
  return {
    payment: loader((ids) => core.invoke('getPaymentsByIds', caller, { ids })),
    customer: loader((ids) => core.invoke('getCustomersByIds', caller, { ids })),
    refundsOfPayment: loader((payments) =>
      core.invoke('getRefundsByPaymentIds', caller, { payments }),
    ),
  };
}
