import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Client, createInProcessClient } from '../../services/core/client.ts';
import { PaymentsError } from '../../services/core/errors.ts';
import type { Event } from '../../services/core/events/event.ts';
import { createWebsocketClient, redialPauseMs } from '../../services/websocket/client.ts';
import { adminKey } from '../house.ts';
import { openRoom, type Room } from './websocket-peer.ts';

let room: Room;
let client: Client;
beforeAll(async () => {
  room = await openRoom();
  client = await createWebsocketClient({ target: room.url, key: adminKey, connections: 2 });
});
afterAll(async () => {
  await client.close();
  await room.close();
});

let made = 0;
const pay = (from: Client, paymentMethod: 'pm_card_ok' | 'pm_card_timeout' = 'pm_card_ok') => {
  made += 1;
  return from.createPayment(
    { amount: 100, currency: 'GBP', paymentMethod, confirm: true },
    { idempotencyKey: `client-${made}` },
  );
};

const cut = (one: Room) => {
  for (const socket of one.sockets) socket.destroy();
};

test('responses equal those of the core', async () => {
  const direct = createInProcessClient(room.core, adminKey);
  const { id } = await pay(client);
  expect(await client.getPayment({ id })).toStrictEqual(await direct.getPayment({ id }));
  const list = { limit: 5, createdFrom: 0, sort: 'amount' } as const;
  // The core's page can also make cursors of its items; what it holds is the same.
  expect(await client.listPayments(list)).toStrictEqual({ ...(await direct.listPayments(list)) });
  expect(await client.listEvents({})).toStrictEqual({ ...(await direct.listEvents({})) });
});

test('a failed call throws the PaymentsError of the server', async () => {
  const failure = client.createPayment(
    { amount: 0, currency: 'GBP', paymentMethod: 'pm_card_ok' },
    { idempotencyKey: 'zero' },
  );
  await expect(failure).rejects.toMatchObject({
    code: 'validation_failed',
    details: { violations: [{ path: ['amount'] }] },
  });
});

test('a refused key fails each call but not the client', async () => {
  const stranger = await createWebsocketClient({ target: room.url });
  for (let i = 0; i < 2; i += 1) {
    await expect(stranger.getPayment({ id: 'x' })).rejects.toMatchObject({
      name: 'PaymentsError',
      code: 'unauthenticated',
      message: 'Expected an API key as a bearer token, got none.',
    });
  }
  await stranger.close();
});

test('a lost connection fails its running calls, and the next call connects again', async () => {
  const own = await openRoom();
  const caller = await createWebsocketClient({ target: own.url, key: adminKey });
  const stop = new AbortController();
  const events = await caller.watchEvents({}, { signal: stop.signal });
  const watched = (async () => {
    for await (const _event of events);
  })();
  const call = pay(caller, 'pm_card_timeout');
  await sleep(50);
  cut(own);
  for (const failing of [call, watched]) {
    const error = await failing.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(Error);
    expect(error).not.toBeInstanceOf(PaymentsError);
    expect(String(error)).toContain('Expected an open WebSocket');
  }
  expect(await pay(caller)).toMatchObject({ status: 'succeeded' });
  await caller.close();
  await expect(caller.getPayment({ id: 'x' })).rejects.toThrow('closed');
  await own.close();
});

test('an unreachable server gives an Error that names it', async () => {
  await expect(
    createWebsocketClient({ target: 'ws://127.0.0.1:1', key: adminKey }),
  ).rejects.toThrow('Expected a WebSocket with ws://127.0.0.1:1/ws');
});

test('a call can be aborted', async () => {
  const stop = new AbortController();
  const given = client.getPayment({ id: 'x' }, { signal: stop.signal });
  stop.abort(new Error('enough'));
  await expect(given).rejects.toThrow('enough');
  await expect(client.getPayment({ id: 'x' }, { signal: stop.signal })).rejects.toThrow('enough');
});

test('a slow reader loses nothing, and a subscription that ends leaves nothing behind', async () => {
  const after = await room.store.of('acct_retail').lastSequence();
  const direct = createInProcessClient(room.core, adminKey);
  const stop = new AbortController();
  const events = await client.watchEvents({ after }, { signal: stop.signal });
  // More than the client keeps: it stops reading, and the server waits.
  const payments = 700;
  await Promise.all(Array.from({ length: payments }, () => pay(direct)));
  await sleep(100);
  const got: Event[] = [];
  for await (const event of events) {
    got.push(event);
    if (got.length === 2 * payments) break;
  }
  expect(got.map(({ sequence }) => sequence)).toEqual(got.map((_event, i) => after + 1 + i));
  const again = await client.watchEvents({ after }, { signal: stop.signal });
  const ended = (async () => {
    for await (const event of again) if (event.sequence === after + 2) stop.abort();
  })();
  await expect(ended).resolves.toBeUndefined();
  expect(await pay(client)).toMatchObject({ status: 'succeeded' });
});

test('a client reconnects after a pause that is random and grows', () => {
  const pauses = Array.from({ length: 200 }, () => redialPauseMs(0));
  expect(new Set(pauses).size).toBeGreaterThan(100);
  expect(Math.max(...pauses)).toBeLessThanOrEqual(200);
  const late = Array.from({ length: 200 }, () => redialPauseMs(50));
  expect(Math.max(...late)).toBeLessThanOrEqual(5000);
  expect(Math.max(...late)).toBeGreaterThan(1000);
});
