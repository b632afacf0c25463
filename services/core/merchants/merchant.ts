export const scopes = [
  'payments:read',
  'payments:write',
  'customers:read',
  'customers:write',
  'events:read',
  'keys:write',
] as const;

/** What an API key may do. Refunds are part of payments. */
export type Scope = (typeof scopes)[number];

export interface Merchant {
  readonly id: string;
  readonly name: string;
}

/** The rate limit that all keys of a merchant share: creating more keys does not raise it. */
export const merchantAllowance = { ratePerSecond: 100_000, burst: 200_000 };

/** An API key. Only the SHA-256 of its secret is stored. */
export interface ApiKey {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** Requests a second, sustained. */
  readonly ratePerSecond: number;
  /** Maximum requests at once after a rest. */
  readonly burst: number;
  readonly createdAt: number;
  readonly revokedAt: number | null;
}

/** A new key. `secret` is returned only once, and is null when the call is replayed. */
export interface CreatedKey extends ApiKey {
  readonly secret: string | null;
}

/** A key with the fields that only the core and the store use. */
export interface StoredApiKey extends ApiKey {
  readonly merchantId: string;
  /** SHA-256 of the secret, lower-case hex. */
  readonly hash: string;
}
