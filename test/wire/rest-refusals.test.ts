import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Core } from '../../services/core/invoke.ts';
import { createTokenBuckets } from '../../services/core/token-bucket.ts';
import { createRestListener } from '../../services/rest/server.ts';
import { adminKey, otherKey } from '../house.ts';
import { type Answer, type Asking, ask, openRestServer, type RestServer } from './rest-server.ts';

/** Buckets that never refill, so that no test depends on its speed. */
const stillBuckets = () => createTokenBuckets(() => 0);

let server: RestServer;
let url: string;
let requests = 0;

beforeAll(async () => {
  server = await openRestServer(
    {
      limiter: stillBuckets(),
      failures: { limiter: stillBuckets(), allowance: { ratePerSecond: 1, burst: 3 } },
    },
    { addressOf: ({ headers }) => headers.forwarded?.toString() },
  );
  url = `${server.http1}/v1/payments`;
});
afterAll(() => server.close());

const asJson = { 'content-type': 'application/json' };

/** Requests that the room refuses by itself, and the code for each. */
const refusals: readonly [string, Asking & { readonly path?: string }, string][] = [
  ['text that is no JSON', { body: '{', headers: asJson }, 'validation_failed'],
  ['bytes that are no UTF-8', { body: Buffer.of(0xff), headers: asJson }, 'validation_failed'],
  ['a number that is not kept', { body: '{"amount":1e400}', headers: asJson }, 'validation_failed'],
  [
    'a body of another type',
    { body: 'x', headers: { 'content-type': 'text/plain' } },
    'unsupported_media_type',
  ],
  [
    'a body with a coding',
    { body: 'x', headers: { ...asJson, 'content-encoding': 'br' } },
    'unsupported_media_type',
  ],
  ['a body that is too large', { body: 'x'.repeat(70_000), headers: asJson }, 'payload_too_large'],
  [
    'a message that is none',
    { body: '{}', headers: { 'content-type': 'application/protobuf' } },
    'validation_failed',
  ],
  ['a parameter too many', { path: '?a=1', json: {} }, 'validation_failed'],
  ['an Accept of nothing', { headers: { accept: 'image/png' } }, 'not_acceptable'],
  ['another version', { headers: { 'payments-version': '1999-01-01' } }, 'validation_failed'],
  ['a field that is none', { path: '?fields=a' }, 'validation_failed'],
  ['a list that is empty', { path: '?expand=' }, 'validation_failed'],
  ['a path that is none', { path: '/a/b/c' }, 'not_found'],
  ['a method that is none', { method: 'DELETE' }, 'method_not_allowed'],
  ['a false precondition', { headers: { 'if-match': '"a"' } }, 'version_mismatch'],
];

async function keyWith(burst: number): Promise<string> {
  const json = {
    name: 'k',
    scopes: ['payments:read', 'payments:write'],
    rate_per_second: 1,
    burst,
  };
  return (await ask(`${server.http1}/v1/keys`, { json })).json.secret;
}

const leftIn = ({ headers }: Answer): number =>
  Number(/^"key";r=(\d+);/.exec(headers.get('ratelimit') ?? '')?.[1]);

describe.each(refusals)('%s', (_name, { path = '', ...asking }, code) => {
  test('is counted once, with the id of the request', async () => {
    const headers = { ...asking.headers, 'x-request-id': `mine-${code}-${requests++}` };
    const { json } = await ask(url + path, { ...asking, headers });
    expect([json.code, json.request_id]).toEqual([code, headers['x-request-id']]);
    const records = server.house.records.filter(
      ({ requestId }) => requestId === headers['x-request-id'],
    );
    const ofRefusal = records.filter((record) => record.code !== 'ok');
    expect(ofRefusal.map((record) => record.code)).toEqual([code]);
  });

  test('takes tokens, reports the remaining ones, and is refused if none is left', async () => {
    const key = await keyWith(10);
    const first = await ask(url + path, { ...asking, key });
    expect(first.json.code).toBe(code);
    expect(leftIn(first)).toBeLessThan(10);
    let answer = first;
    let asked = 1;
    for (; asked <= 10 && answer.status !== 429; asked += 1) {
      const before = leftIn(answer);
      answer = await ask(url + path, { ...asking, key });
      if (answer.status !== 429) expect(leftIn(answer)).toBeLessThan(before);
    }
    expect([answer.json.code, answer.headers.get('retry-after')]).toEqual(['rate_limited', '1']);
    expect(leftIn(answer)).toBe(0);
  });
});

