import { type Core, createCore } from '../services/core/invoke.ts';
import type { CallRecord, Clock, Store } from '../services/core/ports.ts';
import { createDemoMerchants } from '../services/demo/merchants.ts';
import { createPorts } from '../services/ports.ts';
import { openStore } from '../services/storage/open.ts';

/** A core over its own database in memory, with the demo merchants and keys. */
export interface House {
  readonly core: Core;
  readonly store: Store;
  readonly clock: Clock;
  /** What the core reported of every call so far. */
  readonly records: readonly CallRecord[];
  close(): Promise<void>;
}

export const adminKey = 'sk_test_retail_admin';
export const readerKey = 'sk_test_retail_reader';
export const otherKey = 'sk_test_other_admin';

export async function openHouse(url = 'sqlite::memory:'): Promise<House> {
  const store = await openStore(url);
  const clock: Clock = { now: Date.now };
  const records: CallRecord[] = [];
  const ports = await createPorts(store, clock, { record: (call) => records.push(call) });
  await createDemoMerchants(ports);
  return { core: createCore(ports), store, clock, records, close: () => store.close() };
}
