import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import type { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTokenBuckets } from '../../services/core/token-bucket.ts';
import { createAllowsOrigin } from '../../services/wire/http/origin.ts';
import { adminKey, readerKey, stillLimits } from '../house.ts';
import { connect, enter, openRoom, type Peer, payment, type Room } from './websocket-peer.ts';

let room: Room;
beforeAll(async () => {
  room = await openRoom();
});
afterAll(() => room.close());

/** The socket under a client of `ws` is not public; a test may reach for it. */
const raw = (peer: Peer) => (peer.ws as unknown as { readonly _socket: Duplex })._socket;

/** One frame of a client (RFC 6455 §5.2), masked with zeros. */
function frame(firstByte: number, payload: Buffer, length = payload.length): Buffer {
  const size = length < 126 ? [0x80 | length] : [0x80 | 126, (length >> 8) & 0xff, length & 0xff];
  return Buffer.concat([Buffer.from([firstByte, ...size, 0, 0, 0, 0]), payload]);
}

const fin = 0x80;
const textFrame = 0x1;
const tooLong = Buffer.concat([
  Buffer.from([fin | textFrame, 0x80 | 127, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0]),
]);

describe('a violation of RFC 6455', () => {
  test.each([
    ['text that is no UTF-8', frame(fin | textFrame, Buffer.from([0xc3, 0x28])), 1007],
    ['a message larger than allowed', tooLong, 1009],
    ['an unknown opcode', frame(fin | 0x3, Buffer.alloc(0)), 1002],
    [
      'a compressed message, which was not agreed on',
      frame(fin | 0x40 | textFrame, Buffer.alloc(0)),
      1002,
    ],
    ['a reserved bit', frame(fin | 0x20 | textFrame, Buffer.alloc(0)), 1002],
    ['a frame without a mask', Buffer.from([fin | textFrame, 0]), 1002],
    ['a ping in parts', frame(0x9, Buffer.alloc(0)), 1002],
  ])(
    'gets an error before its close code and is logged and counted: %s',
    async (_, bytes, code) => {
      const peer = await connect(room, { headers: { 'x-request-id': `req_${code}` } });
      peer.send({ type: 'hello', key: adminKey });
      await peer.next();
      const before = room.records.length;
      raw(peer).write(bytes);
      const expected = code === 1009 ? 'payload_too_large' : 'validation_failed';
      expect(await peer.next()).toMatchObject({
        type: 'error',
        error: { code: expected, request_id: `req_${code}` },
      });
      const closed = await peer.closed;
      expect(closed.code).toBe(code);
      expect(closed.reason).not.toBe('');
      expect(room.records.slice(before)).toMatchObject([
        { code: expected, requestId: `req_${code}` },
      ]);
    },
  );
});

