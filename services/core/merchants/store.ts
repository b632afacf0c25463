import type { Awaitable } from '../awaitable.ts';
import type { Merchant, StoredApiKey } from './merchant.ts';

/** Writes of one merchant's keys. */
export interface KeyWrites {
  insertApiKey(key: Omit<StoredApiKey, 'merchantId'>): Promise<void>;
  /** @returns the key, or undefined if the merchant has no such key */
  revokeApiKey(id: string, nowMs: number): Promise<StoredApiKey | undefined>;
}

/** Finds who calls, before it is known which merchant a key belongs to. */
export interface Accounts {
  merchant(id: string): Awaitable<Merchant | undefined>;
  apiKeyByHash(hash: string): Awaitable<StoredApiKey | undefined>;
  /** Those of `hashes` whose key exists and is not revoked. */
  keysInForce(hashes: readonly string[]): Awaitable<readonly string[]>;
}
