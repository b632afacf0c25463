import { hash, randomUUID } from 'node:crypto';
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { documentId, operationDocuments } from '../../services/graphql/documents.ts';
import { adminKey, stillLimits } from '../house.ts';
import {
  answerOf,
  type GraphqlHouse,
  once,
  openGraphqlHouse,
  post,
  simple,
} from './graphql-room.ts';

/** Requests are run as sent or refused, and every refusal is counted. */

let room: GraphqlHouse;
beforeAll(async () => {
  room = await openGraphqlHouse({}, undefined, stillLimits());
});
afterAll(() => room.close());

const get = async (query: string) =>
  answerOf(
    await fetch(`${room.target}/graphql?${query}`, {
      headers: { authorization: `Bearer ${adminKey}` },
    }),
  );

const send = async (body: BodyInit, headers: Record<string, string> = {}) =>
  answerOf(
    await fetch(`${room.target}/graphql`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${adminKey}`,
        'content-type': 'application/json',
        ...headers,
      },
      body,
    }),
  );

const createPayment = `mutation ($input: CreatePaymentInput!, $key: String) {
  createPayment(input: $input, idempotencyKey: $key) {
    ... on Payment { id description } ... on Failure { code message }
  }
}`;

describe('a body', () => {
  test('that is not UTF-8 is refused, and nothing is created', async () => {
    const before = await room.house.store.of('acct_retail').lastSequence();
    const variables = { input: { ...simple, description: 'x??' }, key: 'utf8' };
    const body = Buffer.from(JSON.stringify({ query: createPayment, variables }));
    body.set([0xff, 0xfe], body.indexOf('??'));
    const answer = await send(body);
    expect(answer.status).toBe(400);
    expect(answer.body.errors[0].extensions.violations).toMatchObject([{ code: 'invalid_utf8' }]);
    expect(await room.house.store.of('acct_retail').lastSequence()).toBe(before);
  });

  test.each([
    ['a number that a double alters', '{"amount": 99999999999.0000001}', 'inexact_number'],
    ['a number beyond all doubles', '{"amount": 1e400}', 'inexact_number'],
    ['the same name twice', '{"amount": 1, "amount": 2}', 'duplicate_name'],
  ])('with %s is refused with its location', async (_what, input, code) => {
    const answer = await send(
      `{"query": ${JSON.stringify(createPayment)}, "variables": {"input": ${input}}}`,
    );
    expect(answer.status).toBe(400);
    expect(answer.body.errors[0].extensions.violations).toMatchObject([
      { path: ['variables', 'input', 'amount'], code },
    ]);
  });

  test('that is not JSON is refused with the position of the syntax error', async () => {
    const answer = await send('{"query": "{ __typename }",\n nonsense}');
    expect(answer.body.errors[0].message).toContain('line 2 column 2');
  });

  test('that is a form is refused before it is read, and takes a token', async () => {
    const { secret } = await room.direct.createKey(
      { name: 'forms', scopes: ['payments:read'], ratePerSecond: 1, burst: 2 },
      once(),
    );
    const codes: string[] = [];
    for (let i = 0; i < 3; i += 1) {
      const { body } = await send('query={__typename}', {
        authorization: `Bearer ${secret}`,
        'content-type': 'text/plain',
      });
      codes.push(body.errors[0].extensions.code);
    }
    expect(codes).toEqual(['unsupported_media_type', 'unsupported_media_type', 'rate_limited']);
  });
});

describe('a number in a document', () => {
  test('is refused if a double cannot represent it', async () => {
    const query = `mutation { createPayment(
      input: { amount: 99999999999.0000001, currency: "GBP", paymentMethod: "pm_card_ok" }
      idempotencyKey: "inexact"
    ) { ... on Payment { amount } ... on ValidationFailed { violations { path } } } }`;
    const { body } = await post(room.target, { query });
    expect(body.data.createPayment).toEqual({ violations: [{ path: ['amount'] }] });
  });
});

test.each([
  ['query=%7Bnothing%7D', 200],
  ['documentId=sha256:unknown', 200],
  ['query=mutation%7B__typename%7D', 405],
])('a refusal by GET is not cached: %s', async (search, status) => {
  const answer = await get(search);
  expect(answer.status).toBe(status);
  expect(answer.body.errors).toHaveLength(1);
  expect(answer.headers.get('cache-control')).toBe('no-store');
});

describe('a time', () => {
  test.each(['{ a: 1 }', '[{ a: 1 }]', '5', 'true'])(
    'that is written as %s is refused by name in the terms of the contract',
    async (literal) => {
      const query = `{ payments(createdFrom: ${literal}) { nodes { id } } }`;
      const { body } = await post(room.target, { query });
      expect(body.errors[0].message).toMatch(/^createdFrom: expected a time/);
      expect(body.errors[0].extensions.violations).toMatchObject([{ path: ['createdFrom'] }]);
    },
  );

  test.each(['2026-02-30T00:00:00Z', '2026-01-01T24:00:00Z', '2026-13-01T00:00:00Z'])(
    'that does not exist, %s, is refused by name',
    async (createdFrom) => {
      const query =
        'query ($createdFrom: DateTime) { payments(createdFrom: $createdFrom) { nodes { id } } }';
      const { body } = await post(room.target, { query, variables: { createdFrom } });
      expect(body.errors[0].extensions).toMatchObject({
        code: 'validation_failed',
        violations: [{ path: ['createdFrom'] }],
      });
    },
  );
});

describe('a URL', () => {
  test.each([
    ['bytes that are not UTF-8', 'query=%7B__typename%7D&operationName=%FF', 'invalid_utf8'],
    ['a parameter twice', 'query=%7B__typename%7D&query=%7B__typename%7D', 'duplicate_name'],
    [
      'variables with a name twice',
      'query=%7B__typename%7D&variables={"a":1,"a":2}',
      'duplicate_name',
    ],
  ])('with %s is refused', async (_what, search, code) => {
    const { status, body } = await get(search);
    expect(status).toBe(400);
    expect(body.errors[0].extensions.violations).toMatchObject([{ code }]);
  });
});

describe('an idempotency key', () => {
  test('is the same key bare and as a string in quotes', async () => {
    const create = async (key: string) =>
      (await post(room.target, { query: createPayment, variables: { input: simple, key } })).body
        .data.createPayment;
    const first = await create('same-key');
    expect(first.id).toMatch(/^pay_/);
    expect(await create('"same-key"')).toEqual(first);
    expect(await create('"unfinished')).toMatchObject({ code: 'validation_failed' });
  });
});

describe('a persisted document', () => {
  const persistedQuery = (text: string) => ({
    persistedQuery: { version: 1, sha256Hash: hash('sha256', text) },
  });

  test('that is sent under the name of another is refused', async () => {
    const query = '{ __typename }';
    for (const named of [
      { extensions: persistedQuery('{ other }') },
      { documentId: documentId('{ other }') },
      { documentId: 'sha256:bogus' },
    ]) {
      const { status, body } = await post(
        room.target,
        { query, ...named },
        { accept: 'application/graphql-response+json' },
      );
      expect(status).toBe(400);
      expect(body.errors[0].extensions.violations).toMatchObject([{ code: 'wrong_hash' }]);
    }
  });

  test('that is sent with its text is not cached', async () => {
    const query = '{ __typename }';
    const search = new URLSearchParams({ query, documentId: documentId(query) });
    const { headers, body } = await get(search.toString());
    expect(body.data).toEqual({ __typename: 'Query' });
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('etag')).toBeNull();
    expect(body.extensions.cost.requested).toBe(1);
  });

  test("with an unknown hash is requested with Apollo's error code and then known", async () => {
    const query = `{ a${randomUUID().slice(0, 8)}: __typename }`;
    const named = { extensions: persistedQuery(query) };
    const first = await post(room.target, named);
    expect(first.body.errors).toMatchObject([
      {
        message: 'PersistedQueryNotFound',
        extensions: { code: 'PERSISTED_QUERY_NOT_FOUND', requestId: expect.any(String) },
      },
    ]);
    const sent = await post(room.target, { query, ...named });
    expect(sent.body.errors).toBeUndefined();
    expect((await post(room.target, named)).body.data).toEqual(sent.body.data);
    const search = new URLSearchParams({ extensions: JSON.stringify(named.extensions) });
    expect((await get(search.toString())).body.data).toEqual(sent.body.data);
  });

  test('with a hash runs even if the request has the empty query that some transports require', async () => {
    const payment = await room.direct.createPayment(simple, once());
    const { body } = await post(room.target, {
      query: '',
      extensions: persistedQuery(operationDocuments.getPayment),
      variables: { id: payment.id },
    });
    expect(body.data.result.id).toBe(payment.id);
  });

  test.each([
    [{ persistedQuery: { version: 2, sha256Hash: 'x' } }],
    [{ persistedQuery: { version: 1, sha256Hash: 1 } }],
    [{ persistedQuery: 'x' }],
  ])('in another form is refused: %j', async (extensions) => {
    const { body } = await post(room.target, { query: '{ __typename }', extensions });
    expect(body.errors[0].extensions.violations[0].path.slice(0, 2)).toEqual([
      'extensions',
      'persistedQuery',
    ]);
  });
});

test('every refused request is counted once under its code', async () => {
  const count = () => room.house.records.length;
  const codeAfter = async (ask: () => Promise<unknown>) => {
    const before = count();
    await ask();
    const made = room.house.records.slice(before);
    return made.map(({ code }) => code);
  };
  const refused = {
    method_not_allowed: () =>
      fetch(`${room.target}/graphql`, {
        method: 'PUT',
        headers: { authorization: `Bearer ${adminKey}` },
      }),
    unsupported_media_type: () => send('x', { 'content-type': 'text/plain' }),
    not_acceptable: () => post(room.target, { query: '{ a }' }, { accept: 'image/png' }),
    payload_too_large: () => send('x'.repeat(70_000)),
    validation_failed: () => send('{'),
    query_too_costly: () => post(room.target, { query: '\n'.repeat(4000) }),
    not_found: () => post(room.target, { documentId: 'sha256:00' }),
    unauthenticated: () => post(room.target, { query: '{ a }' }, { key: 'sk_test_none' }),
  };
  for (const [code, ask] of Object.entries(refused)) {
    expect(await codeAfter(ask)).toEqual([code]);
  }
});

test.each(['a b', 'x:99999', '[::1'])(
  'a request for an event stream whose Host is not a URL gets the stream: %s',
  async (host) => {
    const { port, hostname } = new URL(room.target);
    const text = await new Promise<string>((resolve, reject) => {
      const asked = request(
        {
          host: hostname,
          port,
          path: `/graphql?query=${encodeURIComponent('{ __typename }')}`,
          headers: { host, accept: 'text/event-stream', authorization: `Bearer ${adminKey}` },
        },
        async (answer) => {
          let got = '';
          for await (const chunk of answer) got += chunk;
          resolve(`${answer.statusCode} ${answer.headers['content-type']} ${got}`);
        },
      );
      asked.on('error', reject).end();
    });
    expect(text).toMatch(/^200 text\/event-stream/);
    expect(text).toContain('"__typename":"Query"');
  },
);

test.each(['PUT', 'DELETE', 'PATCH', 'OPTIONS'])(
  '%s gets the list of allowed methods',
  async (method) => {
    const headers = { authorization: `Bearer ${adminKey}`, accept: 'application/json' };
    const {
      status,
      headers: got,
      body,
    } = await answerOf(await fetch(`${room.target}/graphql`, { method, headers }));
    expect(status).toBe(405);
    expect(got.get('allow')).toBe('GET, POST');
    expect(body.errors[0].extensions).toEqual({
      code: 'method_not_allowed',
      requestId: got.get('x-request-id'),
      retryable: false,
    });
  },
);

test('of an Accept of thousands of ranges the first ones count', async () => {
  const long = (first: string) => [first, ...Array(2000).fill('a/b')].join(',');
  const status = async (accept: string) =>
    (await post(room.target, { query: '{ __typename }' }, { accept })).status;
  expect(await status(long('application/json'))).toBe(200);
  expect(await status(`${long('a/b')},application/json`)).toBe(406);
});
