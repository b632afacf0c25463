import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  createdKeySchema,
  expandedCustomerSchema,
  expandedPaymentSchema,
  expandedRefundSchema,
  keySchema,
  pageSchema,
  paymentSchema,
  refundSchema,
} from '../../services/rest/schemas.ts';
import { otherKey } from '../house.ts';
import { ask, card, freshKey, openRestShop, type RestShop } from './rest-server.ts';

let shop: RestShop;
beforeAll(async () => {
  shop = await openRestShop();
});
afterAll(() => shop.close());

describe('of the writes,', () => {
  test('the creation of a payment returns 201, its URL and its entity tag', async () => {
    const made = await ask(`${shop.http1}/v1/payments`, { json: card });
    expect(made.status).toBe(201);
    paymentSchema.parse(made.json);
    const read = await ask(shop.http1 + made.headers.get('location'));
    expect(read.json).toEqual(made.json);
    expect(read.headers.get('etag')).toBe(made.headers.get('etag'));
    expect(made.headers.get('cache-control')).toBe('no-store');
    expect(made.headers.get('idempotency-replayed')).toBeNull();
  });

  test('the creation of a refund or a customer returns 201 and a URL that can be read', async () => {
    const payment = await shop.pay();
    const refund = await ask(`${shop.http1}/v1/payments/${payment.id}/refunds`, {
      json: { amount: 5 },
    });
    expect(refund.status).toBe(201);
    refundSchema.parse(refund.json);
    expect((await ask(shop.http1 + refund.headers.get('location'))).json).toEqual(refund.json);
    const made = await ask(`${shop.http1}/v1/customers`, {
      json: { name: 'B', country: 'France' },
    });
    expect(made.status).toBe(201);
    expect((await ask(shop.http1 + made.headers.get('location'))).json).toEqual(made.json);
  });

  test('confirm, capture and cancel accept no body and return the payment with its URL', async () => {
    const open = (
      await ask(`${shop.http1}/v1/payments`, { json: { ...card, capture_method: 'manual' } })
    ).json;
    const confirmed = await ask(`${shop.http1}${open.links.confirm}`, { method: 'POST' });
    expect([confirmed.status, confirmed.json.status]).toEqual([200, 'requires_capture']);
    expect(confirmed.headers.get('content-location')).toBe(`/v1/payments/${open.id}`);
    const captured = await ask(`${shop.http1}${open.links.self}/capture`, {
      json: { amount: 400 },
    });
    expect([captured.json.status, captured.json.amount_captured]).toEqual(['succeeded', 400]);
    const another = (await ask(`${shop.http1}/v1/payments`, { json: card })).json;
    const canceled = await ask(`${shop.http1}${another.links.cancel}`, { method: 'POST' });
    expect(canceled.json.status).toBe('canceled');
    expect(Object.keys(canceled.json.links)).toEqual(['self', 'refunds']);
  });

  test('the creation of a key returns its secret only once, and the key works until it is revoked', async () => {
    const json = { name: 'till', scopes: ['payments:read'] };
    const headers = { 'idempotency-key': freshKey() };
    const made = await ask(`${shop.http1}/v1/keys`, { json, headers });
    createdKeySchema.parse(made.json);
    expect(made.status).toBe(201);
    expect(made.headers.get('location')).toBeNull();
    const again = await ask(`${shop.http1}/v1/keys`, { json, headers });
    expect(again.json).toEqual({ ...made.json, secret: null });
    const key = made.json.secret;
    expect((await ask(`${shop.http1}/v1/payments`, { key })).status).toBe(200);
    const revoked = await ask(`${shop.http1}/v1/keys/${made.json.id}/revoke`, { method: 'POST' });
    keySchema.parse(revoked.json);
    expect((await ask(`${shop.http1}/v1/payments`, { key })).status).toBe(401);
  });
});

