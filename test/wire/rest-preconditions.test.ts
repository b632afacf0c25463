import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readerKey } from '../house.ts';
import { type Answer, ask, freshKey, openRestServer, type RestServer } from './rest-server.ts';

let server: RestServer;
let base: string;

beforeAll(async () => {
  server = await openRestServer();
  base = server.http1;
});
afterAll(() => server.close());

const card = { amount: 1000, currency: 'GBP', payment_method: 'pm_card_ok' };
const pay = async (more: object = {}) =>
  (await ask(`${base}/v1/payments`, { json: { ...card, ...more } })).json;
const confirmed = { confirm: true };
const authorised = { confirm: true, capture_method: 'manual' };

/** The current state: the newest event and the newest payment with its fields. */
const everything = async () => {
  const lists = ['payments', 'refunds', 'customers'].map((list) =>
    ask(`${base}/v1/${list}?limit=100`).then(({ json }) => json.data),
  );
  return [...(await Promise.all(lists)), await server.house.store.of('acct_retail').lastSequence()];
};

const refused = ({ status, json }: Answer) => [status, json.code];
const mismatch = [412, 'version_mismatch'];

/** Writes to a payment that has just been made. */
const changes: readonly [string, object, object][] = [
  ['confirm', {}, {}],
  ['capture', authorised, { amount: 10 }],
  ['cancel', authorised, {}],
  ['refunds', confirmed, { amount: 1 }],
];

describe('a write whose If-Match is false changes nothing,', () => {
  test.each(changes)('for example %s', async (action, more, json) => {
    const payment = await pay(more);
    const url = `${base}/v1/payments/${payment.id}`;
    const tag = (await ask(url)).headers.get('etag') ?? '';
    const before = await everything();
    for (const condition of [
      '"1-2026-11-01x"',
      '"99-2026-11-01"',
      `W/${tag}`,
      tag.slice(1, -1),
      '"*"',
      '',
    ]) {
      const headers = { 'if-match': condition };
      const answer = await ask(`${url}/${action}`, { json, headers });
      expect([condition, ...refused(answer)]).toEqual([condition, ...mismatch]);
    }
    expect(await everything()).toEqual(before);
    const headers = { 'if-match': `"other", ${tag}` };
    expect((await ask(`${url}/${action}`, { json, headers })).status).toBeLessThan(300);
  });

  test('whether it would create or end a resource', async () => {
    const customers = `${base}/v1/customers`;
    const keys = `${base}/v1/keys`;
    const key = { name: 'k', scopes: ['payments:read'] };
    const made = (await ask(keys, { json: key })).json;
    const writes: readonly [string, object][] = [
      [`${base}/v1/payments`, card],
      [customers, { name: 'Ada' }],
      [keys, key],
      [`${keys}/${made.id}/revoke`, {}],
    ];
    for (const [url, json] of writes) {
      const tag = (await ask(url)).headers.get('etag') ?? '"1-2026-11-01"';
      const before = await everything();
      for (const headers of [
        { 'if-match': '"other"' },
        { 'if-match': tag },
        { 'if-none-match': '*' },
      ]) {
        expect([url, ...refused(await ask(url, { json, headers }))]).toEqual([url, ...mismatch]);
      }
      expect(await everything()).toEqual(before);
    }
    // The key that was to be revoked still works.
    expect((await ask(`${base}/v1/payments`, { key: made.secret })).status).toBe(200);
    for (const [url, json] of writes) {
      const answer = await ask(url, { json, headers: { 'if-match': '*' } });
      expect([url, answer.status]).toEqual([url, url.endsWith('revoke') ? 200 : 201]);
    }
  });
});

test.each(changes)('If-None-Match is a condition of a write: %s', async (action, more, json) => {
  const payment = await pay(more);
  const url = `${base}/v1/payments/${payment.id}`;
  const tag = (await ask(url)).headers.get('etag') ?? '';
  const before = await everything();
  for (const condition of ['*', tag, `W/${tag}`, `"other", ${tag}`]) {
    const headers = { 'if-none-match': condition };
    expect(refused(await ask(`${url}/${action}`, { json, headers }))).toEqual(mismatch);
  }
  expect(await everything()).toEqual(before);
  const headers = { 'if-none-match': '"other", "99-2026-11-01"' };
  expect((await ask(`${url}/${action}`, { json, headers })).status).toBeLessThan(300);
});

