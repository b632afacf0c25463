import { describe, expect, test } from 'vitest';
import { settleDue } from '../../services/core/background.ts';
import { PaymentsError } from '../../services/core/errors.ts';
import type { Commits } from '../../services/core/events/store.ts';
import { type Core, createCore } from '../../services/core/invoke.ts';
import { createKeyring, hashSecret } from '../../services/core/merchants/keyring.ts';
import type { Accounts } from '../../services/core/merchants/store.ts';
import type { CallName, InputOf } from '../../services/core/operations.ts';
import { createDemoMerchants } from '../../services/demo/merchants.ts';
import { createPorts } from '../../services/ports.ts';
import { openStore } from '../../services/storage/open.ts';
import { adminKey, openHouse } from '../house.ts';

const call = <Name extends CallName>(
  core: Core,
  name: Name,
  input: InputOf<Name>,
  idempotencyKey: string = crypto.randomUUID(),
) => core.invoke(name, { credential: adminKey, idempotencyKey, requestId: 'test' }, input);

const caught = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

const card = { amount: 500, currency: 'GBP', paymentMethod: 'pm_card_ok' } as const;

test('a retry after the suggested wait returns the outcome of a charge that timed out', async () => {
  const store = await openStore('sqlite::memory:');
  let nowMs = Date.now();
  const ports = await createPorts(store, { now: () => nowMs });
  await createDemoMerchants(ports);
  const processor = {
    ...ports.processor,
    charge: async () => ({ kind: 'timeout', retryAtMs: nowMs + 2000 }) as const,
  };
  const core = createCore({ ...ports, processor });
  const input = { ...card, paymentMethod: 'pm_card_timeout', confirm: true } as const;

  let attempts = 0;
  let ended: unknown;
  while (attempts < 5 && !ended) {
    attempts += 1;
    ended = await call(core, 'createPayment', input, 'retried').catch((error: unknown) => {
      expect(error).toMatchObject({ code: 'timeout', details: { retryAfterMs: 1000 } });
    });
    nowMs += 1000;
    await settleDue({ ...ports, processor });
  }
  expect(ended).toMatchObject({ status: 'succeeded', amountCaptured: 500 });
  await store.close();
});

test('a backlog of one merchant does not delay the payments of another to a later round', async () => {
  const store = await openStore('sqlite::memory:');
  let nowMs = Date.now();
  const ports = await createPorts(store, { now: () => nowMs });
  await createDemoMerchants(ports);
  const core = createCore(ports);
  const input = { ...card, paymentMethod: 'pm_card_slow', confirm: true } as const;
  await Promise.all(Array.from({ length: 250 }, () => call(core, 'createPayment', input)));
  nowMs += 1;
  const other = { credential: 'sk_test_other_admin', requestId: 'test' };
  const { id } = await core.invoke('createPayment', { ...other, idempotencyKey: 'one' }, input);
  nowMs += 2000;
  expect(await settleDue(ports)).toBe(251);
  expect(await core.invoke('getPayment', other, { id })).toMatchObject({ status: 'succeeded' });
  await store.close();
});

describe('input', () => {
  test('an unpaired surrogate is refused in every free text', async () => {
    const { core, close } = await openHouse();
    const description = { ...card, description: 'a\ud800b' };
    const key = { ...card, metadata: { 'k\udfff': 'v' } };
    const value = { ...card, metadata: { k: '\ud800' } };
    for (const input of [description, key, value]) {
      expect(await caught(call(core, 'createPayment', input))).toMatchObject({
        code: 'validation_failed',
      });
    }
    const whole = { ...card, description: '\u{1f4b7}', metadata: { '\u{1f4b7}': '\u{1f4b7}' } };
    const { id } = await call(core, 'createPayment', whole);
    expect(await call(core, 'getPayment', { id })).toMatchObject(whole);
    await close();
  });

  test('ten thousand violations are reported as a short list', async () => {
    const { core, close } = await openHouse();
    const names = Array.from({ length: 10_000 }, (_none, at) => [`field${at}`, 1]);
    const error = await caught(call(core, 'createPayment', Object.fromEntries(names)));
    expect(error).toBeInstanceOf(PaymentsError);
    expect(JSON.stringify([error, String(error)]).length).toBeLessThan(10_000);
    await close();
  });
});

/** A store in which every secret has a key, and none is revoked. */
const storeOfAnyKey = ({
  apiKeyByHash = async (hash) => ({
    id: `key_${hash}`,
    merchantId: 'acct_retail',
    hash,
    name: 'one of many',
    scopes: [],
    ratePerSecond: 1,
    burst: 1,
    createdAt: 0,
    revokedAt: null,
  }),
  keysInForce = async (hashes) => hashes,
  onForeignCommit = () => {},
}: Partial<Accounts & Commits>): Parameters<typeof createKeyring>[0] => ({
  across: { apiKeyByHash, keysInForce },
  onForeignCommit,
});

