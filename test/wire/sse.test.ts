import { once } from 'node:events';
import { get, type IncomingMessage, type RequestOptions, request } from 'node:http';
import http2 from 'node:http2';
import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSseListener } from '../../services/sse/server.ts';
import { createEventStreamParser, type Message } from '../../services/wire/http/event-stream.ts';
import type { Problem } from '../../services/wire/problem.ts';
import { adminKey, keyOf, openHouse, readerKey, stillLimits } from '../house.ts';
import { caller, openRoom, openSseHouse, type Room, type SseHouse, upwards } from './sse-room.ts';

let sse: SseHouse;
beforeAll(async () => {
  sse = await openSseHouse();
});
afterAll(() => sse.close());

const headers = { accept: 'text/event-stream', authorization: `Bearer ${adminKey}` };

/** A stream by fetch, read message by message. */
async function open(path = '', more: Record<string, string> = {}, of: Room = sse.room) {
  const stop = new AbortController();
  const response = await fetch(`${of.url}${path}`, {
    headers: { ...headers, ...more },
    signal: stop.signal,
  });
  const parse = createEventStreamParser();
  const messages: Message[] = [];
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  return {
    response,
    /** The next `count` messages, or those before the end. */
    async take(count: number): Promise<Message[]> {
      reader ??= response.body?.getReader();
      while (messages.length < count) {
        const { done, value } = (await reader?.read()) ?? { done: true };
        if (done) break;
        if (value) messages.push(...parse(value));
      }
      return messages.splice(0, count);
    },
    close: () => stop.abort(),
  };
}

const sequences = (messages: readonly Message[]) => messages.map(({ id }) => Number(id));

describe('a stream', () => {
  test('has the headers that stop proxies from buffering it', async () => {
    const { response, close } = await open('', { 'x-request-id': 'req_mine' });
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
      vary: 'Accept, Authorization, Last-Event-ID',
      'x-request-id': 'req_mine',
    });
    close();
  });

  test('has every event from its start with sequence, type and JSON', async () => {
    const before = await sse.lastSequence();
    const stream = await open();
    await sse.pay();
    const [first, second] = await stream.take(2);
    expect(first).toMatchObject({ id: String(before + 1), event: 'payment.created' });
    expect(second).toMatchObject({ id: String(before + 2), event: 'payment.succeeded' });
    expect(JSON.parse(first?.data ?? '')).toMatchObject({
      sequence: before + 1,
      type: 'payment.created',
      data: { payment: { amount: 100, created_at: expect.stringMatching(/Z$/) } },
    });
    stream.close();
  });

  test('resumes after ?after=, or after Last-Event-ID if both are sent', async () => {
    const start = await sse.lastSequence();
    await sse.pay();
    await sse.pay();
    const first = await open(`?after=${start}`);
    expect(sequences(await first.take(4))).toEqual(upwards(start + 1, 4));
    const second = await open(`?after=${start}`, { 'last-event-id': String(start + 3) });
    expect(sequences(await second.take(1))).toEqual([start + 4]);
    first.close();
    second.close();
  });

  test('has only the requested types', async () => {
    const stream = await open('?types=payment.succeeded,refund.created');
    await sse.pay();
    await sse.pay();
    const types = (await stream.take(2)).map(({ event }) => event);
    expect(types).toEqual(['payment.succeeded', 'payment.succeeded']);
    stream.close();
  });

  test('has a reconnection time and its start position, and sends heartbeats while idle', async () => {
    const quick = await openRoom(sse.house, { heartbeatMs: 20 });
    const start = await sse.lastSequence();
    const response = await fetch(quick.url, { headers });
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let got = '';
    while (got.split(`:\nid: ${start}\n\n`).length < 4) got += (await reader?.read())?.value ?? '';
    expect(got.replaceAll(`:\nid: ${start}\n\n`, '')).toMatch(/^retry: \d+\n$/);
    quick.close();
  });

  test('ends when the server stops', async () => {
    const stop = new AbortController();
    const stopping = await openRoom(sse.house, { signal: stop.signal });
    const stream = await open('', {}, stopping);
    stop.abort();
    expect(await stream.take(1)).toEqual([]);
    stopping.close();
  });

  test('ends with the problem as its last message when the key is revoked', async () => {
    const key = await sse.house.core.invoke(
      'createKey',
      { ...caller, idempotencyKey: 'watcher' },
      { name: 'watcher', scopes: ['events:read', 'payments:read', 'customers:read'] },
    );
    const authorization = `Bearer ${key.secret}`;
    const stream = await open('', { authorization, 'x-request-id': 'req_mine' });
    await sse.house.core.invoke('revokeKey', { ...caller, idempotencyKey: 'end' }, { id: key.id });
    const [last, none] = await stream.take(2);
    expect(last?.event).toBe('error');
    expect(JSON.parse(last?.data ?? '')).toMatchObject({
      code: 'unauthenticated',
      status: 401,
      request_id: 'req_mine',
    });
    expect(none).toBeUndefined();
    expect((await open('', { authorization })).response.status).toBe(401);
  });
});