describe('a refused frame', () => {
  test('takes a rate-limit token whatever is wrong with it and reports the remaining tokens', async () => {
    const still = await openRoom({}, undefined, stillLimits());
    const peer = await enter(still, readerKey);
    const left: number[] = [];
    for (const wrong of [
      '{"id":"1","type":"call","operation":"none"}',
      '{"id":"1","type":"call","operation":"getPayment","input":{"id":1}}',
      '{"id":"1","type":"subscribe","after":-1}',
      '{"id":"1","type":"call","operation":"getPayment","input":{"id":"x","id":"y"}}',
      '{"id":"1","type":"call","operation":"getPayment","input":{"id":"x"}}',
    ]) {
      peer.send(wrong);
      const { rate } = (await peer.next()) as unknown as { rate: { remaining: number } };
      left.push(rate.remaining);
    }
    expect(left).toEqual([199, 198, 197, 196, 195]);
    // Of nothing that was subscribed.
    peer.send({ id: '2', type: 'unsubscribe' });
    expect(await peer.next()).toEqual({ id: '2', type: 'unsubscribed' });
    peer.send('?');
    expect(await peer.next()).toMatchObject({
      error: { code: 'validation_failed' },
      rate: { limit: 200, remaining: 193, reset_ms: expect.any(Number) },
    });
    await still.close();
  });

  test('with a duplicate name or an unrepresentable number gets an error with its id', async () => {
    const peer = await enter(room);
    const call = '"type":"call","operation":"createPayment","idempotencyKey":"k"';
    for (const [wrong, pointer] of [
      [`{"id":"1",${call},"input":{"amount":1,"amount":2}}`, '#/input/amount'],
      [`{"id":"1",${call},"input":{"amount":99999999999.0000001}}`, '#/input/amount'],
      [`{"id":"1",${call},"input":{},"input":{}}`, '#/input'],
      ['{"id":"1","type":"subscribe","after":1,"after":2}', '#/after'],
    ] as const) {
      peer.send(wrong);
      expect(await peer.next(), wrong).toMatchObject({
        id: '1',
        error: { code: 'validation_failed', errors: [{ pointer }] },
      });
    }
    peer.send(`{"id":"1","id":"2",${call},"input":{}}`);
    expect(await peer.closed).toMatchObject({ code: 4400 });
  });

  test('may have a malformed idempotency key string, and a well-formed one is the key inside it', async () => {
    const peer = await enter(room);
    const call = { type: 'call', operation: 'createPayment', input: payment };
    peer.send({ ...call, id: '1', idempotencyKey: '"cut short' });
    expect(await peer.next()).toMatchObject({ id: '1', error: { code: 'validation_failed' } });
    peer.send({ ...call, id: '2', idempotencyKey: '"one-key"' });
    const first = await peer.next();
    peer.send({ ...call, id: '3', idempotencyKey: 'one-key' });
    expect(await peer.next()).toMatchObject({ id: '3', replayed: true, output: first.output });
    peer.ws.close();
  });
});

test('a result reports the remaining tokens of the key', async () => {
  const still = await openRoom({}, undefined, stillLimits());
  const peer = await enter(still, readerKey);
  peer.send({ id: '1', type: 'call', operation: 'listPayments', input: { limit: 1 } });
  expect(await peer.next()).toMatchObject({
    type: 'result',
    rate: { limit: 200, remaining: 199, reset_ms: 10 },
  });
  peer.send({ id: '2', type: 'subscribe' });
  expect(await peer.next()).toMatchObject({ type: 'subscribed', rate: { remaining: 198 } });
  await still.close();
});

test('failed hellos are limited by address, and a valid key is still accepted', async () => {
  const failures = {
    limiter: createTokenBuckets(() => 0),
    allowance: { ratePerSecond: 1, burst: 3 },
  };
  const guarded = await openRoom({ addressOf: ({ socket }) => socket.remoteAddress }, undefined, {
    failures,
  });
  const codes: number[] = [];
  for (let i = 0; i < 5; i += 1) {
    const peer = await connect(guarded);
    peer.send(i % 2 === 0 ? { type: 'hello', key: 'sk_test_wrong' } : '?');
    codes.push((await peer.closed).code);
  }
  expect(codes).toEqual([4401, 4400, 4401, 4429, 4429]);
  (await enter(guarded)).ws.close();
  await guarded.close();
});

test('a peer that pings and reads nothing uses bounded memory', async () => {
  // Otherwise pings are read so slowly that the pongs never become many.
  const small = await openRoom({ freeFrames: 1_000_000 });
  const peer = await enter(small);
  const [serverSide] = [...small.sockets].slice(-1);
  peer.ws.pause();
  const ping = frame(fin | 0x9, Buffer.alloc(125));
  const pings = Buffer.concat(Array.from({ length: 5000 }, () => ping));
  let most = 0;
  const watching = setInterval(() => {
    most = Math.max(most, serverSide?.writableLength ?? 0);
  }, 1);
  // 20 MB of pongs: more than the kernel takes for a peer that does not.
  for (let i = 0; i < 32; i += 1) raw(peer).write(pings);
  while (most < 256 * 1024) await sleep(5);
  clearInterval(watching);
  expect(most).toBeLessThan(512 * 1024);
  peer.ws.terminate();
  await small.close();
});