test('a write that would fail anyway fails with the same error as without a precondition', async () => {
  const headers = { 'if-match': '"other"', 'if-none-match': '*' };
  const payment = await pay();
  const [url, keys] = [`${base}/v1/payments`, `${base}/v1/keys`];
  const answers = [
    await ask(`${url}/${payment.id}/capture`, { json: {}, headers }),
    await ask(`${url}/nope/capture`, { json: {}, headers }),
    await ask(`${keys}/nope/revoke`, { json: {}, headers }),
    await ask(url, { json: card, headers, key: null }),
    await ask(url, { json: card, headers, key: readerKey }),
  ];
  expect(answers.map(({ status }) => status)).toEqual([409, 404, 404, 401, 403]);
});

test('a read whose If-Match is false gets 412 before If-None-Match is checked', async () => {
  const payment = await pay(confirmed);
  for (const path of [
    `/v1/payments/${payment.id}`,
    `/v1/payments/${payment.id}?fields=id`,
    '/v1/payments?limit=1',
    `/v1/payments?ids=${payment.id}`,
    '/v1/events?limit=1',
    '/openapi.json',
  ]) {
    const tag = (await ask(base + path)).headers.get('etag') ?? '';
    const conditional = async (method: string, headers: Record<string, string>) =>
      (await ask(base + path, { method, headers })).status;
    for (const method of ['GET', 'HEAD']) {
      expect(await conditional(method, { 'if-match': '"other"' })).toBe(412);
      expect(await conditional(method, { 'if-match': `W/${tag}` })).toBe(412);
      expect(await conditional(method, { 'if-match': tag })).toBe(200);
      expect(await conditional(method, { 'if-match': '*' })).toBe(200);
      const both = { 'if-match': tag, 'if-none-match': tag };
      expect(await conditional(method, both)).toBe(304);
      expect(await conditional(method, { ...both, 'if-match': '"other"' })).toBe(412);
    }
  }
});

test('a completed call is replayed even if its precondition has become false', async () => {
  const payment = await pay(authorised);
  const url = `${base}/v1/payments/${payment.id}`;
  const headers = {
    'if-match': (await ask(url)).headers.get('etag') ?? '',
    'idempotency-key': freshKey(),
  };
  const first = await ask(`${url}/capture`, { json: {}, headers });
  const second = await ask(`${url}/capture`, { json: {}, headers });
  expect([first.status, second.status]).toEqual([200, 200]);
  expect(second.json).toEqual(first.json);
});

test('a replay has neither the entity tag nor the URL of an outdated state', async () => {
  const payment = await pay(authorised);
  const url = `${base}/v1/payments/${payment.id}`;
  const headers = { 'idempotency-key': freshKey() };
  const first = await ask(`${url}/capture`, { json: {}, headers });
  expect(first.headers.get('content-location')).toBe(`/v1/payments/${payment.id}`);
  expect(first.headers.get('etag')).toBe((await ask(url)).headers.get('etag'));
  await ask(`${url}/refunds`, { json: {} });
  const replay = await ask(`${url}/capture`, { json: {}, headers });
  expect(replay.headers.get('idempotency-replayed')).toBe('true');
  expect(replay.json).toEqual(first.json);
  expect(replay.headers.get('content-location')).toBeNull();
  expect(replay.headers.get('etag')).toBeNull();

  const created = { json: card, headers: { 'idempotency-key': freshKey() } };
  const { headers: of } = await ask(`${base}/v1/payments`, created);
  const again = await ask(`${base}/v1/payments`, created);
  expect(again.headers.get('location')).toBe(of.get('location'));
  expect(again.headers.get('etag')).toBeNull();
});