describe('before the stream starts,', () => {
  const answer = async (path: string, more: Record<string, string> = {}) => {
    const { response, close } = await open(path, more);
    const problem = (await response.json()) as Problem;
    close();
    return { response, problem };
  };

  test.each([
    ['?after=-1', '#/after'],
    ['?after=x', '#/after'],
    ['?after=', '#/after'],
    ['?after=1.5', '#/after'],
    ['?after=99999999999999999999', '#/after'],
    ['?after=1&after=2', '#/after'],
    ['?types=payment.lost', '#/types/0'],
    ['?types=', '#/types'],
    ['?from=3', '#/from'],
    ['?__proto__=3', '#/__proto__'],
    ['?key=sk_test_retail_admin', '#/key'],
  ])('%s is refused as a problem', async (path, pointer) => {
    const { response, problem } = await answer(path);
    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(problem).toMatchObject({
      code: 'validation_failed',
      instance: '/v1/events',
      request_id: response.headers.get('x-request-id'),
      errors: [{ pointer }],
    });
  });

  test('a Last-Event-ID that is not a sequence is refused, and an empty one counts as omitted', async () => {
    const { response } = await answer('', { 'last-event-id': 'yesterday' });
    expect(response.status).toBe(400);
    const stream = await open('', { 'last-event-id': '' });
    expect(stream.response.status).toBe(200);
    stream.close();
  });

  test('a key that is missing or wrong is refused with 401 and the scheme', async () => {
    const wrong = await answer('', { authorization: 'Bearer sk_test_wrong' });
    expect(wrong.response.status).toBe(401);
    expect(wrong.response.headers.get('www-authenticate')).toBe(
      'Bearer realm="payments", error="invalid_token"',
    );
    const none = await fetch(`${sse.room.url}?after=x`, {
      headers: { accept: 'text/event-stream' },
    });
    expect(none.status).toBe(401);
    expect(none.headers.get('www-authenticate')).toBe('Bearer realm="payments"');
  });

  test('a key without the scope is refused with 403', async () => {
    const key = await sse.house.core.invoke(
      'createKey',
      { ...caller, idempotencyKey: 'blind' },
      { name: 'blind', scopes: ['payments:read'] },
    );
    const blind = await answer('', { authorization: `Bearer ${key.secret}` });
    expect(blind.response.status).toBe(403);
  });

  test('a key over its rate limit is refused with 429 and the time to wait', async () => {
    const still = await openHouse('sqlite::memory:', stillLimits());
    const own = await openRoom(still);
    const authorization = `Bearer ${readerKey}`;
    const { burst } = await keyOf(still, readerKey);
    for (let i = 0; i < burst; i += 1) {
      const { response, close } = await open('?from=3', { authorization }, own);
      expect(response.status).toBe(400);
      close();
    }
    const { response, close } = await open('', { authorization }, own);
    expect(response.status).toBe(429);
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
    close();
    own.close();
    await still.close();
  });

  test.each(['POST', 'DELETE', 'PATCH'])('%s is refused with 405', async (method) => {
    const sent = request(sse.room.url, { method, headers }).end();
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    expect(response.statusCode).toBe(405);
    expect(response.headers.allow).toBe('GET, HEAD, OPTIONS');
    expect(JSON.parse(await text(response))).toMatchObject({ code: 'method_not_allowed' });
  });

  test('HEAD gets the response of GET without a body, and OPTIONS gets the methods', async () => {
    const ask = async (method: string, path = '') => {
      const sent = request(`${sse.room.url}${path}`, { method, headers }).end();
      const [response] = (await once(sent, 'response')) as [IncomingMessage];
      return { response, body: await text(response) };
    };
    const stream = await open();
    stream.close();
    const head = await ask('HEAD');
    expect(head.response.statusCode).toBe(200);
    expect(head.body).toBe('');
    for (const name of ['content-type', 'cache-control', 'x-accel-buffering', 'vary']) {
      expect(head.response.headers[name]).toBe(stream.response.headers.get(name));
    }
    const refused = await ask('HEAD', '?after=x');
    expect(refused.response.statusCode).toBe(400);
    expect(refused.body).toBe('');
    const options = await ask('OPTIONS');
    expect(options.response.statusCode).toBe(204);
    expect(options.response.headers.allow).toBe('GET, HEAD, OPTIONS');
  });
});

