import { once as happens } from 'node:events';
import { request } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Core, StreamCaller } from '../../services/core/invoke.ts';
import { createAllowsOrigin } from '../../services/wire/http/origin.ts';
import { adminKey, stillLimits } from '../house.ts';
import { type GraphqlHouse, once, openGraphqlHouse, simple } from './graphql-room.ts';
import { type GraphqlSocket, openGraphqlSocket, openWelcomeSocket } from './graphql-socket.ts';

/** The limits of one graphql-transport-ws connection, and what remains after it has closed. */

let room: GraphqlHouse;
/** The callers of all streams so far, and the ids of the queries that wait in `hold`. */
const streams: StreamCaller[] = [];
let hold: Promise<void> | undefined;
const held: (AbortSignal | undefined)[] = [];

/** What the lists of payments so far were called with. */
const lists: (AbortSignal | undefined)[] = [];

const wrap = ({ core }: { readonly core: Core }): Core => ({
  ...core,
  watch(name, caller, input) {
    streams.push(caller);
    return core.watch(name, caller, input);
  },
  invoke(name, caller, input) {
    if (name === 'listPayments') lists.push(caller.signal);
    if (!hold || name !== 'getPayment') return core.invoke(name, caller, input);
    held.push(caller.signal);
    return hold.then(() => core.invoke(name, caller, input));
  },
});

beforeAll(async () => {
  room = await openGraphqlHouse({}, wrap);
});
afterAll(() => room.close());
const peers: GraphqlSocket[] = [];
afterEach(() => {
  for (const { socket } of peers.splice(0)) socket.terminate();
});

async function open(key?: string): Promise<GraphqlSocket> {
  const peer = await openWelcomeSocket(room.target, key);
  peers.push(peer);
  return peer;
}
async function openStranger(headers: Record<string, string> = {}): Promise<GraphqlSocket> {
  const peer = await openGraphqlSocket(room.target, { headers });
  peers.push(peer);
  return peer;
}

const subscription = 'subscription { events { sequence } }';
const subscribe = (id: string, query = subscription) => ({
  id,
  type: 'subscribe',
  payload: { query },
});
const complete = (id: string) => ({ id, type: 'complete' });

/** Sends frames in one TCP segment. */
function sendAtOnce({ socket }: GraphqlSocket, frames: readonly object[]): void {
  // There, though not in the package's types.
  const { _socket: tcp } = socket as unknown as { _socket: { cork(): void; uncork(): void } };
  tcp.cork();
  for (const frame of frames) socket.send(JSON.stringify(frame));
  tcp.uncork();
}

/** Waits for a condition, with a timeout long enough for a busy machine. */
const until = (check: () => unknown) => vi.waitFor(check, { timeout: 120_000, interval: 5 });

const openStreams = () => streams.filter(({ signal }) => !signal.aborted).length;
const write = () => room.direct.createPayment(simple, once());

describe('an operation ends with `complete` and with its connection', () => {
  test('if the id of a completed operation is reused, it names only the second operation', async () => {
    const peer = await open();
    sendAtOnce(peer, [subscribe('1'), complete('1'), subscribe('1')]);
    await until(() => expect(openStreams()).toBe(1));
    const sequence = await room.house.store.of('acct_retail').lastSequence();
    await write();
    await write();
    const frames: Record<string, unknown>[] = [];
    // Two pings at most, of the two subscriptions, and two events.
    while (frames.length < 4 && frames.filter(({ type }) => type === 'next').length < 2) {
      frames.push(await peer.next());
    }
    const results = frames.filter(({ type }) => type === 'next');
    expect(results).toMatchObject([
      { id: '1', payload: { data: { events: { sequence: sequence + 1 } } } },
      { id: '1', payload: { data: { events: { sequence: sequence + 2 } } } },
    ]);
    expect(frames.filter(({ type }) => type === 'complete')).toEqual([]);
    peer.send(complete('1'));
    await until(() => expect(openStreams()).toBe(0));
    await write();
    peer.send({ type: 'ping' });
    expect(await peer.next()).toEqual({ type: 'pong' });
  });

  test('even if ids were reused, nothing runs after the connection has closed', async () => {
    const peer = await open();
    const frames = Array.from({ length: 300 }, (_, i) => {
      const id = String(i);
      return [subscribe(id), complete(id), subscribe(id)];
    });
    sendAtOnce(peer, frames.flat());
    await until(() => expect(peer.frames.length).toBeGreaterThanOrEqual(300));
    expect(openStreams()).toBeGreaterThan(0);
    expect(openStreams()).toBeLessThanOrEqual(32);
    peer.socket.terminate();
    await until(() => expect(openStreams()).toBe(0));
  });

  test('even if the subscription of a lost connection begins only later', async () => {
    const before = streams.length;
    const peer = await open();
    sendAtOnce(peer, [subscribe('1')]);
    peer.socket.terminate();
    await until(() => expect(streams.length).toBeGreaterThanOrEqual(before));
    await until(() => expect(openStreams()).toBe(0));
  });

  test('but counts toward the limit until it has stopped running', async () => {
    const peer = await open();
    const { promise, resolve } = Promise.withResolvers<void>();
    hold = promise;
    held.length = 0;
    const query = '{ payment(id: "pay_x") { id } }';
    const pairs = Array.from({ length: 40 }, () => [subscribe('1', query), complete('1')]);
    sendAtOnce(peer, pairs.flat());
    await until(() => expect(held.length).toBe(32));
    // The server knows that the client is gone.
    await until(() => expect(held.every((signal) => signal?.aborted)).toBe(true));
    peer.send(subscribe('2', '{ __typename }'));
    expect(await peer.next()).toMatchObject({
      id: '2',
      type: 'error',
      payload: [{ extensions: { code: 'rate_limited' } }],
    });
    hold = undefined;
    resolve();
    await until(async () => {
      peer.send(subscribe('3', '{ __typename }'));
      expect(await peer.next()).toMatchObject({ id: '3', type: 'next' });
    });
    expect(held.length).toBe(32);
  });
});

