import { serverAudits } from 'graphql-http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { documentId, operationDocuments } from '../../services/graphql/documents.ts';
import { adminKey, readerKey } from '../house.ts';
import {
  answerOf,
  type GraphqlHouse,
  once,
  openGraphqlHouse,
  post,
  simple,
} from './graphql-room.ts';

/** GraphQL over HTTP: the request, the media type, the status, the headers. */

let room: GraphqlHouse;
beforeAll(async () => {
  room = await openGraphqlHouse();
});
afterAll(() => room.close());

const get = async (query: string, headers: Readonly<Record<string, string>> = {}) =>
  answerOf(
    await fetch(`${room.target}/graphql?${query}`, {
      headers: { authorization: `Bearer ${adminKey}`, ...headers },
    }),
  );

const typename = { query: '{ __typename }' };
const graphqlJson = 'application/graphql-response+json';

describe('the audit of graphql-http passes:', () => {
  const audits = serverAudits({
    url: () => `${room.target}/graphql`,
    fetchFn: (url: string, init: RequestInit = {}) => {
      const headers = new Headers(init.headers);
      headers.set('authorization', `Bearer ${adminKey}`);
      return fetch(url, { ...init, headers });
    },
  });
  test.each(audits.map((audit): [string, typeof audit] => [audit.name, audit]))(
    '%s',
    async (_name, audit) => {
      const result = await audit.fn();
      expect(result.status, 'reason' in result ? result.reason : '').toBe('ok');
    },
  );
});

