import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Event } from '../../services/core/events/event.ts';
import { withItems } from '../../services/core/events/follow.ts';
import type { Core } from '../../services/core/invoke.ts';
import { merchantAllowance, type Scope } from '../../services/core/merchants/merchant.ts';
import { maxStreamsOfKey } from '../../services/core/streams.ts';
import { adminKey, keyOf, stillLimits } from '../house.ts';
import { enter, openRoom, type Room } from './websocket-peer.ts';

let room: Room;
beforeAll(async () => {
  room = await openRoom({ pingMs: 10 });
});
afterAll(() => room.close());

const caller = { credential: adminKey, requestId: 'test' };
let made = 0;
/** One event. */
async function addCustomer(core: Core = room.core): Promise<void> {
  made += 1;
  await core.invoke('createCustomer', { ...caller, idempotencyKey: `c-${made}` }, { name: 'Ada' });
}
const createKey = (scopes: readonly Scope[], more: object = {}, core: Core = room.core) => {
  made += 1;
  const input = { name: 'k', scopes, ...more };
  return core.invoke('createKey', { ...caller, idempotencyKey: `k-${made}` }, input);
};
const lastSequence = () => room.store.of('acct_retail').lastSequence();
const upwards = (from: number, count: number) => Array.from({ length: count }, (_, i) => from + i);

test('a subscription reports its start position, and one that is cut before an event misses none', async () => {
  await addCustomer();
  const start = await lastSequence();
  const peer = await enter(room);
  peer.send({ id: 's', type: 'subscribe' });
  const subscribed = await peer.next();
  expect(subscribed).toMatchObject({ type: 'subscribed', sequence: start });
  peer.ws.terminate();
  for (let i = 0; i < 3; i += 1) await addCustomer();
  const again = await enter(room);
  again.send({ id: 's', type: 'subscribe', after: subscribed.sequence });
  expect(await again.next()).toMatchObject({ type: 'subscribed', sequence: start });
  for (const sequence of upwards(start + 1, 3)) {
    expect(await again.next()).toMatchObject({ type: 'event', sequence });
  }
  again.ws.close();
});

test('heartbeats advance the position of a subscription only past events of other types', async () => {
  const peer = await enter(room);
  peer.send({ id: '__proto__', type: 'subscribe', types: ['refund.created'] });
  peer.send({ id: 'all', type: 'subscribe' });
  await peer.next();
  await peer.next();
  await addCustomer();
  const last = await lastSequence();
  const frames = [await peer.next(), await peer.next()];
  expect(frames.find(({ type }) => type === 'event')).toMatchObject({ id: 'all', sequence: last });
  const heartbeat = frames.find(({ type }) => type === 'heartbeat');
  expect(Object.entries(heartbeat?.positions ?? {})).toEqual([['__proto__', last]]);
  peer.ws.close();
});

test('a position that does not exist yet is refused by the name of its field', async () => {
  const peer = await enter(room);
  const last = await lastSequence();
  for (const after of [last + 1, Number.MAX_SAFE_INTEGER]) {
    peer.send({ id: 's', type: 'subscribe', after });
    expect(await peer.next()).toMatchObject({
      id: 's',
      type: 'error',
      error: { code: 'position_out_of_range', metadata: { last_sequence: String(last) } },
    });
  }
  peer.ws.close();
});

test('a failure of a subscription after its start is logged and counted under its request id', async () => {
  async function* broken(): AsyncGenerator<Event, void, void> {
    yield* [];
    throw new TypeError('The page is damaged.');
  }
  const failing = await openRoom({}, (core) => ({
    ...core,
    watch: async (...watched) => withItems(await core.watch(...watched), broken()),
  }));
  const peer = await enter(failing);
  peer.send({ id: 's', type: 'subscribe' });
  const subscribed = await peer.next();
  const error = await peer.next();
  expect(error).toMatchObject({
    id: 's',
    error: { code: 'internal', request_id: subscribed.request_id },
  });
  expect(JSON.stringify(error)).not.toContain('damaged');
  expect(failing.records.filter(({ code }) => code === 'internal')).toMatchObject([
    { requestId: subscribed.request_id, cause: expect.any(TypeError) },
  ]);
  peer.ws.close();
  await failing.close();
});

