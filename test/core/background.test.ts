import { expect, test } from 'vitest';
import { runInBackground } from '../../services/background.ts';
import { createCore } from '../../services/core/invoke.ts';
import { createDemoMerchants } from '../../services/demo/merchants.ts';
import { createPorts } from '../../services/ports.ts';
import { openStore } from '../../services/storage/open.ts';
import { adminKey } from '../house.ts';

test('background work never overlaps itself, and a stop waits until it has finished', async () => {
  let running = 0;
  let most = 0;
  let turns = 0;
  const work = {
    name: 'count',
    everyMs: 1,
    async run() {
      running += 1;
      turns += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 5));
      running -= 1;
    },
  };
  const stop = runInBackground([work], () => {});
  await expect.poll(() => turns).toBeGreaterThan(3);
  await stop();
  expect(running).toBe(0);
  expect(most).toBe(1);
});

test('a repeated failure of background work is reported once by name, and the work is retried', async () => {
  const outcomes = ['locked', 'locked', 'locked', 'full', undefined, 'locked'];
  const reported: unknown[] = [];
  let turns = 0;
  const work = {
    name: 'count',
    everyMs: 1,
    async run() {
      const outcome = outcomes[turns];
      turns += 1;
      if (outcome !== undefined) throw new Error(outcome);
    },
  };
  const stop = runInBackground([work], (name, error) => reported.push(`${name}: ${error}`));
  await expect.poll(() => turns).toBeGreaterThan(outcomes.length);
  await stop();
  expect(reported).toEqual(['count: Error: locked', 'count: Error: full', 'count: Error: locked']);
});

test('the core declares two kinds of background work: settling payments and deleting expired keys', async () => {
  let nowMs = Date.now();
  const store = await openStore('sqlite::memory:');
  const ports = await createPorts(store, { now: () => nowMs });
  await createDemoMerchants(ports);
  const core = createCore(ports);
  const caller = { credential: adminKey, idempotencyKey: 'key', requestId: 'test' };
  const slow = { amount: 500, currency: 'GBP', paymentMethod: 'pm_card_slow', confirm: true };
  const { id } = await core.invoke('createPayment', caller, slow);
  nowMs += 25 * 60 * 60 * 1000;
  const done = new Map<string, unknown>();
  for (const { name, run } of core.background) done.set(name, await run());
  expect(done).toEqual(
    new Map([
      ['settle due payments', 1],
      ['forget expired idempotency keys', 1],
    ]),
  );
  expect(await core.invoke('getPayment', caller, { id })).toMatchObject({ status: 'succeeded' });
  await store.close();
});
