import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { EventType } from '../../services/core/events/event.ts';
import { createWebsocketRoom } from '../../services/websocket/server.ts';
import { adminKey, otherKey } from '../house.ts';
import {
  enter,
  type Frame,
  openRoom,
  type Peer,
  payment,
  type Room,
  serve,
} from './websocket-peer.ts';

let room: Room;
beforeAll(async () => {
  room = await openRoom();
});
afterAll(() => room.close());

let made = 0;
/** Makes events: one payment is two. */
async function pay(metadata: Record<string, string> = {}): Promise<void> {
  made += 1;
  await room.core.invoke(
    'createPayment',
    { credential: adminKey, requestId: 'test', idempotencyKey: `pay-${made}` },
    { amount: 100, currency: 'GBP', paymentMethod: 'pm_card_ok', confirm: true, metadata },
  );
}

const lastSequence = () => room.store.of('acct_retail').lastSequence();

/** The next `count` event frames of one subscription. */
async function eventsOf(peer: Peer, count: number): Promise<Frame[]> {
  const events: Frame[] = [];
  while (events.length < count) {
    const frame = await peer.next();
    expect(frame.type).toBe('event');
    events.push(frame);
  }
  return events;
}

const sequences = (events: readonly Frame[]) => events.map(({ sequence }) => sequence);
const upwards = (from: number, count: number) => Array.from({ length: count }, (_, i) => from + i);

test('a subscription is acknowledged and then delivers every event in order', async () => {
  const peer = await enter(room);
  const before = await lastSequence();
  peer.send({ id: 's', type: 'subscribe' });
  expect(await peer.next()).toMatchObject({ id: 's', type: 'subscribed' });
  await pay();
  const events = await eventsOf(peer, 2);
  expect(sequences(events)).toEqual([before + 1, before + 2]);
  expect(events[0]).toMatchObject({
    id: 's',
    event: {
      id: expect.stringMatching(/^evt_/),
      sequence: before + 1,
      type: 'payment.created',
      created_at: expect.stringMatching(/Z$/),
      data: { payment: { amount: 100, links: {} } },
    },
  });
  peer.ws.close();
});

test('a subscription resumes after a cut without a gap or a duplicate', async () => {
  const start = await lastSequence();
  const seen: Frame[] = [];
  for (let cut = 0; cut < 5; cut += 1) {
    const peer = await enter(room);
    const after = start + seen.length;
    peer.send({ id: 's', type: 'subscribe', after });
    expect((await peer.next()).type).toBe('subscribed');
    await pay();
    await pay();
    seen.push(...(await eventsOf(peer, 3)));
    peer.ws.terminate();
    await pay();
  }
  expect(sequences(seen)).toEqual(upwards(start + 1, 15));
});

test('events are filtered by type, and several subscriptions are distinguished by their ids', async () => {
  const peer = await enter(room);
  const succeeded: EventType[] = ['payment.succeeded'];
  peer.send({ id: 'all', type: 'subscribe' });
  peer.send({ id: 'some', type: 'subscribe', types: succeeded });
  await peer.next();
  await peer.next();
  await pay();
  const events = await eventsOf(peer, 3);
  expect(events.filter(({ id }) => id === 'all')).toHaveLength(2);
  expect(events.filter(({ id }) => id === 'some')).toMatchObject([
    { event: { type: 'payment.succeeded' } },
  ]);
  peer.ws.close();
});

test('after unsubscribe no event arrives, and the id can be used again', async () => {
  const peer = await enter(room);
  for (let round = 0; round < 2; round += 1) {
    peer.send({ id: 's', type: 'subscribe' });
    expect((await peer.next()).type).toBe('subscribed');
    peer.send({ id: 's', type: 'unsubscribe' });
    expect(await peer.next()).toEqual({ id: 's', type: 'unsubscribed' });
    await pay();
  }
  peer.send({ id: 'c', type: 'call', operation: 'listPayments', input: { limit: 1 } });
  expect((await peer.next()).id).toBe('c');
  peer.ws.close();
});

test('the id of an ended subscription can be used again at once', async () => {
  const peer = await enter(room);
  peer.send({ id: 's', type: 'subscribe' });
  peer.send({ id: 's', type: 'unsubscribe' });
  peer.send({ id: 's', type: 'subscribe', after: 0, types: ['payment.succeeded'] });
  expect((await peer.next()).type).toBe('unsubscribed');
  expect((await peer.next()).type).toBe('subscribed');
  expect(await peer.next()).toMatchObject({ id: 's', event: { type: 'payment.succeeded' } });
  peer.ws.close();
});

