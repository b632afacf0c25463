import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createWebsocketRoom } from '../../services/websocket/server.ts';
import { createEventStreamParser } from '../../services/wire/http/event-stream.ts';
import { adminKey, type House, openHouse, otherKey } from '../house.ts';
import { openRoom as openSse } from './sse-room.ts';
import { enter, serve } from './websocket-peer.ts';

/** Two servers on one database file: the rooms are of the first, commands run on the second. */
let folder: string;
let here: House;
let elsewhere: House;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'fivewire-'));
  const url = `sqlite:${join(folder, 'shared.db')}`;
  here = await openHouse(url);
  elsewhere = await openHouse(url);
});
afterAll(async () => {
  await here.close();
  await elsewhere.close();
  rmSync(folder, { recursive: true });
});

const caller = { credential: adminKey, requestId: 'test' };
let made = 0;
async function newKey() {
  made += 1;
  const scopes = ['events:read', 'payments:read', 'payments:write', 'customers:read'];
  const { id, secret } = await here.core.invoke(
    'createKey',
    { ...caller, idempotencyKey: `k-${made}` },
    { name: 'k', scopes },
  );
  return { id, secret: secret ?? '' };
}
const revokeElsewhere = (id: string) =>
  elsewhere.core.invoke('revokeKey', { ...caller, idempotencyKey: `r-${id}` }, { id });
async function addCustomerElsewhere() {
  made += 1;
  const name = `Ada-${made}`;
  await elsewhere.core.invoke('createCustomer', { ...caller, idempotencyKey: name }, { name });
  return name;
}

test('an SSE stream has the commits of another server and ends when that one revokes its key', async () => {
  const room = await openSse(here);
  const key = await newKey();
  const response = await fetch(room.url, { headers: { authorization: `Bearer ${key.secret}` } });
  const parse = createEventStreamParser();
  const name = await addCustomerElsewhere();
  let revoking: Promise<unknown> | undefined;
  let last = '';
  for await (const bytes of response.body ?? []) {
    for (const { data } of parse(bytes)) {
      last = data;
      if (data.includes(name)) revoking = revokeElsewhere(key.id);
    }
  }
  await revoking;
  expect(revoking).toBeDefined();
  expect(JSON.parse(last)).toMatchObject({ code: 'unauthenticated', status: 401 });
  room.close();
});

test('a WebSocket has the commits of another server and ends when that one revokes its key', async () => {
  const room = await serve(createWebsocketRoom(here.core));
  const key = await newKey();
  const peer = await enter(room, key.secret);
  peer.send({ id: 's', type: 'subscribe' });
  expect((await peer.next()).type).toBe('subscribed');
  const name = await addCustomerElsewhere();
  expect(JSON.stringify(await peer.next())).toContain(name);
  await revokeElsewhere(key.id);
  expect(await peer.next()).toMatchObject({ id: 's', error: { code: 'unauthenticated' } });
  expect(await peer.closed).toMatchObject({ code: 4401 });
  await room.close();
});

test('a WebSocket without subscriptions ends too when another server revokes its key', async () => {
  const room = await serve(createWebsocketRoom(here.core));
  const key = await newKey();
  const peer = await enter(room, key.secret);
  await revokeElsewhere(key.id);
  expect(await peer.closed).toMatchObject({ code: 4401 });
  const again = enter(room, key.secret);
  await expect(again).rejects.toThrow('got error');
  await room.close();
});

test('commits of another server are read once for all subscribers of their merchant only', async () => {
  const stop = new AbortController();
  const { signal } = stop;
  const watch = (credential: string, requestId: string) =>
    here.core.watch('watchEvents', { credential, requestId, signal }, {});
  const streams = await Promise.all(
    Array.from({ length: 200 }, (_, i) => watch(adminKey, `w${i}`)),
  );
  const others = await Promise.all(Array.from({ length: 200 }, (_, i) => watch(otherKey, `o${i}`)));
  const idle = others.map((stream) => stream[Symbol.asyncIterator]().next());
  const iterators = streams.map((stream) => stream[Symbol.asyncIterator]());
  const nextOfAll = async () => {
    const all = iterators.map((iterator) => iterator.next());
    const name = await addCustomerElsewhere();
    const events = (await Promise.all(all)).map(({ value }) => value);
    for (const event of events) expect(event.data.customer.name).toBe(name);
    return events;
  };
  const before = here.store.queryCount;
  const events = await nextOfAll();
  expect(here.store.queryCount - before).toBeLessThan(20);
  // One object, so that it is written as JSON once.
  expect(new Set(events).size).toBe(1);
  stop.abort();
  await Promise.all(idle);
});
