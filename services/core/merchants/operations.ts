import { z } from 'zod';
import { notFound } from '../errors.ts';
import { writeOperation } from '../operation.ts';
import { anyId, textUpTo } from '../values.ts';
import { hashSecret } from './keyring.ts';
import { type ApiKey, type StoredApiKey, scopes } from './merchant.ts';

/** A new key. `secret` is told once, and is null when the call is replayed. */
export interface CreatedKey extends ApiKey {
  readonly secret: string | null;
}

const publicPart = ({ hash: _hash, merchantId: _merchantId, ...key }: StoredApiKey): ApiKey => key;

export const createKey = writeOperation({
  name: 'createKey',
  summary: 'Creates an API key; its secret is told once.',
  scope: 'keys:write',
  price: 5,
  input: z.strictObject({
    name: textUpTo(100).min(1),
    scopes: z.array(z.enum(scopes)).min(1).max(scopes.length),
    /** Requests a second, sustained. */
    ratePerSecond: z.int().min(1).max(100_000).default(100),
    /** Requests at once after a rest. */
    burst: z.int().min(1).max(200_000).default(200),
  }),
  async run({ tx, merchantId, nowMs, newId, newSecret }, input): Promise<CreatedKey> {
    const secret = `sk_test_${newSecret()}`;
    const key: StoredApiKey = {
      id: newId('key', nowMs),
      merchantId,
      hash: hashSecret(secret),
      ...input,
      scopes: [...new Set(input.scopes)],
      createdAt: nowMs,
      revokedAt: null,
    };
    await tx.insertApiKey(key);
    return { ...publicPart(key), secret };
  },
  remember: (created) => ({ ...created, secret: null }),
});

export const revokeKey = writeOperation({
  name: 'revokeKey',
  summary: 'Ends an API key at once, and every stream that it opened.',
  scope: 'keys:write',
  price: 5,
  input: z.strictObject({ id: anyId }),
  async run({ tx, merchantId, nowMs, keyring, afterCommit }, { id }): Promise<ApiKey> {
    const key = await tx.revokeApiKey(merchantId, id, nowMs);
    if (!key) throw notFound('key', id);
    afterCommit(() => keyring.revoke(key.hash));
    return publicPart(key);
  },
});
