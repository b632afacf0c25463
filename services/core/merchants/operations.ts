import { z } from 'zod';
import { notFound, PaymentsError } from '../errors.ts';
import { writeOperation } from '../operation.ts';
import { created, one } from '../output.ts';
import { anyId, textOf } from '../values.ts';
import { hashSecret } from './keyring.ts';
import { type ApiKey, type StoredApiKey, scopes } from './merchant.ts';

type Powers = Pick<ApiKey, 'scopes' | 'ratePerSecond' | 'burst'>;

/**
 * Refuses to grant more than the caller has. Otherwise a key that can create or revoke keys could
 * do everything, or lock everybody else out (OWASP API5:2023, broken function level authorization).
 *
 * @throws PaymentsError `permission_denied` if `powers` exceed the caller's
 */
function requireWithin(caller: Powers, powers: Powers, what: 'grant' | 'end'): void {
  const missing = powers.scopes.filter((scope) => !caller.scopes.includes(scope));
  if (missing.length > 0) {
    const scope = missing.join(' ');
    throw new PaymentsError(
      'permission_denied',
      `Expected to ${what} a key with at most the scopes ${caller.scopes.join(', ')}, got one with ${missing.join(', ')} too.`,
      { metadata: { scope, scopes: caller.scopes.join(', ') } },
    );
  }
  if (powers.ratePerSecond <= caller.ratePerSecond && powers.burst <= caller.burst) return;
  const limits = ({ ratePerSecond, burst }: Powers) =>
    `${ratePerSecond} a second, ${burst} at once`;
  throw new PaymentsError(
    'permission_denied',
    `Expected to ${what} a key with at most ${limits(caller)}, got one with ${limits(powers)}.`,
    {
      metadata: { ratePerSecond: String(caller.ratePerSecond), burst: String(caller.burst) },
    },
  );
}

const publicPart = ({ hash: _hash, merchantId: _merchantId, ...key }: StoredApiKey): ApiKey => key;

const createKey = writeOperation({
  name: 'createKey',
  summary: 'Creates an API key. The secret is returned only once.',
  scope: 'keys:write',
  tokens: 5,
  input: z.strictObject({
    name: textOf(1, 100),
    scopes: z.array(z.enum(scopes)).min(1).max(scopes.length),
    /** Requests a second, sustained. */
    ratePerSecond: z.int().min(1).max(100_000).optional(),
    /** Maximum requests at once after a rest. */
    burst: z.int().min(1).max(200_000).optional(),
  }),
  output: created('createdKey'),
  async run({ tx, principal, nowMs, newId, newSecret }, input) {
    const granted = {
      scopes: [...new Set(input.scopes)],
      ratePerSecond: input.ratePerSecond ?? Math.min(100, principal.ratePerSecond),
      burst: input.burst ?? Math.min(200, principal.burst),
    };
    requireWithin(principal, granted, 'grant');
    const secret = `sk_test_${newSecret()}`;
    const key: StoredApiKey = {
      id: newId('key', nowMs),
      merchantId: principal.merchantId,
      hash: hashSecret(secret),
      name: input.name,
      ...granted,
      createdAt: nowMs,
      revokedAt: null,
    };
    await tx.insertApiKey(key);
    return { ...publicPart(key), secret };
  },
  remember: (created) => ({ ...created, secret: null }),
});

const revokeKey = writeOperation({
  name: 'revokeKey',
  summary: 'Revokes an API key at once, and ends every stream that it opened.',
  scope: 'keys:write',
  tokens: 5,
  input: z.strictObject({ id: anyId }),
  output: one('key'),
  async run({ tx, principal, nowMs, authenticator, afterCommit }, { id }) {
    const key = await tx.revokeApiKey(id, nowMs);
    if (!key) throw notFound('key', id);
    requireWithin(principal, key, 'end');
    afterCommit(() => authenticator.revoke(key.id));
    return publicPart(key);
  },
});

/** The operations on API keys. */
export const keyOperations = {
  createKey,
  revokeKey,
};
