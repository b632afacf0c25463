import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Caller } from '../../services/core/caller.ts';
import { begin, effect, keyed, record } from '../../services/core/idempotency.ts';
import { type Core, createCore } from '../../services/core/invoke.ts';
import type { Context } from '../../services/core/operation.ts';
import { operations } from '../../services/core/operations.ts';
import { createCursors } from '../../services/core/page.ts';
import type { Ports } from '../../services/core/ports.ts';
import type { Transaction } from '../../services/core/store.ts';
import { createDemoMerchants, retailMerchant } from '../../services/demo/merchants.ts';
import { createPorts } from '../../services/ports.ts';
import { openStore } from '../../services/storage/open.ts';
import { adminKey } from '../house.ts';

let ports: Ports;
let core: Core;
beforeEach(async () => {
  ports = await createPorts(await openStore('sqlite::memory:'));
  await createDemoMerchants(ports);
  core = createCore(ports);
});
afterEach(() => ports.store.close());

const caller = (idempotencyKey: string): Caller => ({
  credential: adminKey,
  idempotencyKey,
  requestId: 'test',
});

const lastSequence = () => ports.store.of(retailMerchant).lastSequence();

describe('a transaction that another operation opened', () => {
  let context: Context;
  beforeEach(async () => {
    const { principal } = await core.authenticate({ credential: adminKey, requestId: 'test' });
    context = {
      merchantId: principal.merchantId,
      principal,
      nowMs: ports.clock.now(),
      newId: ports.newId,
      cursors: createCursors(ports.cursorSecret),
    };
  });

  async function createCustomer(transaction: Transaction, name: string) {
    const tx = transaction.of(context.merchantId);
    const { createCustomer: operation } = operations;
    const input = operation.input.parse({ name });
    const write = keyed(ports, operation, context, caller(name), input);
    const begun = await begin(tx, write);
    if ('replay' in begun) return begun.replay;
    return (await record(tx, write, begun, await effect(tx, write, begun))).output;
  }

  test('accepts several writes, and the key of each replays its result', async () => {
    const [ada, bob] = await ports.store.write(async (tx) => [
      await createCustomer(tx, 'Ada'),
      await createCustomer(tx, 'Bob'),
    ]);
    const receipt: Caller['receipt'] = {};
    const again = { ...caller('Ada'), receipt };
    expect(await core.invoke('createCustomer', again, { name: 'Ada' })).toEqual(ada);
    expect(receipt.replayed).toBe(true);
    const replay = await ports.store.write((tx) => createCustomer(tx, 'Bob'));
    expect(replay).toEqual({ ok: true, output: bob });
  });

  test('rolls all of them back, including their keys, if one fails', async () => {
    const before = await lastSequence();
    const writing = ports.store.write(async (tx) => {
      await createCustomer(tx, 'Ada');
      throw new Error('the second fails');
    });
    await expect(writing).rejects.toThrow('the second fails');
    expect(await lastSequence()).toBe(before);
    const receipt: Caller['receipt'] = {};
    await core.invoke('createCustomer', { ...caller('Ada'), receipt }, { name: 'Ada' });
    expect(receipt.replayed).toBeUndefined();
  });
});

const expectations: readonly Partial<Caller>[] = [
  { ifVersion: [1] },
  { ifVersion: [] },
  { unlessVersion: 'any' },
];

describe('a write to a resource without versions refuses an expected version and has no effect', () => {
  test.each([
    ['createPayment', { amount: 100, currency: 'GBP', paymentMethod: 'pm_card_ok' }],
    ['createPayment', { amount: 1, currency: 'GBP', paymentMethod: 'pm_card_ok', confirm: true }],
    ['createCustomer', { name: 'Ada' }],
    ['createKey', { name: 'k', scopes: ['payments:read'] }],
  ] as const)('in %s', async (name, input) => {
    const before = await lastSequence();
    for (const expected of expectations) {
      const expecting = { ...caller('k'), ...expected };
      await expect(core.invoke(name, expecting, input)).rejects.toMatchObject({
        code: 'version_mismatch',
        details: { metadata: { operation: name } },
      });
    }
    expect(await lastSequence()).toBe(before);
    await core.invoke(name, { ...caller('k'), unlessVersion: [7] }, input);
  });

  test('revokeKey', async () => {
    const input = { name: 'k', scopes: ['payments:read'] };
    const { id, secret } = await core.invoke('createKey', caller('k'), input);
    const revoke = (expected: Partial<Caller>) =>
      core.invoke('revokeKey', { ...caller('revoke'), ...expected }, { id });
    await expect(revoke({ ifVersion: [1] })).rejects.toMatchObject({ code: 'version_mismatch' });
    const owner = { credential: secret ?? '', requestId: 'test' };
    await core.invoke('listPayments', owner, {});
    await revoke({});
    await expect(core.invoke('listPayments', owner, {})).rejects.toMatchObject({
      code: 'unauthenticated',
    });
  });
});