test('an invalid subscription is refused by its id', async () => {
  const peer = await enter(room);
  for (const wrong of [{ after: -1 }, { after: '3' }, { types: ['payment.lost'] }, { from: 3 }]) {
    peer.send({ id: 's', type: 'subscribe', ...wrong });
    expect(await peer.next()).toMatchObject({
      id: 's',
      type: 'error',
      error: { code: 'validation_failed', errors: [{}] },
    });
  }
  peer.ws.close();
});

test('a subscription has no events of another merchant', async () => {
  const peer = await enter(room, otherKey);
  peer.send({ id: 's', type: 'subscribe', after: 0 });
  expect((await peer.next()).type).toBe('subscribed');
  await pay();
  await sleep(50);
  expect(peer.frames).toEqual([]);
  peer.ws.close();
});

test('a revoked key ends its subscriptions with the problem and then the connection', async () => {
  const caller = { credential: adminKey, requestId: 'test' };
  const key = await room.core.invoke(
    'createKey',
    { ...caller, idempotencyKey: 'watcher' },
    { name: 'watcher', scopes: ['events:read', 'payments:read', 'customers:read'] },
  );
  const peer = await enter(room, key.secret ?? '');
  peer.send({ id: 's', type: 'subscribe' });
  expect((await peer.next()).type).toBe('subscribed');
  await room.core.invoke('revokeKey', { ...caller, idempotencyKey: 'end' }, { id: key.id });
  expect(await peer.next()).toMatchObject({ id: 's', error: { code: 'unauthenticated' } });
  expect(await peer.closed).toMatchObject({ code: 4401 });
});

test('a reader that stops uses bounded memory, is closed with 1013 and can resume', async () => {
  // 16 MB of events: more than the kernel takes for a peer that does not.
  const metadata = Object.fromEntries(upwards(0, 50).map((i) => [`key${i}`, 'x'.repeat(490)]));
  const start = await lastSequence();
  await Promise.all(upwards(0, 300).map(() => pay(metadata)));
  // A separate room over the same core, because the other one does not close slow readers.
  const strict = await serve(createWebsocketRoom(room.core, { stalledMs: 300 }));
  const slow = await enter(strict);
  const [serverSide] = strict.sockets;
  slow.send({ id: 's', type: 'subscribe', after: start });
  expect((await slow.next()).type).toBe('subscribed');
  slow.ws.pause();

  const quick = await enter(room);
  quick.send({ id: 'q', type: 'subscribe' });
  expect((await quick.next()).type).toBe('subscribed');
  let most = 0;
  const watching = setInterval(() => {
    most = Math.max(most, serverSide?.writableLength ?? 0);
  }, 5);
  for (let i = 0; i < 10; i += 1) {
    await pay();
    await eventsOf(quick, 2);
    await sleep(20);
  }
  await sleep(300);
  clearInterval(watching);
  expect(most).toBeGreaterThan(256 * 1024);
  expect(most).toBeLessThan(512 * 1024);

  slow.ws.resume();
  expect(await slow.closed).toMatchObject({ code: 1013 });
  const got = slow.frames.filter(({ type }) => type === 'event');
  expect(got.length).toBeLessThan(600);
  const again = await enter(room);
  again.send({ id: 's', type: 'subscribe', after: start + got.length });
  expect((await again.next()).type).toBe('subscribed');
  const rest = await eventsOf(again, 620 - got.length);
  expect(sequences([...got, ...rest])).toEqual(upwards(start + 1, 620));
  again.ws.close();
  quick.ws.close();
  await strict.close();
});

test('pages that are requested together arrive although they exceed the buffer', async () => {
  await Promise.all(upwards(0, 100).map(() => pay({ note: 'x'.repeat(400) })));
  const peer = await enter(room);
  for (const id of upwards(0, 64).map(String)) {
    peer.send({ id, type: 'call', operation: 'listPayments', input: { limit: 100 } });
  }
  for (let i = 0; i < 64; i += 1) {
    const frame = await peer.next();
    expect(frame.type).toBe('result');
  }
  peer.send({ id: 'x', type: 'call', operation: 'createPayment', input: payment });
  expect(await peer.next()).toMatchObject({ error: { code: 'idempotency_key_missing' } });
  peer.ws.close();
});
