import { once as happens } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Core, StreamCaller } from '../../services/core/invoke.ts';
import { adminKey } from '../house.ts';
import { type GraphqlHouse, once, openGraphqlHouse, post, simple } from './graphql-room.ts';
import { openWelcomeSocket } from './graphql-socket.ts';

/** Subscriptions as event streams over HTTP, and streams that fail. */

let room: GraphqlHouse;
const streams: StreamCaller[] = [];
let broken: Error | undefined;

const wrap = ({ core }: { readonly core: Core }): Core => ({
  ...core,
  watch(name, caller, input) {
    streams.push(caller);
    return core.watch(name, caller, input);
  },
});

beforeAll(async () => {
  room = await openGraphqlHouse({}, (house) => {
    // A store that fails in the middle of a stream.
    const { of } = house.store;
    vi.spyOn(house.store, 'of').mockImplementation((merchantId) => {
      const read = of(merchantId);
      const eventsAfter = read.eventsAfter.bind(read);
      return Object.assign(read, {
        eventsAfter: (...given: Parameters<typeof eventsAfter>) =>
          broken ? Promise.reject(broken) : eventsAfter(...given),
      });
    });
    return wrap(house);
  });
});
afterAll(() => room.close());

/** Waits for a condition, with a timeout long enough for a busy machine. */
const until = (check: () => unknown) => vi.waitFor(check, { timeout: 120_000, interval: 5 });

const subscription = 'subscription { events { sequence } }';

/** Opens an event stream without reading from it. */
async function open({ target }: GraphqlHouse, query: string): Promise<IncomingMessage> {
  const headers = { authorization: `Bearer ${adminKey}`, accept: 'text/event-stream' };
  const asked = request(`${target}/graphql?${new URLSearchParams({ query })}`, { headers });
  asked.end();
  const [response] = await happens(asked, 'response');
  return response;
}

/** Reads until the text matches, or the stream ends. */
async function read(response: IncomingMessage, pattern: RegExp): Promise<string> {
  let text = '';
  for await (const bytes of response.iterator({ destroyOnReturn: false })) {
    text += bytes;
    if (pattern.test(text)) break;
  }
  return text;
}

test('an event stream has the headers that proxies need to pass it on', async () => {
  const stream = await open(room, subscription);
  expect(stream.headers).toMatchObject({
    'content-type': 'text/event-stream',
    'cache-control': 'no-cache, no-transform',
    'x-accel-buffering': 'no',
    'x-request-id': expect.stringMatching(/^req_/),
  });
  expect(stream.headers).not.toHaveProperty('content-encoding');
  stream.destroy();
});

test('clients that are disconnected together get different reconnection times', async () => {
  const pauses = new Set<number>();
  for (let i = 0; i < 10; i += 1) {
    const stream = await open(room, subscription);
    const text = await read(stream, /\n\n/);
    pauses.add(Number(/^retry: (\d+)\n/.exec(text)?.[1]));
    stream.destroy();
  }
  expect(pauses.size).toBeGreaterThan(3);
  expect(Math.min(...pauses)).toBeGreaterThanOrEqual(2000);
  expect(Math.max(...pauses)).toBeLessThanOrEqual(4000);
});

test('a reader that stops reading is disconnected, and its stream ends', async () => {
  const brief = await openGraphqlHouse({ events: { blockedMs: 200, heartbeatMs: 50 } }, wrap);
  const metadata = Object.fromEntries(
    Array.from({ length: 40 }, (_, i) => [`k${i}`, 'v'.repeat(500)]),
  );
  for (let i = 0; i < 150; i += 1) {
    await brief.direct.createPayment({ ...simple, metadata }, once());
  }
  const copies = Array.from({ length: 8 }, (_, i) => `m${i}: metadata`).join(' ');
  const before = streams.length;
  const stream = await open(
    brief,
    `subscription { events(after: "0") { data { ... on Payment { ${copies} } } } }`,
  );
  stream.on('error', () => {});
  const signal = streams[before]?.signal;
  expect(signal?.aborted).toBe(false);
  await until(() => expect(signal?.aborted).toBe(true));
  stream.resume();
  await until(() => expect(stream.destroyed).toBe(true));
  expect(stream.complete).toBe(false);
  await brief.close();
});

test('a stream without a reader ends', async () => {
  const before = streams.length;
  const stream = await open(room, subscription);
  stream.destroy();
  await until(() => expect(streams[before]?.signal.aborted).toBe(true));
});

test('a failure after the start of a stream is sent with its request id, logged and counted', async () => {
  const query = 'subscription { events(after: "0", types: [PAYMENT_CANCELED]) { sequence } }';
  const failures = () => room.house.records.filter(({ code }) => code === 'internal');
  broken = new Error('disk image is malformed');
  const stream = await open(room, query);
  const text = await read(stream, /complete/);
  const [, bySse] = /"requestId":"(req_[^"]+)"/.exec(text) ?? [];
  const peer = await openWelcomeSocket(room.target);
  peer.send({ id: '1', type: 'subscribe', payload: { query } });
  await until(() => expect(peer.frames.some(({ type }) => type === 'next')).toBe(true));
  const frame = peer.frames.find(({ type }) => type === 'next');
  expect(frame).toMatchObject({ payload: { errors: [{ extensions: { code: 'internal' } }] } });
  const [, bySocket] = /"requestId":"(req_[^"]+)"/.exec(JSON.stringify(frame)) ?? [];
  expect(text + JSON.stringify(frame)).not.toContain('malformed');
  const ends = failures().map(({ operation, requestId, cause }) => [operation, requestId, cause]);
  expect(ends).toEqual([
    ['watchEvents', bySse, broken],
    ['document', bySse, broken],
    ['watchEvents', bySocket, broken],
    ['document', bySocket, broken],
  ]);
  broken = undefined;
  peer.socket.terminate();
});

test('a key has a bounded number of streams, on sockets and event streams together', async () => {
  const end = new AbortController();
  const caller = { credential: adminKey, requestId: 'many', signal: end.signal };
  for (let i = 0; i < 1000; i += 1) await room.house.core.watch('watchEvents', caller, {});
  const peer = await openWelcomeSocket(room.target);
  peer.send({ id: '1', type: 'subscribe', payload: { query: subscription } });
  expect(await peer.next()).toMatchObject({
    type: 'error',
    payload: [{ extensions: { code: 'rate_limited' } }],
  });
  const accept = 'text/event-stream';
  const refused = await post(room.target, { query: subscription }, { accept });
  expect(refused.status).toBe(429);
  end.abort();
  peer.send({ id: '2', type: 'subscribe', payload: { query: subscription } });
  expect(await peer.next()).toMatchObject({ type: 'ping', payload: { subscribed: '2' } });
  peer.socket.terminate();
});