test('a hundred commits by other processes look up each key twice, 500 keys per query', async () => {
  const asked: string[][] = [];
  let commit = () => {};
  const keyring = createKeyring(
    storeOfAnyKey({
      keysInForce: async (hashes) => {
        asked.push([...hashes]);
        return hashes;
      },
      onForeignCommit: (listener) => {
        commit = listener;
      },
    }),
  );
  const held = [];
  for (let at = 0; at < 1200; at += 1)
    held.push(await keyring.authenticate({ credential: `sk_${at}` }, 0));
  for (let commits = 0; commits < 100; commits += 1) commit();
  // The first commit begins a look-up, and those that come while it runs are one more together.
  await expect.poll(() => asked.flat().length, { timeout: 120_000 }).toBe(2400);
  expect(asked.map(({ length }) => length)).toEqual([500, 500, 200, 500, 500, 200]);
  expect(new Set(asked.flat()).size).toBe(1200);
  expect(held.some(({ revocation }) => revocation.happened)).toBe(false);
});

test('a failed look-up of keys is repeated until it succeeds', async () => {
  let failures = 2;
  let commit = () => {};
  const keyring = createKeyring(
    storeOfAnyKey({
      keysInForce: async () => {
        failures -= 1;
        if (failures >= 0) throw new Error('no answer');
        return [];
      },
      onForeignCommit: (listener) => {
        commit = listener;
      },
    }),
  );
  const { revocation } = await keyring.authenticate({ credential: 'sk_any' }, 0);
  commit();
  await expect.poll(() => revocation.happened, { timeout: 120_000 }).toBe(true);
});

test('revoking a key ends its stream even if ten thousand other keys were used since', async () => {
  const keyring = createKeyring(storeOfAnyKey({}));
  const find = (credential: string) => keyring.authenticate({ credential }, 0);
  const { principal, revocation } = await find('sk_first');
  let ended = 0;
  revocation.listen(() => {
    ended += 1;
  });
  for (let at = 0; at < 10_001; at += 1) await find(`sk_${at}`);
  keyring.revoke(principal.id);
  expect(ended).toBe(1);
  expect(revocation.happened).toBe(true);
  expect((await find('sk_first')).revocation.happened).toBe(false);
});

test('a key without listeners is forgotten when ten thousand others are used', async () => {
  const asked: string[] = [];
  const { across } = storeOfAnyKey({});
  const apiKeyByHash = (hash: string) => {
    asked.push(hash);
    return across.apiKeyByHash(hash);
  };
  const keyring = createKeyring(storeOfAnyKey({ apiKeyByHash }));
  const find = (credential: string) => keyring.authenticate({ credential }, 0);
  const left = await find('sk_left');
  const stayed = await find('sk_stayed');
  const unlisten = left.revocation.listen(() => {});
  stayed.revocation.listen(() => {});
  unlisten();
  for (let at = 0; at < 10_001; at += 1) await find(`sk_${at}`);
  expect(await find('sk_stayed')).toBe(stayed);
  expect(await find('sk_left')).not.toBe(left);
});

describe('a session of a key that was forgotten meanwhile', () => {
  const revokedAt = new Map<string, number>();
  const any = storeOfAnyKey({});
  const store = storeOfAnyKey({
    apiKeyByHash: async (hash) => {
      const key = await any.across.apiKeyByHash(hash);
      return key && { ...key, revokedAt: revokedAt.get(hash) ?? null };
    },
    keysInForce: async (hashes) => hashes.filter((hash) => !revokedAt.has(hash)),
  });
  const forgetAll = async (keyring: ReturnType<typeof createKeyring>) => {
    for (let at = 0; at < 10_001; at += 1)
      await keyring.authenticate({ credential: `sk_${at}` }, 0);
  };

  test('ends with the key, as every other session of the key does', async () => {
    const keyring = createKeyring(store);
    const early = await keyring.authenticate({ credential: 'sk_slow' }, 0);
    await forgetAll(keyring);
    const late = await keyring.authenticate({ credential: 'sk_slow' }, 0);
    const ended: string[] = [];
    late.revocation.listen(() => ended.push('late'));
    const unlisten = early.revocation.listen(() => {});
    early.revocation.listen(() => ended.push('early'));
    unlisten();
    await forgetAll(keyring);
    keyring.revoke(early.principal.id);
    expect(ended.sort()).toEqual(['early', 'late']);
  });

  test('ends as soon as it gets a listener if the key is already revoked', async () => {
    const keyring = createKeyring(store);
    const { principal, revocation } = await keyring.authenticate({ credential: 'sk_gone' }, 0);
    await forgetAll(keyring);
    revokedAt.set(hashSecret('sk_gone'), 1);
    keyring.revoke(principal.id);
    let ended = 0;
    revocation.listen(() => {
      ended += 1;
    });
    await expect.poll(() => ended).toBe(1);
  });
});

test('a key that was used within the last second is refused as soon as it is revoked', async () => {
  let asked = 0;
  const any = storeOfAnyKey({});
  const apiKeyByHash: typeof any.across.apiKeyByHash = (hash) => {
    asked += 1;
    return any.across.apiKeyByHash(hash);
  };
  const keyring = createKeyring({ ...any, across: { ...any.across, apiKeyByHash } });
  const find = async (nowMs: number) => keyring.authenticate({ credential: 'sk_busy' }, nowMs);
  const first = await find(0);
  expect(await find(1)).toBe(first);
  expect(await find(2)).toBe(first);
  expect(asked).toBe(1);
  keyring.revoke(first.principal.id);
  expect(await find(3)).not.toBe(first);
  expect(asked).toBe(2);
});
