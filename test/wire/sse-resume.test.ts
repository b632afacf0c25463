import { setTimeout as sleep } from 'node:timers/promises';
import { EventSource } from 'eventsource';
import { expect, test } from 'vitest';
import { PaymentsError } from '../../services/core/errors.ts';
import type { Event } from '../../services/core/events/event.ts';
import { withItems } from '../../services/core/events/follow.ts';
import type { Limiter } from '../../services/core/limiter.ts';
import type { Scope } from '../../services/core/merchants/merchant.ts';
import { maxStreamsOfKey } from '../../services/core/streams.ts';
import { createEventStreamParser, type Message } from '../../services/wire/http/event-stream.ts';
import { adminKey, type House, openHouse, readerKey, stillLimits } from '../house.ts';
import { caller, openRoom, type Room, upwards } from './sse-room.ts';

let made = 0;
/** One event. */
async function addCustomer({ core }: House): Promise<void> {
  made += 1;
  await core.invoke('createCustomer', { ...caller, idempotencyKey: `c-${made}` }, { name: 'Ada' });
}
/** Two events. */
async function pay({ core }: House): Promise<void> {
  made += 1;
  await core.invoke(
    'createPayment',
    { ...caller, idempotencyKey: `p-${made}` },
    { amount: 100, currency: 'GBP', paymentMethod: 'pm_card_ok', confirm: true },
  );
}
const lastSequence = ({ store }: House) => store.of('acct_retail').lastSequence();

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(5);
}

/** A stream as text. */
async function read(room: Room, path = '', more: Record<string, string> = {}) {
  const stop = new AbortController();
  const response = await fetch(`${room.url}${path}`, {
    headers: { accept: 'text/event-stream', authorization: `Bearer ${adminKey}`, ...more },
    signal: stop.signal,
  });
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  let text = '';
  const readMore = async () => {
    reader ??= response.body?.getReader();
    const { done, value } = (await reader?.read()) ?? { done: true };
    if (value) text += new TextDecoder().decode(value);
    return !done;
  };
  return {
    response,
    async until(condition: (text: string) => boolean): Promise<string> {
      while (!condition(text) && (await readMore()));
      return text;
    },
    close: () => stop.abort(),
  };
}

const messagesIn = (text: string): readonly Message[] =>
  createEventStreamParser()(new TextEncoder().encode(text));

/** An EventSource, and what it met with. */
function watch(url: string, key: string) {
  const statuses: number[] = [];
  const sequences: number[] = [];
  const source = new EventSource(url, {
    fetch: async (input, init) => {
      const headers = { ...init.headers, authorization: `Bearer ${key}` };
      const response = await fetch(input, { ...init, headers });
      statuses.push(response.status);
      return response;
    },
  });
  let opened = 0;
  source.addEventListener('open', () => {
    opened += 1;
  });
  for (const type of ['customer.created', 'payment.created', 'payment.succeeded']) {
    source.addEventListener(type, ({ lastEventId }) => sequences.push(Number(lastEventId)));
  }
  return {
    source,
    statuses,
    sequences,
    get opened() {
      return opened;
    },
  };
}

test('many EventSources that are cut together all reconnect despite the limit per address', async () => {
  let refusals = 0;
  const left = {
    limit: 1,
    ratePerSecond: 1,
    remaining: 0,
    resetMs: 0,
  };
  const limiter: Limiter = {
    debit: () => ({ ...left, allowed: true, retryAfterMs: 0 }),
    take() {
      refusals -= 1;
      if (refusals < 0) return { ...left, allowed: true, retryAfterMs: 0 };
      return { ...left, allowed: false, retryAfterMs: 1 };
    },
  };
  const house = await openHouse('sqlite::memory:', { limiter });
  const room = await openRoom(house, { retryMs: 5, busyRetryMs: 10 });
  const herd = upwards(0, 60).map(() => watch(room.url, readerKey));
  await until(() => herd.every(({ opened }) => opened === 1));
  // More refusals than the herd has members, so that some are refused twice.
  refusals = 100;
  room.cut();
  await until(() => refusals < 0);
  const before = await lastSequence(house);
  await addCustomer(house);
  await until(() => herd.every(({ sequences }) => sequences.includes(before + 1)));
  for (const { source, statuses, sequences } of herd) {
    expect(source.readyState).not.toBe(source.CLOSED);
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(sequences).toEqual([before + 1]);
    source.close();
  }
  room.close();
  await house.close();
});