describe('a request', () => {
  test.each([
    ['text that is no JSON', '{ "query": '],
    ['a batch', [typename, typename]],
    ['a number', '42'],
    ['null', 'null'],
    ['an unknown parameter', { ...typename, nonsense: 1 }],
    ['a query that is no text', { query: 42 }],
    ['variables that are a list', { ...typename, variables: [] }],
    ['__proto__ in the place of a query', '{"__proto__":{"query":"{ __typename }"}}'],
    ['__proto__ beside a query', '{"query":"{ __typename }","__proto__":{}}'],
    ['an empty body', ''],
  ])('is refused with 400 and its violations: %s', async (_what, body) => {
    const { status, body: answer } = await post(room.target, body);
    expect(status).toBe(400);
    expect(answer).toMatchObject({
      errors: [{ extensions: { code: 'validation_failed', retryable: false } }],
    });
    expect(answer).not.toHaveProperty('data');
  });

  test('with a body of more than 64 KiB is refused, with or without a content length', async () => {
    const query = `{ __typename } #${'x'.repeat(70_000)}`;
    const announced = await post(room.target, { query });
    expect(announced.status).toBe(413);
    expect(announced.body.errors[0].extensions.code).toBe('payload_too_large');
    const chunked = await fetch(`${room.target}/graphql`, {
      method: 'POST',
      headers: { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json' },
      body: new Blob([JSON.stringify({ query })]).stream(),
      duplex: 'half',
    } as RequestInit);
    expect(chunked.status).toBe(413);
  });

  test.each([
    ['a form', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['a multipart form', { 'content-type': 'multipart/form-data; boundary=x' }],
    ['plain text', { 'content-type': 'text/plain' }],
    ['a bare document', { 'content-type': 'application/graphql' }],
    ['another charset', { 'content-type': 'application/json; charset=utf-16' }],
    ['a compressed body', { 'content-encoding': 'gzip' }],
  ])('is refused with 415 if a form could send it: %s', async (_w, headers) => {
    const answer = await post(room.target, 'query={__typename}', { headers });
    expect(answer.status).toBe(415);
    expect(answer.body.errors[0].extensions.code).toBe('unsupported_media_type');
  });

  test('may only be GET or POST', async () => {
    const headers = { authorization: `Bearer ${adminKey}` };
    const reply = await fetch(`${room.target}/graphql`, { method: 'PUT', headers });
    expect(reply.status).toBe(405);
    expect(reply.headers.get('allow')).toBe('GET, POST');
  });

  test('with an empty URL parameter is read as if the parameter were omitted', async () => {
    const { body } = await get('query=query A{__typename}&operationName=&variables=&extensions=');
    expect(body.data).toEqual({ __typename: 'Query' });
  });

  test.each(['__proto__', 'constructor'])(
    'with a parameter named %s gets an error with that name',
    async (name) => {
      const { body } = await post(room.target, `{"query":"{ __typename }","${name}":1}`);
      expect(body.errors[0].extensions.violations[0].path).toEqual([name]);
    },
  );

  test.each(['/health', 'x=/health'])(
    'to %s gets an error of the contract and not a response of a library',
    async (search) => {
      const { status, body } = await answerOf(await fetch(`${room.target}/graphql?${search}`));
      expect(status).toBe(401);
      expect(body.errors[0].extensions.code).toBe('unauthenticated');
    },
  );

  test('for a mutation by GET is refused and has no effect', async () => {
    const query =
      'mutation { createCustomer(input: { name: "x" }, idempotencyKey: "g") { __typename } }';
    for (const accept of ['application/json', 'application/json;q=0.5']) {
      const { status, body } = await get(new URLSearchParams({ query }).toString(), { accept });
      expect(status).toBe(405);
      expect(body.errors[0].extensions.code).toBe('method_not_allowed');
    }
    expect((await room.direct.listCustomers({})).items).toEqual([]);
  });

  test.each(['variables=%7B', 'variables=%5B%5D', 'extensions=1', 'nonsense=1'])(
    'by GET with %s is refused with 400',
    async (parameter) => {
      const { status } = await get(`query=%7B__typename%7D&${parameter}`);
      expect(status).toBe(400);
    },
  );
});

describe('responses', () => {
  test('have the request id of the client or a new one', async () => {
    const given = await post(room.target, typename, { headers: { 'x-request-id': 'mine-1' } });
    expect(given.headers.get('x-request-id')).toBe('mine-1');
    for (const accept of ['application/json', 'text/plain;q=0.1, application/json']) {
      const made = await post(room.target, { query: '{ nonsense }' }, { accept });
      expect(made.headers.get('x-request-id')).toMatch(/^req_/);
      expect(made.body.errors[0].extensions.requestId).toBe(made.headers.get('x-request-id'));
    }
  });

  test.each([
    ['application/json;q=0.1, application/graphql-response+json', graphqlJson],
    ['text/html, */*;q=0.1', 'application/json'],
    ['application/json; charset=utf-8', 'application/json'],
  ])('have the negotiated content type for Accept: %s', async (accept, expected) => {
    const { status, headers } = await post(room.target, typename, { accept });
    expect(status).toBe(200);
    expect(headers.get('content-type')).toContain(expected);
  });

  test('are 406 if the client accepts no available content type', async () => {
    expect((await post(room.target, typename, { accept: 'image/png' })).status).toBe(406);
    const query = 'subscription { events { id } }';
    for (const accept of ['application/json', 'multipart/mixed', 'application/json;q=0.9']) {
      expect((await post(room.target, { query }, { accept })).status).toBe(406);
    }
  });

  test.each(['image/png', 'application/json;q=0', 'multipart/mixed', 'text/*'])(
    'are refusals before anything runs with Accept: %s',
    async (accept) => {
      const before = await room.house.store.of('acct_retail').lastSequence();
      const query = `mutation { createCustomer(input: { name: "A" }, idempotencyKey: "${accept}") {
        __typename
      } }`;
      const { status, body } = await post(room.target, { query }, { accept });
      expect(status).toBe(406);
      expect(body.errors[0].extensions.code).toBe('not_acceptable');
      expect(await room.house.store.of('acct_retail').lastSequence()).toBe(before);
    },
  );

  test('to GET without a persisted document are not cached', async () => {
    const { headers } = await get('query={__typename}');
    expect(headers.get('cache-control')).toBe('no-store');
  });

  test.each([
    ['a document that is no GraphQL', { query: '{' }],
    ['an unknown field', { query: '{ nonsense }' }],
    ['a fragment that contains itself', { query: '{ ...A } fragment A on Query { ...A }' }],
    ['an operation that is not there', { query: 'query A { __typename }', operationName: 'B' }],
    ['several operations and no name', { query: 'query A { __typename } query B { __typename }' }],
    [
      'a variable of the wrong type',
      { query: operationDocuments.getPayment, variables: { id: {} } },
    ],
    ['a missing variable', { query: operationDocuments.getPayment }],
    ['a persisted document that is not', { documentId: 'sha256:00' }],
  ])('report an error as their content type requires: %s', async (_what, body) => {
    const plain = await post(room.target, body);
    expect(plain.status).toBe(200);
    const strict = await post(room.target, body, { accept: graphqlJson });
    expect(strict.status).toBe(400);
    expect(strict.body).not.toHaveProperty('data');
    const negotiated = await post(room.target, body, { accept: `${graphqlJson};q=0.9` });
    expect(negotiated.status).toBe(400);
    for (const { errors } of [plain.body, strict.body, negotiated.body]) {
      expect(errors[0].extensions).toMatchObject({ retryable: false });
      expect(['validation_failed', 'not_found']).toContain(errors[0].extensions.code);
      expect(errors[0].extensions).not.toHaveProperty('http');
    }
  });

  test('every invalid variable is reported with its path', async () => {
    const error = await room.client
      // What the types forbid is what is tested.
      .createPayment({ ...simple, captureMethod: 'never', odd: 1 } as never, once())
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'validation_failed',
      details: { violations: [{ path: ['captureMethod'] }, { path: ['odd'] }] },
    });
    const missing = await room.client
      .createPayment({ amount: 1 } as never, once())
      .catch((thrown: unknown) => thrown);
    expect(missing).toMatchObject({
      details: {
        violations: [
          { path: ['currency'], code: 'required' },
          { path: ['paymentMethod'], code: 'required' },
        ],
      },
    });
  });

  test('a request without a key reads nothing and gets 401 in every content type', async () => {
    for (const accept of ['application/json', graphqlJson, 'text/event-stream', 'a/b;q=0.1, */*']) {
      for (const key of ['', 'sk_test_unknown']) {
        const { status, headers, body } = await post(room.target, typename, { key, accept });
        expect(status).toBe(401);
        expect(headers.get('www-authenticate')).toMatch(/^Bearer/);
        expect(body.errors[0].extensions.code).toBe('unauthenticated');
      }
    }
  });

  test('a request over the rate limit runs nothing and gets 429 with Retry-After', async () => {
    const { secret } = await room.direct.createKey(
      { name: 'slow', scopes: ['payments:read'], ratePerSecond: 1, burst: 1 },
      once(),
    );
    const key = secret ?? '';
    await post(room.target, typename, { key });
    for (const accept of ['application/json', graphqlJson, 'application/json;q=0.5']) {
      const { status, headers, body } = await post(room.target, typename, { key, accept });
      expect(status).toBe(429);
      expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
      expect(body.errors[0].extensions).toMatchObject({ code: 'rate_limited', retryable: true });
      expect(body.errors[0].extensions.retryAfterMs).toBeGreaterThan(0);
    }
  });

  test('a field whose scope is missing fails without failing the others', async () => {
    const { secret } = await room.direct.createKey(
      { name: 'payments only', scopes: ['payments:read'] },
      once(),
    );
    const query = '{ payments { nodes { id } } customer(id: "cus_none") { id } }';
    const { status, body } = await post(room.target, { query }, { key: secret ?? '' });
    expect(status).toBe(200);
    expect(body.data.customer).toBe(null);
    expect(body.data.payments.nodes).toEqual([]);
    expect(body.errors).toMatchObject([
      { path: ['customer'], extensions: { code: 'permission_denied' } },
    ]);
  });
});

