import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { problemSchema } from '../../services/rest/schemas.ts';
import { otherKey, readerKey } from '../house.ts';
import { ask, card, openRestShop, type RestShop } from './rest-server.ts';

let shop: RestShop;
beforeAll(async () => {
  shop = await openRestShop();
});
afterAll(() => shop.close());

describe('problem responses', () => {
  test('have their status, the address of their page and the members of RFC 9457 for each code', async () => {
    const failed = await shop.pay({ payment_method: 'pm_card_declined' });
    problemSchema.parse(failed);
    const open = (await ask(`${shop.http1}/v1/payments`, { json: card })).json;
    const done = await shop.pay();
    const cases: readonly [number, string, string, object?][] = [
      [400, 'validation_failed', '/v1/payments?limit=0'],
      [401, 'unauthenticated', '/v1/payments', { key: 'sk_test_unknown' }],
      [401, 'unauthenticated', '/v1/payments', { key: null }],
      [403, 'permission_denied', '/v1/payments', { key: readerKey, json: card }],
      [404, 'not_found', `/v1/payments/${open.id}`, { key: otherKey }],
      [409, 'invalid_state', `/v1/payments/${open.id}/refunds`, { json: {} }],
      [
        422,
        'refund_exceeds_payment',
        `/v1/payments/${done.id}/refunds`,
        { json: { amount: 2000 } },
      ],
      [
        422,
        'insufficient_funds',
        '/v1/payments',
        { json: { ...card, confirm: true, payment_method: 'pm_card_insufficient_funds' } },
      ],
      [
        503,
        'processor_unavailable',
        '/v1/payments',
        { json: { ...card, confirm: true, payment_method: 'pm_card_unavailable' } },
      ],
      [413, 'payload_too_large', '/v1/payments', { json: { description: 'x'.repeat(70_000) } }],
      [415, 'unsupported_media_type', '/v1/payments', { body: 'a=b' }],
      [406, 'not_acceptable', '/v1/payments', { headers: { accept: 'text/html' } }],
    ];
    for (const [status, code, path, asking] of cases) {
      const { json, headers, status: got } = await ask(shop.http1 + path, asking);
      expect([got, json.code, json.status]).toEqual([status, code, status]);
      problemSchema.parse(json);
      expect(headers.get('content-type')).toBe('application/problem+json');
      expect(headers.get('cache-control')).toBe('no-store');
      expect(json.instance).toBe(path.split('?')[0]);
      expect(headers.get('retry-after') !== null).toBe(json.retry_after_ms !== undefined);
      expect(json.type).toBe(`/docs/errors/${json.code}`);
    }
  });

  test('with 401 name the scheme and whether a token was refused', async () => {
    const challenge = async (key: string | null) =>
      (await ask(`${shop.http1}/v1/payments`, { key })).headers.get('www-authenticate');
    expect(await challenge(null)).toBe('Bearer realm="payments"');
    expect(await challenge('sk_wrong')).toBe('Bearer realm="payments", error="invalid_token"');
  });

  test('with 429 have the time to wait, and a malformed request takes rate-limit tokens too', async () => {
    const json = { name: 'slow', scopes: ['payments:read'], rate_per_second: 1, burst: 2 };
    const key = (await ask(`${shop.http1}/v1/keys`, { json })).json.secret;
    expect((await ask(`${shop.http1}/v1/payments?nonsense=1`, { key })).status).toBe(400);
    const second = await ask(`${shop.http1}/v1/payments`, {
      key,
      headers: { accept: 'image/png' },
    });
    expect(second.status).toBe(406);
    expect(second.headers.get('ratelimit')).toBe('"key";r=0;t=2');
    const third = await ask(`${shop.http1}/v1/payments`, { key });
    expect([third.status, third.headers.get('retry-after')]).toEqual([429, '1']);
    expect((await ask(`${shop.http1}/v1/payments`, { key, body: '{' })).status).toBe(429);
  });

  test('are 404 for an unknown path and 405 with Allow for an unsupported method', async () => {
    for (const path of ['/', '/v1', '/v1/payments/', '/v1/payments/a/b', '/v2/payments']) {
      const { status, json } = await ask(shop.http1 + path);
      expect([path, status, json.code]).toEqual([path, 404, 'not_found']);
    }
    const allowed: readonly [string, string, string][] = [
      ['DELETE', '/v1/payments', 'GET, HEAD, OPTIONS, POST'],
      ['PATCH', '/v1/payments/pay_1', 'GET, HEAD, OPTIONS'],
      ['GET', '/v1/payments/pay_1/confirm', 'OPTIONS, POST'],
      ['POST', '/openapi.json', 'GET, HEAD, OPTIONS'],
      ['PROPFIND', '/v1/events', 'GET, HEAD, OPTIONS'],
    ];
    for (const [method, path, allow] of allowed) {
      const { status, headers, json } = await ask(shop.http1 + path, { method });
      expect([status, headers.get('allow')]).toEqual([405, allow]);
      problemSchema.parse(json);
      const options = await ask(shop.http1 + path, { method: 'OPTIONS' });
      expect([options.status, options.headers.get('allow')]).toEqual([204, allow]);
    }
  });

  test('refuse a request for another version of the API', async () => {
    const asked = (version: string) =>
      ask(`${shop.http1}/v1/payments`, { headers: { 'payments-version': version } });
    expect((await asked('2026-11-01')).status).toBe(200);
    const { status, json } = await asked('2019-01-01');
    expect([status, json.errors]).toEqual([
      400,
      [
        {
          pointer: '#/payments_version',
          code: 'unknown_version',
          detail: "expected the Payments-Version 2026-11-01, got '2019-01-01'",
        },
      ],
    ]);
  });

  test('use the q-values of Accept, with the most specific range first', async () => {
    const accepted: readonly [string, number][] = [
      ['application/json', 200],
      ['text/html, application/*;q=0.1', 200],
      ['*/*;q=0.1', 200],
      ['application/*;q=0, */*', 406],
      ['text/csv', 406],
      ['application/problem+json', 406],
      ['garbage;;;q=x', 406],
    ];
    for (const [accept, status] of accepted) {
      expect([
        accept,
        (await ask(`${shop.http1}/v1/payments`, { headers: { accept } })).status,
      ]).toEqual([accept, status]);
    }
  });
});