describe('of idempotency keys,', () => {
  test('a quoted or bare one replays the first response and marks it as a replay', async () => {
    const key = freshKey();
    const send = (spelling: string) =>
      ask(`${shop.http1}/v1/payments`, { json: card, headers: { 'idempotency-key': spelling } });
    const first = await send(key);
    const second = await send(`"${key}"`);
    expect(second.json).toEqual(first.json);
    expect(second.status).toBe(201);
    expect(second.headers.get('idempotency-replayed')).toBe('true');
    expect(second.headers.get('location')).toBe(first.headers.get('location'));
  });

  test('an omitted one gets 400, one with another input 422, and a concurrent second use 409', async () => {
    const url = `${shop.http1}/v1/payments`;
    const none = await ask(url, { json: card, headers: { 'idempotency-key': '' } });
    expect([none.status, none.json.code]).toEqual([400, 'idempotency_key_missing']);
    const headers = { 'idempotency-key': freshKey() };
    await ask(url, { json: card, headers });
    const reused = await ask(url, { json: { ...card, amount: 7 }, headers });
    expect([reused.status, reused.json.code]).toEqual([422, 'idempotency_key_reused']);
    const two = await fetch(url, {
      method: 'POST',
      headers: [
        ['authorization', 'Bearer sk_test_retail_admin'],
        ['content-type', 'application/json'],
        ['idempotency-key', 'a'],
        ['idempotency-key', 'b'],
      ],
      body: JSON.stringify(card),
    });
    expect(two.status).toBe(400);
    expect(((await two.json()) as { errors: unknown[] }).errors).toMatchObject([
      { pointer: '#/idempotency_key' },
    ]);
  });
});

