import DataLoader from 'dataloader';
import type { Customer } from '../core/customers/customer.ts';
import { PaymentsError } from '../core/errors.ts';
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
 * Reads the items of these ids, in parts where core refuses to answer all of them at once because
 * they are large: an answer may show little of each.
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

/** How many items fit, from the first on, where core says so. */
const fitsIn = (thrown: unknown): number =>
  thrown instanceof PaymentsError && thrown.code === 'payload_too_large'
    ? Number(thrown.details.metadata?.fits ?? 0)
    : 0;