describe('an upgrade', () => {
  /** The response to a refused upgrade. */
  async function ask(of: Room, more: Record<string, string>, method = 'GET') {
    const headers = {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': Buffer.alloc(16).toString('base64'),
      'x-request-id': 'req_mine',
      ...more,
    };
    const options = { port: of.port, host: '127.0.0.1', path: '/ws', headers, method };
    const sent = request(options).end();
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    return { response, problem: JSON.parse(await text(response)) };
  }

  test.each([
    ['from a foreign origin', { origin: 'https://evil.example' }, 'GET', 403, 'permission_denied'],
    [
      'with other subprotocols',
      { 'sec-websocket-protocol': 'chat' },
      'GET',
      400,
      'validation_failed',
    ],
    ['with a broken key', { 'sec-websocket-key': 'x' }, 'GET', 400, 'validation_failed'],
    ['of another version', { 'sec-websocket-version': '7' }, 'GET', 426, 'validation_failed'],
    ['by another method', {}, 'POST', 405, 'method_not_allowed'],
    [
      'with a broken list of subprotocols',
      { 'sec-websocket-protocol': 'payments.v1.json, a b' },
      'GET',
      400,
      'validation_failed',
    ],
  ] as const)(
    'is refused with a problem, logged and counted: %s',
    async (_, more, method, status, code) => {
      const before = room.records.length;
      const { response, problem } = await ask(room, more, method);
      expect(response.statusCode).toBe(status);
      expect(response.headers['content-type']).toBe('application/problem+json');
      expect(response.headers['x-request-id']).toBe('req_mine');
      expect(problem).toMatchObject({ code, status, request_id: 'req_mine' });
      expect(room.records.slice(before)).toMatchObject([{ code, requestId: 'req_mine' }]);
      if (status === 426) expect(response.headers['sec-websocket-version']).toBe('13');
      if (status === 405) expect(response.headers.allow).toBe('GET');
    },
  );

  test('from a configured origin is accepted for any host', async () => {
    const open = await openRoom({ allowsOrigin: createAllowsOrigin(['https://shop.example']) });
    const peer = await connect(open, { origin: 'https://shop.example' });
    peer.send({ type: 'hello', key: adminKey });
    expect((await peer.next()).type).toBe('welcome');
    expect((await ask(open, { origin: 'https://evil.example' })).response.statusCode).toBe(403);
    await open.close();
  });

  test('from a page of its own host is accepted with or without the default port', () => {
    const allows = createAllowsOrigin([]);
    for (const [origin, host, allowed] of [
      ['https://shop.example', 'shop.example:443', true],
      ['http://shop.example', 'shop.example:80', true],
      ['http://shop.example:4000', 'SHOP.example:4000', true],
      ['https://shop.example', 'shop.example:80', false],
      ['https://shop.example', 'evil.example@shop.example', false],
      ['https://shop.example', 'shop.example/', false],
      ['https://evil.example', 'shop.example:443', false],
      ['null', 'shop.example', false],
      ['https://shop.example', 'a b', false],
    ] as const) {
      expect(allows({ origin, host }), `${origin} on ${host}`).toBe(allowed);
    }
  });

  test('is refused with 503 and the time to wait while the server shuts down', async () => {
    const ending = await openRoom();
    await ending.room.close();
    const { response, problem } = await ask(ending, {});
    expect(response.statusCode).toBe(503);
    expect(response.headers['retry-after']).toBe('1');
    expect(problem).toMatchObject({ code: 'overloaded' });
    await ending.close();
  });
});

test('a peer that has disappeared does not delay the shutdown of the server', async () => {
  const long = 3_600_000;
  const ending = await openRoom({ partingMs: 50, stopMs: long, closeMs: long });
  const peer = await enter(ending);
  peer.ws.pause();
  await ending.room.close();
  peer.ws.terminate();
  await ending.close();
});
