import { afterEach, beforeEach, describe } from 'vitest';
import type { Store } from '../../services/core/store.ts';
import { insertMerchants } from './resources.ts';
import { eventContract } from './store-contract-events.ts';
import { housekeepingContract } from './store-contract-housekeeping.ts';
import { pagingContract } from './store-contract-paging.ts';
import { resourceContract } from './store-contract-resources.ts';
import { transactionContract } from './store-contract-transactions.ts';

/** What every store guarantees on any database. `open` returns an empty one. */
export function storeContract(name: string, open: () => Promise<Store>): void {
  describe(`store contract: ${name}`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await open();
      await insertMerchants(store);
    });
    afterEach(() => store.close());

    resourceContract(() => store);
    pagingContract(() => store);
    eventContract(() => store);
    transactionContract(() => store);
    housekeepingContract(() => store);
  });
}