describe('of the reads,', () => {
  test('every one returns a request id, the version, Vary and the remaining tokens', async () => {
    const { headers } = await ask(`${shop.http1}/v1/payments`, {
      headers: { 'x-request-id': 'mine-1' },
    });
    expect(headers.get('x-request-id')).toBe('mine-1');
    expect(headers.get('payments-version')).toBe('2026-11-01');
    expect(headers.get('vary')).toBe('Accept, Authorization, Payments-Version');
    expect(headers.get('ratelimit')).toMatch(/^"key";r=\d+;t=\d+$/);
    expect(headers.get('ratelimit-policy')).toMatch(/^"key";q=\d+$/);
    const failed = await ask(`${shop.http1}/v1/payments/nope`);
    expect(failed.headers.get('ratelimit')).toMatch(/^"key";r=\d+;t=\d+$/);
    expect(failed.headers.get('x-request-id')).toBe(failed.json.request_id);
  });

  test('one with a current entity tag gets 304 without a body, for HEAD too', async () => {
    const payment = await shop.pay();
    const url = `${shop.http1}/v1/payments/${payment.id}`;
    const first = await ask(url);
    const etag = first.headers.get('etag') ?? '';
    expect(etag).toMatch(/^"[^"]+"$/);
    expect(first.headers.get('cache-control')).toBe('private, no-cache');
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const again = await ask(url, { headers: { 'if-none-match': known } });
      expect([again.status, again.json]).toEqual([304, '']);
      expect(again.headers.get('etag')).toBe(etag);
      expect(again.headers.get('cache-control')).toBe('private, no-cache');
    }
    const head = await ask(url, { method: 'HEAD' });
    expect([head.status, head.json, head.headers.get('etag')]).toEqual([200, '', etag]);
    await ask(`${url}/refunds`, { json: { amount: 1 } });
    const changed = await ask(url, { headers: { 'if-none-match': etag } });
    expect([changed.status, changed.json.amount_refunded]).toEqual([200, 1]);
  });

  test('one that gets 304 is authenticated and takes tokens like any other', async () => {
    const payment = await shop.pay();
    const url = `${shop.http1}/v1/payments/${payment.id}`;
    const headers = { 'if-none-match': (await ask(url)).headers.get('etag') ?? '' };
    expect((await ask(url, { headers, key: null })).status).toBe(401);
    expect((await ask(url, { headers, key: otherKey })).status).toBe(404);
    const before = shop.house.store.queryCount;
    expect((await ask(url, { headers })).status).toBe(304);
    expect(shop.house.store.queryCount - before).toBe(1);
  });

  test('each choice of fields and expansions has its own entity tag', async () => {
    const payment = await shop.pay();
    const url = `${shop.http1}/v1/payments/${payment.id}`;
    const queries = ['', '?fields=id', '?fields=id,amount', '?expand=customer', '?expand=refunds'];
    const answers = await Promise.all(queries.map((query) => ask(url + query)));
    expect(new Set(answers.map(({ headers }) => headers.get('etag'))).size).toBe(queries.length);
    expect(answers[2]?.json).toEqual({ id: payment.id, amount: 1000 });
    for (const [at, query] of queries.entries()) {
      const headers = { 'if-none-match': answers[at]?.headers.get('etag') ?? '' };
      expect((await ask(url + query, { headers })).status).toBe(304);
    }
  });

  test('an immutable resource may be cached, and a growing list must be revalidated', async () => {
    const payment = await shop.pay();
    const refund = await ask(`${shop.http1}/v1/payments/${payment.id}/refunds`, { json: {} });
    const cache = async (path: string) =>
      (await ask(shop.http1 + path)).headers.get('cache-control');
    const fixed = 'private, max-age=31536000, immutable';
    expect(await cache(`/v1/refunds/${refund.json.id}`)).toBe(fixed);
    expect(await cache(`/v1/refunds/${refund.json.id}?expand=payment`)).toBe('private, no-cache');
    expect(await cache('/v1/events?limit=2')).toBe('private, no-cache');
    expect(await cache('/v1/refunds')).toBe('private, no-cache');
  });

  test('a list is read by its Link headers, each item once', async () => {
    const own = (await ask(`${shop.http1}/v1/customers`, { json: { name: 'Pages' } })).json.id;
    const made: string[] = [];
    for (let i = 0; i < 5; i += 1)
      made.unshift((await shop.pay({ customer: own, amount: 10 + i })).id);
    const seen: string[] = [];
    let path: string | undefined = `/v1/payments?customer=${own}&limit=2`;
    while (path !== undefined) {
      const { json, headers } = await ask(shop.http1 + path);
      pageSchema(paymentSchema).parse(json);
      seen.push(...json.data.map(({ id }: { id: string }) => id));
      path = /<([^>]+)>; rel="next"/.exec(headers.get('link') ?? '')?.[1];
      expect(path).toBe(json.links.next);
      expect(json.has_more).toBe(path !== undefined);
    }
    expect(seen).toEqual(made);
  });

  test('a list of events is read by sequence', async () => {
    const first = await ask(
      `${shop.http1}/v1/events?limit=1&types=customer.created,refund.created`,
    );
    expect(first.json.data[0]).toMatchObject({ sequence: 1, type: 'customer.created' });
    expect(first.json.links.next).toBe(
      `/v1/events?limit=1&types=customer.created%2Crefund.created&cursor=${first.json.next_cursor}`,
    );
    expect((await ask(shop.http1 + first.json.links.next)).json.data[0].sequence).toBeGreaterThan(
      1,
    );
  });

  test('a list has the filters and sort orders of its operation', async () => {
    const own = (await ask(`${shop.http1}/v1/customers`, { json: { name: 'Filters' } })).json.id;
    for (const amount of [30, 10, 20]) await shop.pay({ customer: own, amount });
    const amounts = async (query: string) =>
      (await ask(`${shop.http1}/v1/payments?customer=${own}&${query}`)).json.data.map(
        ({ amount }: { amount: number }) => amount,
      );
    expect(await amounts('sort=amount')).toEqual([10, 20, 30]);
    expect(await amounts('sort=-amount&amount_min=15&amount_max=20')).toEqual([20]);
    expect(await amounts('status=failed')).toEqual([]);
    expect(await amounts('created_before=2000-01-01T00:00:00Z')).toEqual([]);
    expect(await amounts('created_from=2000-01-01T00:00:00%2B01:00')).toHaveLength(3);
  });

  test('a batch keeps the order of its ids, with null or an empty list for an unknown id', async () => {
    const [a, b] = [await shop.pay(), await shop.pay()];
    const { json: refund } = await ask(`${shop.http1}/v1/payments/${a.id}/refunds`, { json: {} });
    const ids = `${b.id},nothing,${a.id}`;
    const payments = (await ask(`${shop.http1}/v1/payments?ids=${ids}`)).json.data;
    expect(payments.map((item: { id: string } | null) => item?.id)).toEqual([
      b.id,
      undefined,
      a.id,
    ]);
    const refunds = (await ask(`${shop.http1}/v1/refunds?payments=${ids}`)).json.data;
    const pageOf = (data: unknown[]) => ({ data, has_more: false, next_cursor: null });
    expect(refunds).toEqual([pageOf([]), pageOf([]), pageOf([refund])]);
    const customers = (await ask(`${shop.http1}/v1/customers?ids=no,${shop.customer}`)).json.data;
    expect(customers).toMatchObject([null, { id: shop.customer }]);
    const empty = await ask(`${shop.http1}/v1/payments?ids=`);
    expect([empty.status, empty.json.errors[0].pointer]).toEqual([400, '#/ids']);
  });

  test('a list of the refunds of an unknown payment gets 404', async () => {
    const payment = await shop.pay();
    const url = (id: string) => `${shop.http1}/v1/payments/${id}/refunds`;
    expect((await ask(url(payment.id))).json.data).toEqual([]);
    expect((await ask(url(payment.id), { key: otherKey })).status).toBe(404);
    expect((await ask(url('pay_00000000000000000000000000'))).status).toBe(404);
    expect((await ask(url('nonsense'))).status).toBe(404);
  });
});

