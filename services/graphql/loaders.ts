import DataLoader from 'dataloader';
import type { Customer } from '../core/customers/customer.ts';
import { PaymentsError } from '../core/errors.ts';
import type { Caller, Core } from '../core/invoke.ts';
import { maxPageSize, type Page } from '../core/page.ts';
import type { Payment } from '../core/payments/payment.ts';
import type { Refund } from '../core/refunds/refund.ts';

/** Reads that many objects of one response need, each made once for all of them. */
export interface Loaders {
  readonly payment: DataLoader<string, Payment | null>;
  readonly customer: DataLoader<string, Customer | null>;
  readonly refundsOfPayment: DataLoader<string, Page<Refund>>;
}

export interface LoaderOptions {
  /** False: every object reads for itself, so that the bench can show what that costs. */
  readonly batch: boolean;
  /** False if the loaders outlive a response: a stream must not see an outdated payment. */
  readonly cache: boolean;
}

/** The loaders of one document. */
export function createLoaders(core: Core, caller: Caller, options: LoaderOptions): Loaders {
  const { batch } = options;
  const cache = options.cache && batch;
  const loader = <Item>(read: (ids: readonly string[]) => Promise<readonly Item[]>) =>
    new DataLoader<string, Item>((ids) => inParts(read, ids), {
      batch,
      cache,
      maxBatchSize: maxPageSize,
    });
  return {
    payment: loader((ids) => core.invoke('getPaymentsByIds', caller, { ids })),
    customer: loader((ids) => core.invoke('getCustomersByIds', caller, { ids })),
    refundsOfPayment: loader((payments) =>
      core.invoke('getRefundsByPaymentIds', caller, { payments }),
    ),
  };
}

/**
 * Reads the items of these ids, in parts if core refuses to return all of them at once because they
 * are large: the response may show little of each.
 */
async function inParts<Item>(
  read: (ids: readonly string[]) => Promise<readonly Item[]>,
  ids: readonly string[],
): Promise<readonly Item[]> {
  try {
    return await read(ids);
  } catch (thrown) {
    const fits = fitsIn(thrown);
    if (fits < 1 || fits >= ids.length) throw thrown;
    const first = await inParts(read, ids.slice(0, fits));
    return [...first, ...(await inParts(read, ids.slice(fits)))];
  }
}

/** How many items fit, from the first on, if core reports it. */
const fitsIn = (thrown: unknown): number =>
  thrown instanceof PaymentsError && thrown.code === 'payload_too_large'
    ? Number(thrown.details.metadata?.fits ?? 0)
    : 0;
