import { setTimeout as sleep } from 'node:timers/promises';
import { EventSource } from 'eventsource';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PaymentsError } from '../../services/core/errors.ts';
import type { Event } from '../../services/core/events/event.ts';
import { createSseClient } from '../../services/sse/client.ts';
import type { EventJson } from '../../services/wire/json.ts';
import { adminKey } from '../house.ts';
import { caller, openRoom, openSseHouse, type Room, type SseHouse, upwards } from './sse-room.ts';

let sse: SseHouse;
beforeAll(async () => {
  sse = await openSseHouse();
});
afterAll(() => sse.close());

test('an EventSource connects again after each cut without a gap or a duplicate', async () => {
  const start = await sse.lastSequence();
  const source = new EventSource(`${sse.room.url}?after=${start}&types=payment.succeeded`, {
    fetch: (url, init) =>
      fetch(url, { ...init, headers: { ...init.headers, authorization: `Bearer ${adminKey}` } }),
  });
  const got: EventJson[] = [];
  let opened = 0;
  source.addEventListener('open', () => {
    opened += 1;
  });
  source.addEventListener('payment.succeeded', ({ data }) => {
    got.push(JSON.parse(data));
  });
  for (let cut = 1; cut <= 3; cut += 1) {
    await sse.pay();
    while (got.length < cut * 2 - 1) await sleep(5);
    sse.room.cut();
    await sse.pay();
    while (got.length < cut * 2) await sleep(5);
  }
  source.close();
  expect(opened).toBe(4);
  expect(got.map(({ sequence }) => sequence)).toEqual(upwards(1, 6).map((i) => start + i * 2));
});

describe('the SSE client', () => {
  const connectAs = (key: string | undefined, of: Room = sse.room) =>
    createSseClient({ target: of.url, key });

  test('yields the events of the core and ends only by its signal', async () => {
    const client = await connectAs(adminKey);
    const after = await sse.lastSequence();
    const stop = new AbortController();
    const events = await client.watchEvents({ after }, { signal: stop.signal });
    await sse.pay();
    const got: Event[] = [];
    for await (const event of events) {
      got.push(event);
      if (got.length === 2) stop.abort();
    }
    const { items } = await sse.house.core.invoke('listEvents', caller, { after });
    expect(got).toStrictEqual(items);
    await client.close();
  });

  test('throws the PaymentsError of the server before and during the stream', async () => {
    const stranger = await connectAs(undefined);
    const { signal } = new AbortController();
    await expect(stranger.watchEvents({}, { signal })).rejects.toMatchObject({
      code: 'unauthenticated',
      message: 'Expected an API key as a bearer token, got none.',
    });
    const key = await sse.house.core.invoke(
      'createKey',
      { ...caller, idempotencyKey: 'client' },
      { name: 'client', scopes: ['events:read', 'payments:read', 'customers:read'] },
    );
    const client = await connectAs(key.secret ?? undefined);
    const events = await client.watchEvents({}, { signal });
    await sse.house.core.invoke('revokeKey', { ...caller, idempotencyKey: 'out' }, { id: key.id });
    const read = (async () => {
      for await (const _event of events);
    })();
    await expect(read).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  test('reports a lost connection as a plain Error', async () => {
    const own = await openRoom(sse.house);
    const client = await connectAs(adminKey, own);
    const { signal } = new AbortController();
    const events = await client.watchEvents({}, { signal });
    const read = (async () => {
      for await (const _event of events);
    })();
    own.close();
    const error = await read.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Error);
    expect(error).not.toBeInstanceOf(PaymentsError);
    await expect(client.watchEvents({}, { signal })).rejects.toThrow('Expected a stream from');
  });
});