describe('expansions of a payment', () => {
  test('replace the id of the customer with the customer and add the refunds', async () => {
    const payment = await shop.pay();
    const { json: refund } = await ask(`${shop.http1}/v1/payments/${payment.id}/refunds`, {
      json: {},
    });
    const { json } = await ask(`${shop.http1}/v1/payments/${payment.id}?expand=customer,refunds`);
    expandedPaymentSchema.parse(json);
    expect(json.customer.id).toBe(shop.customer);
    expect(json.refunds.data).toEqual([refund]);
    const picked = await ask(`${shop.http1}/v1/payments/${payment.id}?expand=refunds&fields=id`);
    expect(Object.keys(picked.json)).toEqual(['id', 'refunds']);
    const up = await ask(`${shop.http1}/v1/refunds/${refund.id}?expand=payment.customer`);
    expandedRefundSchema.parse(up.json);
    expect(up.json.payment.customer.id).toBe(shop.customer);
  });

  test('take one query per kind for any number of payments', async () => {
    const own = (await ask(`${shop.http1}/v1/customers`, { json: { name: 'Screen' } })).json.id;
    const made: { id: string }[] = [];
    for (let i = 0; i < 22; i += 1) made.unshift(await shop.pay({ customer: own }));
    for (const { id } of made) {
      await ask(`${shop.http1}/v1/payments/${id}/refunds`, { json: { amount: 1 } });
    }
    const count = async (path: string) => {
      const before = shop.house.store.queryCount;
      const { status, json } = await ask(shop.http1 + path);
      expect(status).toBe(200);
      return [shop.house.store.queryCount - before, json];
    };
    const [queries, screen] = await count(`/v1/customers/${own}?expand=payments,payments.refunds`);
    expect(queries).toBe(3);
    expandedCustomerSchema.parse(screen);
    expect(screen.payments.data.map(({ id }: { id: string }) => id)).toEqual(
      made.slice(0, 20).map(({ id }) => id),
    );
    expect(
      screen.payments.data.map(({ refunds }: { refunds: { data: [] } }) => refunds.data.length),
    ).toEqual(Array(20).fill(1));
    expect((await ask(shop.http1 + screen.payments.links.next)).json.data).toHaveLength(2);
    const [ofList] = await count(`/v1/payments?customer=${own}&expand=customer,refunds`);
    expect(ofList).toBe(3);
    const [ofRefunds] = await count('/v1/refunds?expand=payment,payment.customer');
    expect(ofRefunds).toBe(3);
  });

  test('are refused if they are unknown or too deep', async () => {
    for (const [path, name] of [
      ['/v1/payments', 'customer.payments'],
      ['/v1/payments', 'nothing'],
      [`/v1/customers/${shop.customer}`, 'payments.refunds.payment'],
      ['/v1/customers', 'payments'],
    ]) {
      const { status, json } = await ask(`${shop.http1}${path}?expand=${name}`);
      expect([status, json.code, json.errors[0].pointer]).toEqual([
        400,
        'validation_failed',
        '#/expand',
      ]);
    }
  });

  test('need the scope of the expanded resource', async () => {
    const json = { name: 'payments only', scopes: ['payments:read'] };
    const key = (await ask(`${shop.http1}/v1/keys`, { json })).json.secret;
    await shop.pay();
    expect((await ask(`${shop.http1}/v1/payments?expand=refunds`, { key })).status).toBe(200);
    expect((await ask(`${shop.http1}/v1/payments?expand=customer`, { key })).status).toBe(403);
  });
});