test('the pause before a reconnection is random for each connection and longer under load', async () => {
  const house = await openHouse();
  const busy = (code: 'rate_limited' | 'overloaded' | 'internal') =>
    openRoom(
      {
        core: {
          ...house.core,
          watch: async () => {
            throw new PaymentsError(code, 'Busy.', { retryAfterMs: 60_000 });
          },
        },
      },
      { retryMs: 1000, busyRetryMs: 5000 },
    );
  const pauseOf = async (room: Room, more: Record<string, string> = {}) => {
    const stream = await read(room, '', more);
    const text = await stream.until((got) => /^retry: \d+$/m.test(got));
    stream.close();
    return { status: stream.response.status, ms: Number(/^retry: (\d+)$/m.exec(text)?.[1]), text };
  };
  const room = await openRoom(house, { retryMs: 1000 });
  const pauses = await Promise.all(upwards(0, 20).map(() => pauseOf(room)));
  expect(new Set(pauses.map(({ ms }) => ms)).size).toBeGreaterThan(5);
  for (const { ms } of pauses) {
    expect(ms).toBeGreaterThanOrEqual(1000);
    expect(ms).toBeLessThanOrEqual(2000);
  }
  for (const code of ['rate_limited', 'overloaded', 'internal'] as const) {
    const crowded = await busy(code);
    const resumed = await pauseOf(crowded, { 'last-event-id': '0' });
    expect(resumed.status).toBe(200);
    // Never before the time that the error names.
    expect(resumed.ms).toBeGreaterThanOrEqual(60_000);
    expect(JSON.parse(messagesIn(resumed.text)[0]?.data ?? '')).toMatchObject({ code });
    const first = await read(crowded);
    expect(first.response.status).toBeGreaterThanOrEqual(429);
    expect(first.response.headers.get('retry-after')).toBe('60');
    crowded.close();
  }
  room.close();
  await house.close();
});

test('a resume that can never succeed is refused with a final status', async () => {
  const house = await openHouse();
  const room = await openRoom(house);
  const resume = async (id: string, authorization = `Bearer ${adminKey}`) => {
    const { response } = await read(room, '', { 'last-event-id': id, authorization });
    return response;
  };
  expect((await resume('0', 'Bearer sk_test_wrong')).status).toBe(401);
  const wrong = await resume('x');
  expect(wrong.status).toBe(400);
  expect(((await wrong.json()) as { detail: string }).detail).toContain('Last-Event-ID');
  room.close();
  await house.close();
});

test('a position that does not exist yet is refused by name at once', async () => {
  const house = await openHouse();
  const room = await openRoom(house);
  const last = await lastSequence(house);
  for (const [path, headers] of [
    [`?after=${last + 1}`, {}],
    [`?after=${Number.MAX_SAFE_INTEGER}`, {}],
    ['', { 'last-event-id': String(last + 1) }],
  ] as const) {
    const { response } = await read(room, path, headers);
    expect(response.status).toBe(409);
    expect(await response.json()).toMatchObject({
      code: 'position_out_of_range',
      metadata: { last_sequence: String(last) },
    });
  }
  const { response, close } = await read(room, `?after=${last}`);
  expect(response.status).toBe(200);
  close();
  room.close();
  await house.close();
});

test('an EventSource that is cut before its first event misses none', async () => {
  const house = await openHouse();
  const room = await openRoom(house, { retryMs: 5 });
  await addCustomer(house);
  const start = await lastSequence(house);
  const watched = watch(room.url, adminKey);
  await until(() => watched.opened === 1);
  const [socket] = room.sockets;
  await until(() => (socket?.bytesWritten ?? 0) > 0);
  room.cut();
  for (let i = 0; i < 3; i += 1) await addCustomer(house);
  await until(() => watched.opened === 2);
  await addCustomer(house);
  await until(() => watched.sequences.length >= 4);
  expect(watched.sequences).toEqual(upwards(start + 1, 4));
  watched.source.close();
  room.close();
  await house.close();
});

test('heartbeats advance the position past events of other types', async () => {
  const house = await openHouse();
  const room = await openRoom(house, { heartbeatMs: 10 });
  const stream = await read(room, '?types=refund.created');
  for (let i = 0; i < 3; i += 1) await pay(house);
  const last = await lastSequence(house);
  const text = await stream.until((got) => got.includes(`\nid: ${last}\n`));
  expect(messagesIn(text)).toEqual([]);
  expect(text).toContain(`\nid: ${last}\n`);
  stream.close();
  room.close();
  await house.close();
});

test('a server that stops sends the pause and the position last', async () => {
  const house = await openHouse();
  const stop = new AbortController();
  const room = await openRoom(house, { signal: stop.signal });
  const start = await lastSequence(house);
  const stream = await read(room);
  await addCustomer(house);
  await stream.until((text) => text.includes('data:'));
  stop.abort();
  const text = await stream.until(() => false);
  expect(text).toMatch(new RegExp(`\\n\\nretry: \\d+\\n:\\nid: ${start + 1}\\n\\n$`));
  room.close();
  await house.close();
});