test('a request without a key for an unknown operation takes tokens of its address', async () => {
  const from = (address: string) =>
    ask(`${server.http1}/nowhere`, { key: null, headers: { forwarded: address } });
  const statuses: number[] = [];
  for (let at = 0; at < 5; at += 1) statuses.push((await from('192.0.2.1')).status);
  expect(statuses).toEqual([404, 404, 404, 429, 429]);
  expect((await from('192.0.2.2')).status).toBe(404);
});

test('failed authentications are limited by address for any request', async () => {
  const headers = { forwarded: '192.0.2.3' };
  const statuses: number[] = [];
  for (const key of [null, 'sk_test_no', 'sk_test_no', 'sk_test_no']) {
    statuses.push((await ask(url, { key, headers })).status);
  }
  expect(statuses).toEqual([401, 401, 401, 429]);
  expect((await ask(url, { headers })).status, 'a good key is not concerned').toBe(200);
});

test('a malformed request target is counted with the id of its request', async () => {
  const socket = connect(server.port, '127.0.0.1');
  let said = '';
  socket.on('data', (chunk) => {
    said += chunk;
  });
  socket.write(
    `GET /v1/payments HTTP/1.1\r\nHost: a b{}\r\nAuthorization: Bearer ${adminKey}\r\n` +
      'X-Request-Id: bad-target\r\nConnection: close\r\n\r\n',
  );
  await new Promise((resolve) => socket.on('close', resolve));
  expect(said).toContain('"request_id":"bad-target"');
  expect(said).toMatch(/^ratelimit: /im);
  const { records } = server.house;
  expect(records.filter(({ requestId }) => requestId === 'bad-target')).toMatchObject([
    { code: 'validation_failed' },
  ]);
});

describe('an unexpected failure', () => {
  /** The room over a core that is broken in the parts given. */
  async function openBroken(broken: Partial<Core>) {
    const http = createServer(createRestListener({ ...server.house.core, ...broken }));
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    // It listens on TCP.
    const { port } = http.address() as AddressInfo;
    return { base: `http://127.0.0.1:${port}`, close: () => http.close() };
  }

  test('outside of any awaited promise gets 500 and is logged, and the server goes on', async () => {
    const secret = new Error('secret of the server');
    const { base, close } = await openBroken({ refuse: () => Promise.reject(secret) });
    for (const path of ['/nowhere', '/v1/payments?nonsense=1', '/docs/errors/nope']) {
      const { status, json } = await ask(base + path);
      expect([path, status, json.code]).toEqual([path, 500, 'internal']);
      expect(JSON.stringify(json)).not.toContain('secret');
      const { records } = server.house;
      const record = records.find(({ requestId }) => requestId === json.request_id);
      expect(record).toMatchObject({ code: 'internal', cause: secret });
    }
    expect((await ask(`${base}/v1/payments`, { key: otherKey })).status).toBe(200);
    close();
  });

  test('to encode a response gets 500 and is counted with its cause', async () => {
    const { base, close } = await openBroken({ invoke: async () => 1 as never });
    const headers = { 'x-request-id': 'not-encoded' };
    const { status, json } = await ask(`${base}/v1/payments`, { headers });
    expect([status, json.code, json.request_id]).toEqual([500, 'internal', 'not-encoded']);
    const record = server.house.records.find(({ requestId }) => requestId === 'not-encoded');
    expect([record?.code, record?.operation]).toEqual(['internal', 'listPayments']);
    expect(record?.cause).toBeInstanceOf(TypeError);
    close();
  });
});
