import { type Core, createCore } from '../services/core/invoke.ts';
import { hashSecret } from '../services/core/merchants/keyring.ts';
import type { StoredApiKey } from '../services/core/merchants/merchant.ts';
import type { Clock, Ports } from '../services/core/ports.ts';
import type { Store } from '../services/core/store.ts';
import { createTokenBuckets } from '../services/core/token-bucket.ts';
import { createDemoMerchants } from '../services/demo/merchants.ts';
import { type CallRecord, recordCalls } from '../services/observe.ts';
import { createPorts } from '../services/ports.ts';
import { openStore } from '../services/storage/open.ts';

/** A core over its own database in memory, with the demo merchants and keys. */
export interface House {
  readonly core: Core;
  readonly ports: Ports;
  readonly store: Store;
  readonly clock: Clock;
  /** What the core reported of every call so far. */
  readonly records: readonly CallRecord[];
  close(): Promise<void>;
}

export const adminKey = 'sk_test_retail_admin';
export const readerKey = 'sk_test_retail_reader';
export const otherKey = 'sk_test_other_admin';

/** Rate limits that never refill, so that no test depends on being faster than they do. */
export const stillLimits = () => ({ limiter: createTokenBuckets(() => 0) });

/** @param changes ports that replace the defaults */
export async function openHouse(
  url = 'sqlite::memory:',
  changes: Partial<Ports> = {},
): Promise<House> {
  const store = await openStore(url);
  const clock: Clock = { now: Date.now };
  const records: CallRecord[] = [];
  const usual = await createPorts(store, clock, {
    observe: recordCalls((call) => records.push(call)),
  });
  const ports = { ...usual, ...changes };
  await createDemoMerchants(ports);
  return { core: createCore(ports), ports, store, clock, records, close: () => store.close() };
}

/** The key as the store has it. */
export async function keyOf(
  { store }: Pick<House, 'store'>,
  secret: string,
): Promise<StoredApiKey> {
  const key = await store.across.apiKeyByHash(hashSecret(secret));
  if (!key) throw new Error(`Expected the key ${secret}, got none.`);
  return key;
}