test('a failure of a stream after its start is logged and counted under its request id', async () => {
  const house = await openHouse();
  const broken: House = {
    ...house,
    core: {
      ...house.core,
      watch: async (name, watcher, input) => {
        const stream = await house.core.watch(name, watcher, input);
        return withItems(stream, brokenItems());
      },
    },
  };
  async function* brokenItems(): AsyncGenerator<Event, void, void> {
    yield* [];
    throw new TypeError('The page is damaged.');
  }
  const room = await openRoom(broken);
  const stream = await read(room, '', { 'x-request-id': 'req_mine' });
  const text = await stream.until(() => false);
  expect(stream.response.status).toBe(200);
  const [last] = messagesIn(text);
  expect(last?.event).toBe('error');
  expect(JSON.parse(last?.data ?? '')).toMatchObject({ code: 'internal', request_id: 'req_mine' });
  expect(text).not.toContain('damaged');
  const logged = house.records.filter(({ code }) => code === 'internal');
  expect(logged).toMatchObject([{ requestId: 'req_mine', cause: expect.any(TypeError) }]);
  room.close();
  await house.close();
});

const createKey = ({ core }: House, scopes: readonly Scope[]) => {
  made += 1;
  return core.invoke(
    'createKey',
    { ...caller, idempotencyKey: `k-${made}` },
    { name: 'k', scopes },
  );
};

test('a stream and its refusals report the remaining tokens of the key', async () => {
  const house = await openHouse('sqlite::memory:', stillLimits());
  const room = await openRoom(house);
  const authorization = `Bearer ${readerKey}`;
  const taken = await Promise.all([
    read(room, '', { authorization }),
    read(room, '?after=x', { authorization }),
    read(room, '', { authorization, 'last-event-id': '0' }),
  ]);
  const left = taken.map(({ response }) => response.headers.get('ratelimit')?.split(';')[1]);
  expect(left.sort()).toEqual(['r=197', 'r=198', 'r=199']);
  expect(taken[0]?.response.headers.get('ratelimit-policy')).toBe('"key";q=200');
  for (const { close } of taken) close();
  room.close();
  await house.close();
});

test('a replay takes a token per 20 events and waits while the bucket is empty', async () => {
  const house = await openHouse('sqlite::memory:', stillLimits());
  const start = await lastSequence(house);
  for (let i = 0; i < 100; i += 1) await addCustomer(house);
  const room = await openRoom(house);
  made += 1;
  const key = await house.core.invoke(
    'createKey',
    { ...caller, idempotencyKey: `k-${made}` },
    { name: 'k', scopes: ['events:read', 'customers:read'], ratePerSecond: 1, burst: 6 },
  );
  const authorization = `Bearer ${key.secret}`;
  // One token to open, and five for a hundred events.
  const stream = await read(room, `?after=${start}`, { authorization });
  const text = await stream.until((got) => got.includes(`"sequence":${start + 100},`));
  expect(messagesIn(text)).toHaveLength(100);
  stream.close();
  const refused = await read(room, '', { authorization });
  expect(refused.response.status).toBe(429);
  room.close();
  await house.close();
});

test('a stream has only events of resources that the key may read', async () => {
  const house = await openHouse();
  const room = await openRoom(house);
  const key = await createKey(house, ['events:read', 'payments:read']);
  const start = await lastSequence(house);
  await addCustomer(house);
  await pay(house);
  const authorization = `Bearer ${key.secret}`;
  const stream = await read(room, `?after=${start}`, { authorization });
  const text = await stream.until((got) => messagesIn(got).length >= 2);
  expect(messagesIn(text).map(({ id }) => Number(id))).toEqual([start + 2, start + 3]);
  expect(text).not.toContain('Ada');
  stream.close();
  room.close();
  await house.close();
});

test('the number of open streams of a key is limited, and the error names the limit', async () => {
  const house = await openHouse();
  const room = await openRoom(house, { busyRetryMs: 1 });
  const stop = new AbortController();
  await Promise.all(
    upwards(0, maxStreamsOfKey).map((i) =>
      house.core.watch('watchEvents', { ...caller, requestId: `r${i}`, signal: stop.signal }, {}),
    ),
  );
  const refused = await read(room);
  expect(refused.response.status).toBe(429);
  expect(await refused.response.json()).toMatchObject({
    code: 'rate_limited',
    detail: expect.stringContaining('open streams'),
  });
  const resumed = await read(room, '', { 'last-event-id': '0' });
  expect(resumed.response.status).toBe(200);
  expect(await resumed.until(() => false)).toContain('open streams');
  stop.abort();
  const admitted = await read(room);
  expect(admitted.response.status).toBe(200);
  admitted.close();
  room.close();
  await house.close();
});