test('a reader that stops uses bounded memory, is disconnected and can resume', async () => {
  const metadata = Object.fromEntries(upwards(0, 50).map((i) => [`key${i}`, 'x'.repeat(490)]));
  const start = await sse.lastSequence();
  await Promise.all(upwards(0, 300).map(() => sse.pay(metadata)));
  const options: RequestOptions = { headers, agent: false };
  // A separate room over the same core, because the other one does not disconnect slow readers.
  const strict = await openRoom(sse.house, { blockedMs: 300 });
  const slow = await new Promise<IncomingMessage>((resolve) => {
    get(`${strict.url}?after=${start}`, options, resolve);
  });
  const [serverSide] = strict.sockets;

  const quick = await open();
  let most = 0;
  for (let i = 0; i < 10; i += 1) {
    await sse.pay();
    expect(await quick.take(2)).toHaveLength(2);
    most = Math.max(most, serverSide?.writableLength ?? 0);
    await sleep(10);
  }
  quick.close();
  expect(most).toBeGreaterThan(0);
  expect(most).toBeLessThan(256 * 1024);
  while (!serverSide?.destroyed) await sleep(20);

  const parse = createEventStreamParser();
  const got: Message[] = [];
  slow.on('data', (chunk: Buffer) => got.push(...parse(chunk)));
  slow.on('error', () => {});
  await new Promise((resolve) => slow.on('close', resolve));
  expect(got.length).toBeLessThan(600);
  const again = await open('', { 'last-event-id': got.at(-1)?.id ?? String(start) });
  const rest = await again.take(620 - got.length);
  expect(sequences([...got, ...rest])).toEqual(upwards(start + 1, 620));
  again.close();
  strict.close();
});

test('a stream over HTTP/2 equals the stream over HTTP/1.1', async () => {
  // The listener uses only what the compatibility API of HTTP/2 has too.
  const listener = createSseListener(sse.house.core) as unknown as () => void;
  const server = http2.createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const session = http2.connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const after = await sse.lastSequence();
  const sent = session.request({ ':path': `/v1/events?after=${after}`, ...headers });
  const [response] = await once(sent, 'response');
  expect(response).toMatchObject({ ':status': 200, 'content-type': 'text/event-stream' });
  await sse.pay();
  const parse = createEventStreamParser();
  const got: Message[] = [];
  for await (const chunk of sent) {
    got.push(...parse(chunk));
    if (got.length === 2) break;
  }
  expect(sequences(got)).toEqual(upwards(after + 1, 2));
  const [refused] = await once(session.request({ ':path': '/v1/events' }), 'response');
  expect(refused[':status']).toBe(401);
  session.destroy();
  server.close();
});

test('a request that is cut at once leaves no listener behind', async () => {
  for (let i = 0; i < 50; i += 1) {
    const socket = connect(sse.room.port, '127.0.0.1');
    socket.write(
      `GET /v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${adminKey}\r\n\r\n`,
      () => socket.destroy(),
    );
  }
  await sleep(50);
  await sse.pay();
  expect((await open()).response.status).toBe(200);
});