describe('the reason for closing a connection is sent in its frame, logged and counted:', () => {
  const recorded = (code: string) => room.house.records.filter((call) => call.code === code).length;

  test('an id of any length that is in use closes with 4409', async () => {
    for (const id of ['1', 'x'.repeat(150), '€'.repeat(100), '\ud800'.repeat(100)]) {
      const before = recorded('validation_failed');
      const peer = await open();
      sendAtOnce(peer, [subscribe(id), subscribe(id)]);
      const { code, reason } = await peer.closed;
      expect(code).toBe(4409);
      expect(`Subscriber for ${id} already exists`.toWellFormed()).toContain(reason);
      expect(recorded('validation_failed')).toBe(before + 1);
    }
  });

  test.each([
    ['text that is no JSON', '{', 4400, 'validation_failed'],
    ['the same name twice', '{"type":"ping","type":"pong"}', 4400, 'validation_failed'],
    ['an unknown type', '{"type":"nonsense"}', 4400, 'validation_failed'],
    ['a message of the server', '{"type":"connection_ack"}', 4400, 'validation_failed'],
    ['a binary frame', Buffer.from('{"type":"ping"}'), 4400, 'validation_failed'],
    ['more than 64 KiB', 'x'.repeat(70_000), 1009, 'payload_too_large'],
    ['a second connection_init', '{"type":"connection_init"}', 4429, 'validation_failed'],
  ] as const)(
    '%s closes an acknowledged connection and is counted',
    async (_what, data, code, recordedAs) => {
      const before = recorded(recordedAs);
      const peer = await open();
      peer.socket.send(data);
      expect(await peer.closed).toMatchObject({ code });
      await until(() => expect(recorded(recordedAs)).toBe(before + 1));
    },
  );

  test('text that is not UTF-8 closes with 1007', async () => {
    const before = recorded('validation_failed');
    const peer = await open();
    peer.socket.send(Buffer.from([0x22, 0xff, 0x22]), { binary: false });
    expect(await peer.closed).toMatchObject({ code: 1007 });
    await until(() => expect(recorded('validation_failed')).toBe(before + 1));
  });

  test('a connection without a subprotocol closes with 4406', async () => {
    const before = recorded('validation_failed');
    const peer = await openGraphqlSocket(room.target, { protocol: [] });
    peers.push(peer);
    expect(await peer.closed).toMatchObject({ code: 4406 });
    expect(recorded('validation_failed')).toBe(before + 1);
  });

  test('a subscription before connection_init closes with 4401', async () => {
    const before = recorded('unauthenticated');
    const peer = await openStranger();
    peer.send(subscribe('1'));
    expect(await peer.closed).toMatchObject({ code: 4401 });
    expect(recorded('unauthenticated')).toBe(before + 1);
  });

  test('a malformed message takes a token', async () => {
    const { secret } = await room.direct.createKey(
      { name: 'few', scopes: ['payments:read'], ratePerSecond: 1, burst: 2 },
      once(),
    );
    for (let i = 0; i < 5; i += 1) {
      const peer = await open(secret ?? '');
      peer.socket.send('{');
      expect(await peer.closed).toMatchObject({ code: 4400 });
    }
    expect(recorded('rate_limited')).toBeGreaterThan(0);
  });
});

test('a revoked key closes even idle connections', async () => {
  const { id, secret } = await room.direct.createKey(
    { name: 'idle', scopes: ['payments:read'] },
    once(),
  );
  const peer = await open(secret ?? '');
  await room.direct.revokeKey({ id }, once());
  expect(await peer.closed).toEqual({ code: 4401, reason: 'The API key was revoked.' });
});