test('a subscription has only events of resources that the key may read', async () => {
  const key = await createKey(['events:read', 'payments:read']);
  const peer = await enter(room, key.secret ?? '');
  peer.send({ id: 's', type: 'subscribe' });
  const { sequence: start } = (await peer.next()) as unknown as { sequence: number };
  await addCustomer();
  // The customer is stepped over: nothing of it is sent but its place in the sequence.
  expect(await peer.next()).toEqual({ type: 'heartbeat', positions: { s: start + 1 } });
  peer.send({ id: 'l', type: 'call', operation: 'listEvents', input: { after: start } });
  expect(await peer.next()).toMatchObject({ id: 'l', output: { data: [] } });
  peer.ws.close();
});

test('the number of open streams of a key is limited, and the error names the limit', async () => {
  const stop = new AbortController();
  await Promise.all(
    upwards(0, maxStreamsOfKey).map((i) =>
      room.core.watch('watchEvents', { ...caller, requestId: `r${i}`, signal: stop.signal }, {}),
    ),
  );
  const peer = await enter(room);
  peer.send({ id: 's', type: 'subscribe' });
  expect(await peer.next()).toMatchObject({
    id: 's',
    error: {
      code: 'rate_limited',
      detail: expect.stringContaining('open streams'),
      retry_after_ms: expect.any(Number),
    },
  });
  stop.abort();
  peer.send({ id: 's', type: 'subscribe' });
  expect(await peer.next()).toMatchObject({ id: 's', type: 'subscribed' });
  peer.ws.close();
});

test('a subscription that ends in any way no longer counts toward the limit', async () => {
  const stop = new AbortController();
  const rates = { ratePerSecond: 10_000, burst: 10_000 };
  const key = await createKey(['events:read', 'payments:read', 'customers:read'], rates);
  const held = maxStreamsOfKey - 1;
  await Promise.all(
    upwards(0, held).map((i) => {
      const watcher = { credential: key.secret ?? '', requestId: `r${i}`, signal: stop.signal };
      return room.core.watch('watchEvents', watcher, {});
    }),
  );
  const subscribe = { id: 's', type: 'subscribe' };
  for (let i = 0; i < 3; i += 1) {
    const peer = await enter(room, key.secret ?? '');
    peer.send(subscribe);
    expect((await peer.next()).type).toBe('subscribed');
    peer.send({ id: 's', type: 'unsubscribe' });
    expect((await peer.next()).type).toBe('unsubscribed');
    peer.send(subscribe);
    expect((await peer.next()).type).toBe('subscribed');
    const [serverSide] = [...room.sockets].slice(-1);
    peer.ws.terminate();
    await new Promise((resolve) => serverSide?.once('close', resolve));
  }
  stop.abort();
});

test('all keys of a merchant share its rate limit besides their own', async () => {
  const limits = stillLimits();
  const still = await openRoom({}, undefined, limits);
  const { merchantId } = await keyOf(still, adminKey);
  const rates = { ratePerSecond: 100_000, burst: 100_000 };
  const scopes = ['payments:read'] as const;
  const keys = [
    await createKey(scopes, rates, still.core),
    await createKey(scopes, rates, still.core),
    await createKey(scopes, rates, still.core),
  ];
  // All but two of the merchant's tokens are taken.
  const bucket = { id: merchantId, ...merchantAllowance };
  const { remaining } = await limits.limiter.take([bucket], 1);
  await limits.limiter.take([bucket], remaining - 2);
  const types: string[] = [];
  for (const { secret } of keys) {
    const peer = await enter(still, secret ?? '');
    peer.send({ id: '1', type: 'call', operation: 'listPayments', input: { limit: 1 } });
    const frame = await peer.next();
    types.push(frame.type);
    peer.ws.close();
  }
  expect(types).toEqual(['result', 'result', 'error']);
  await still.close();
});