describe('introspection', () => {
  const introspection = { query: '{ __schema { queryType { name } } }' };

  test('returns the schema and takes tokens', async () => {
    const { body } = await post(room.target, introspection, { key: readerKey });
    expect(body.data.__schema.queryType.name).toBe('Query');
    expect(body.extensions.cost.requested).toBe(1);
  });

  test('can be turned off', async () => {
    const closed = await openGraphqlHouse({ introspection: false });
    const { body } = await post(closed.target, introspection);
    expect(body.data).toBeUndefined();
    expect(body.errors[0].message).toContain('introspection');
    expect((await post(closed.target, typename)).body.data).toEqual({ __typename: 'Query' });
    const misspelt = { query: '{ paymants(frist: 1) { nodes { id } } payment(ib: "x") { id } }' };
    expect(JSON.stringify((await post(closed.target, misspelt)).body)).not.toContain('mean');
    await closed.close();
  });
});

describe('persisted documents', () => {
  const id = documentId(operationDocuments.getPayment);

  test('are read by GET and return 304 while nothing has changed', async () => {
    const payment = await room.direct.createPayment({ ...simple, confirm: true }, once());
    const first = await room.client.getPaymentPersisted(payment.id);
    expect(first.payment).toEqual(payment);
    const again = await room.client.getPaymentPersisted(payment.id, first.etag);
    expect(again).toEqual({ etag: first.etag, payment: undefined });
    await room.direct.refundPayment({ payment: payment.id, amount: 1 }, once());
    const changed = await room.client.getPaymentPersisted(payment.id, first.etag);
    expect(changed.payment).toEqual(await room.direct.getPayment({ id: payment.id }));
    expect(changed.etag).not.toBe(first.etag);
  });

  test('have cache headers only if they succeeded', async () => {
    const payment = await room.direct.createPayment(simple, once());
    const variables = JSON.stringify({ id: payment.id });
    const search = new URLSearchParams({ documentId: id, variables }).toString();
    const { headers, body } = await get(search);
    expect(headers.get('cache-control')).toBe('private, no-cache');
    expect(headers.get('vary')).toBe('Accept, Authorization');
    expect(body).not.toHaveProperty('extensions');
    const list = `W/"other", W/${headers.get('etag')}`;
    for (const known of [list, '*']) {
      expect((await get(search, { 'if-none-match': known })).status).toBe(304);
    }
    for (const accept of ['application/json;q=0.9', `text/html, ${graphqlJson};q=0.8`]) {
      const same = await get(search, { accept, 'if-none-match': list });
      expect(same.status).toBe(304);
    }
    const wrong = await get(new URLSearchParams({ documentId: id, variables: '{}' }).toString());
    expect(wrong.headers.get('etag')).toBe(null);
  });

  test('can also be requested by hash and by POST', async () => {
    const payment = await room.direct.createPayment(simple, once());
    const variables = { id: payment.id };
    const byId = await post(room.target, { documentId: id, variables });
    const persistedQuery = { version: 1, sha256Hash: id.slice('sha256:'.length) };
    const byHash = await post(room.target, { extensions: { persistedQuery }, variables });
    expect(byId.body.data.result.id).toBe(payment.id);
    expect(byHash.body.data).toEqual(byId.body.data);
  });
});