test('a server that stops finishes running calls, ends streams without complete, and closes with 1012', async () => {
  const brief = await openGraphqlHouse({}, wrap);
  const peer = await openWelcomeSocket(brief.target, adminKey);
  const { promise, resolve } = Promise.withResolvers<void>();
  hold = promise;
  held.length = 0;
  peer.send(subscribe('stream'));
  peer.send(subscribe('query', '{ payment(id: "pay_x") { id } }'));
  await until(() => expect(held.length).toBe(1));
  expect(await peer.next()).toMatchObject({ type: 'ping' });
  const stopped = brief.room.close();
  await until(() => expect(openStreams()).toBe(0));
  hold = undefined;
  resolve();
  const frames = [await peer.next(), await peer.next()];
  expect(frames).toMatchObject([
    { id: 'query', type: 'next', payload: { data: { payment: null } } },
    { id: 'query', type: 'complete' },
  ]);
  expect(await peer.closed).toMatchObject({ code: 1012 });
  expect(peer.frames).toEqual([]);
  await stopped;
  await brief.close();
});

describe('before a WebSocket connection opens,', () => {
  /** The status, the headers and the text of the response to a refused handshake. */
  async function upgrade(target: string, headers: Record<string, string>) {
    const asked = request(`${target}/graphql`, {
      headers: {
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
        'sec-websocket-protocol': 'graphql-transport-ws',
        ...headers,
      },
    });
    asked.end();
    const [response, socket] = await Promise.race([
      happens(asked, 'response'),
      happens(asked, 'upgrade'),
    ]);
    const text = socket ? '' : Buffer.concat(await response.toArray()).toString();
    socket?.destroy();
    return { status: response.statusCode, headers: response.headers, text };
  }

  test('an upgrade from a page of another origin is refused and counted', async () => {
    const allowing = await openGraphqlHouse({
      allowsOrigin: createAllowsOrigin(['https://shop.example']),
    });
    const { host } = new URL(allowing.target);
    const evil = await upgrade(allowing.target, { origin: 'https://evil.example' });
    expect(evil.status).toBe(403);
    expect(JSON.parse(evil.text)).toMatchObject({
      code: 'permission_denied',
      request_id: evil.headers['x-request-id'],
    });
    expect(allowing.house.records.at(-1)).toMatchObject({ code: 'permission_denied' });
    for (const origin of ['https://shop.example', `http://${host}`]) {
      const taken = await upgrade(allowing.target, { origin });
      expect(taken.status).toBe(101);
      expect(taken.headers['x-request-id']).toMatch(/^req_/);
    }
    await allowing.close();
  });

  test('an upgrade to another version of WebSocket gets the supported version', async () => {
    const old = await upgrade(room.target, { 'sec-websocket-version': '7' });
    expect(old).toMatchObject({ status: 426, headers: { 'sec-websocket-version': '13' } });
    expect(JSON.parse(old.text)).toMatchObject({ code: 'validation_failed' });
  });
});

describe('behind on its reading,', () => {
  const metadata = Object.fromEntries(
    Array.from({ length: 50 }, (_, i) => [`key${i}`, 'v'.repeat(500)]),
  );

  test('a client that does not read is closed with 1013, whatever it runs', async () => {
    await Promise.all(
      Array.from({ length: 100 }, () => room.direct.createPayment({ ...simple, metadata }, once())),
    );
    const peer = await open();
    peer.socket.pause();
    for (let i = 0; i < 24; i += 1) {
      peer.send(subscribe(String(i), '{ payments(first: 100) { nodes { metadata } } }'));
    }
    await until(() => expect(lists.some((signal) => signal?.aborted)).toBe(true));
    peer.socket.resume();
    expect(await peer.closed).toMatchObject({ code: 1013 });
    expect(peer.frames.filter(({ type }) => type === 'next').length).toBeLessThan(12);
  });

  test('a client that does not read gets a limited number of pongs', async () => {
    const fast = await openGraphqlHouse({ sockets: { freeFrames: 1_000_000 } }, wrap);
    const before = streams.length;
    const peer = await openWelcomeSocket(fast.target);
    peer.send(subscribe('1'));
    await until(() => expect(streams.length).toBe(before + 1));
    peer.socket.pause();
    const payload = Buffer.alloc(125);
    await until(() => {
      for (let i = 0; i < 5000; i += 1) peer.socket.ping(payload);
      expect(streams[before]?.signal.aborted).toBe(true);
    });
    peer.socket.resume();
    expect(await peer.closed).toMatchObject({ code: 1013 });
    await fast.close();
  });
});

test('failed authentications of an address are limited before its connection_init is read', async () => {
  const limited = await openGraphqlHouse({}, wrap, {
    failures: { ...stillLimits(), allowance: { ratePerSecond: 1, burst: 10 } },
  });
  const codes: number[] = [];
  for (let i = 0; i < 40; i += 1) {
    const peer = await openGraphqlSocket(limited.target);
    peer.send({ type: 'connection_init', payload: { authorization: 'Bearer sk_test_wrong' } });
    codes.push((await peer.closed).code);
  }
  expect(codes[0]).toBe(4401);
  expect(codes.at(-1)).toBe(4429);
  await limited.close();
});
