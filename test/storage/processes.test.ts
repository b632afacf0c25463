import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createInProcessClient } from '../../services/core/client.ts';
import { retailMerchant } from '../../services/demo/merchants.ts';
import { adminKey, type House, openHouse } from '../house.ts';

/** Two cores, each with a store of its own, on one file: as two processes have it. */

let folder: string;
let here: House;
let elsewhere: House;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'processes-'));
  const url = `sqlite:${join(folder, 'payments.db')}`;
  here = await openHouse(url);
  elsewhere = await openHouse(url);
});
afterEach(async () => {
  await here.close();
  await elsewhere.close();
  rmSync(folder, { recursive: true });
});

const request = { requestId: 'req_processes' };
const patience = { timeout: 120_000 };
let keys = 0;
const fresh = () => {
  keys += 1;
  return { idempotencyKey: `fresh-${keys}` };
};
const clientOf = (house: House, key = adminKey) => createInProcessClient(house.core, key);
const createCustomer = (house: House, name: string) =>
  clientOf(house).createCustomer({ name }, fresh());

test('a commit is reported to the stores of other processes but not to its own', async () => {
  const heard = { here: 0, elsewhere: 0 };
  here.store.onForeignCommit(() => {
    heard.here += 1;
  });
  elsewhere.store.onForeignCommit(() => {
    heard.elsewhere += 1;
  });
  await createCustomer(here, 'Ada');
  await expect.poll(() => heard.elsewhere, patience).toBe(1);
  expect(heard.here).toBe(0);
  await createCustomer(elsewhere, 'Bob');
  await expect.poll(() => heard.here, patience).toBe(1);
  expect(heard.elsewhere).toBe(1);
});

test('an idle server delivers the commits of another process in order and once', async () => {
  const stop = new AbortController();
  const caller = { ...request, credential: adminKey, signal: stop.signal };
  const stream = await here.core.watch('watchEvents', caller, {});
  const names = ['Ada', 'Bob', 'Cy', 'Di'];
  const got: string[] = [];
  const reading = (async () => {
    for await (const { data } of stream) {
      if (data.kind === 'customer') got.push(data.customer.name);
    }
  })();
  for (const name of names.slice(0, 3)) await createCustomer(elsewhere, name);
  await expect.poll(() => got.length, patience).toBe(3);
  await createCustomer(here, 'Di');
  await expect.poll(() => got, patience).toEqual(names);
  stop.abort();
  await reading;
});

describe('a key that another process revokes', () => {
  const keyOf = async (house: House) => {
    const scopes = ['events:read', 'customers:read', 'customers:write'] as const;
    const made = await clientOf(house).createKey({ name: 'shared', scopes: [...scopes] }, fresh());
    return { id: made.id, secret: made.secret ?? '' };
  };

  test('ends the streams that are open with it in this process', async () => {
    const { id, secret } = await keyOf(here);
    const caller = { ...request, credential: secret, signal: new AbortController().signal };
    const stream = await here.core.watch('watchEvents', caller, {});
    const ended = (async () => {
      for await (const _event of stream);
    })();
    const refused = expect(ended).rejects.toMatchObject({ code: 'unauthenticated' });
    await clientOf(elsewhere).revokeKey({ id }, fresh());
    await refused;
  }, 240_000);

  test('can no longer write in a session that it authenticated', async () => {
    const { id, secret } = await keyOf(here);
    const session = await here.core.authenticate({ ...request, credential: secret });
    const create = () =>
      here.core.invoke(
        'createCustomer',
        { ...request, session, ...fresh() },
        { name: 'By session' },
      );
    await create();
    await clientOf(elsewhere).revokeKey({ id }, fresh());
    await expect.poll(() => session.revocation.happened, patience).toBe(true);
    await expect(create()).rejects.toMatchObject({ code: 'unauthenticated' });
    const known = await here.store.of(retailMerchant).listCustomers({}, { limit: 10 });
    expect(known).toHaveLength(1);
  });

  test('does not affect any other key', async () => {
    const [one, other] = [await keyOf(here), await keyOf(here)];
    const [ended, kept] = [
      await here.core.authenticate({ ...request, credential: one.secret }),
      await here.core.authenticate({ ...request, credential: other.secret }),
    ];
    await clientOf(elsewhere).revokeKey({ id: one.id }, fresh());
    await expect.poll(() => ended.revocation.happened, patience).toBe(true);
    expect(kept.revocation.happened).toBe(false);
  });
});
