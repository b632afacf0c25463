import type { Awaitable } from '../awaitable.ts';
import type { Merchant, StoredApiKey } from './merchant.ts';

/** Writes of one merchant's keys. */
export interface KeyWrites {
  insertApiKey(key: Omit<StoredApiKey, 'merchantId'>): Promise<void>;
  /** @returns the key, or undefined when the merchant has no such key */
  revokeApiKey(id: string, nowMs: number): Promise<StoredApiKey | undefined>;
}

/** Who calls: found before it is known of which merchant a key is. */
export interface Accounts {
  merchant(id: string): Awaitable<Merchant | undefined>;
  apiKeyByHash(hash: string): Awaitable<StoredApiKey | undefined>;
  /** Those of `hashes` whose key exists and is not revoked. */
  keysInForce(hashes: readonly string[]): Awaitable<readonly string[]>;
}
