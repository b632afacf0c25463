import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { otherKey } from '../house.ts';
import { type GraphqlHouse, once, openGraphqlHouse, post, simple } from './graphql-room.ts';

/** Nodes, connections and failures as the schema returns them. */

let room: GraphqlHouse;
beforeAll(async () => {
  room = await openGraphqlHouse();
});
afterAll(() => room.close());

const ask = async (query: string, variables: object = {}, key?: string) =>
  (await post(room.target, { query, variables }, { key })).body;

describe('nodes', () => {
  test('of any type are found by id', async () => {
    const customer = await room.direct.createCustomer({ name: 'Ada' }, once());
    const payment = await room.direct.createPayment(
      { ...simple, customer: customer.id, confirm: true },
      once(),
    );
    const refund = await room.direct.refundPayment({ payment: payment.id, amount: 1 }, once());
    const query = `query ($id: ID!) { node(id: $id) {
      __typename id
      ... on Payment { customer { name } refunds { nodes { id } } }
      ... on Refund { payment { id } }
      ... on Customer { payments { nodes { id } } }
    } }`;
    const nodeOf = async (id: string, key?: string) => (await ask(query, { id }, key)).data.node;
    expect(await nodeOf(payment.id)).toEqual({
      __typename: 'Payment',
      id: payment.id,
      customer: { name: 'Ada' },
      refunds: { nodes: [{ id: refund.id }] },
    });
    expect(await nodeOf(refund.id)).toMatchObject({ payment: { id: payment.id } });
    expect(await nodeOf(customer.id)).toMatchObject({ payments: { nodes: [{ id: payment.id }] } });
    for (const id of ['pay_none', 'nonsense', '__proto___x', 'constructor_1', '_']) {
      expect(await nodeOf(id)).toBe(null);
    }
    expect(await nodeOf(payment.id, otherKey)).toBe(null);
  });
});

describe('connections', () => {
  const query = `query ($first: Int, $after: String, $customer: ID) {
    payments(first: $first, after: $after, customer: $customer) {
      edges { cursor node { id } } nodes { id }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    }
  }`;

  test('have a cursor on every edge from which the list continues', async () => {
    const { id: customer } = await room.direct.createCustomer({ name: 'Pages' }, once());
    const ids: string[] = [];
    for (let i = 0; i < 5; i += 1) {
      ids.unshift((await room.direct.createPayment({ ...simple, customer }, once())).id);
    }
    const page = async (first: number, after: string | null) =>
      (await ask(query, { first, after, customer })).data.payments;
    const all = await page(5, null);
    expect(all.nodes).toEqual(ids.map((id) => ({ id })));
    expect(all.pageInfo).toEqual({
      hasNextPage: false,
      hasPreviousPage: false,
      startCursor: all.edges[0].cursor,
      endCursor: all.edges[4].cursor,
    });
    for (const [index, { cursor, node }] of all.edges.entries()) {
      expect(node.id).toBe(ids[index]);
      const rest = await page(2, cursor);
      expect(rest.nodes.map((one: { id: string }) => one.id)).toEqual(
        ids.slice(index + 1, index + 3),
      );
      expect(rest.pageInfo).toMatchObject({
        hasPreviousPage: true,
        hasNextPage: index + 3 < ids.length,
      });
    }
    const empty = await page(5, all.pageInfo.endCursor);
    expect(empty).toMatchObject({ edges: [], pageInfo: { startCursor: null, endCursor: null } });
  });

  test('of events start after a sequence and continue after a cursor', async () => {
    await room.direct.createPayment({ ...simple, confirm: true }, once());
    const events = (after: string) =>
      `{ events(first: 1, after: "${after}") { edges { cursor node { sequence } } } }`;
    const [first] = (await ask(events('0'))).data.events.edges;
    expect(first.node.sequence).toBe(1);
    const [second] = (await ask(events(first.cursor))).data.events.edges;
    expect(second.node.sequence).toBe(2);
  });

  test('report an invalid page under the names of the GraphQL arguments', async () => {
    for (const [variables, path] of [
      [{ first: 0 }, 'first'],
      [{ first: 101 }, 'first'],
      [{ after: 'nonsense' }, 'after'],
    ] as const) {
      const { errors } = await ask(query, variables);
      expect(errors[0].message).toMatch(new RegExp(`^${path}: `));
      expect(errors[0].extensions).toMatchObject({
        code: 'validation_failed',
        violations: [{ path: [path] }],
      });
    }
  });

  test('treat a null argument as omitted', async () => {
    const { errors } = await ask(query, { first: null, after: null, customer: null });
    expect(errors).toBeUndefined();
  });
});

describe('expected failures are data:', () => {
  const failure = '__typename ... on Failure { code message retryable details }';
  const create = (input: string, key = `"${once().idempotencyKey}"`) =>
    ask(`mutation { result: createPayment(input: {
      amount: 1000, currency: "GBP", paymentMethod: "pm_card_ok" ${input}
    }, idempotencyKey: ${key}) { ${failure}
      ... on ValidationFailed { violations { path code message } }
      ... on IdempotencyFailed { retryAfterMs }
      ... on Payment { id }
    } }`);

  test('validation_failed lists every violation', async () => {
    const { data } = await ask(
      `mutation ($input: CreatePaymentInput!) {
        result: createPayment(input: $input, idempotencyKey: "v") {
          ... on ValidationFailed { code retryable violations { path code } }
        }
      }`,
      {
        input: {
          amount: '12.5',
          currency: 'XXX',
          paymentMethod: 'nope',
          description: 'x'.repeat(501),
        },
      },
    );
    expect(data.result).toMatchObject({ code: 'validation_failed', retryable: false });
    expect(data.result.violations.map(({ path }: { path: string[] }) => path)).toEqual([
      ['amount'],
      ['currency'],
      ['paymentMethod'],
      ['description'],
    ]);
  });

  test('idempotency_key_missing, _reused and, while the first call runs, _in_flight are returned', async () => {
    expect((await create('', 'null')).data.result).toMatchObject({
      __typename: 'IdempotencyFailed',
      code: 'idempotency_key_missing',
    });
    await create('', '"same"');
    expect((await create(', description: "other"', '"same"')).data.result).toMatchObject({
      __typename: 'IdempotencyFailed',
      code: 'idempotency_key_reused',
      details: { idempotencyKey: 'same' },
    });
    const slow = room.direct.createPayment(
      { ...simple, paymentMethod: 'pm_card_timeout', confirm: true },
      { idempotencyKey: 'slow' },
    );
    slow.catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 20));
    const again = await ask(
      `mutation { result: createPayment(input: {
        amount: 1000, currency: "GBP", paymentMethod: "pm_card_timeout", confirm: true
      }, idempotencyKey: "slow") { ${failure} ... on IdempotencyFailed { retryAfterMs } } }`,
    );
    expect(again.data.result).toMatchObject({
      code: 'idempotency_in_flight',
      retryable: true,
      retryAfterMs: 1000,
    });
    await slow.catch(() => {});
  });

  test.each(['card_declined', 'insufficient_funds', 'card_expired'])(
    '%s is returned for its card',
    async (code) => {
      const method =
        code === 'card_declined' ? 'pm_card_declined' : `pm_card_${code.replace('card_', '')}`;
      const { data } = await ask(
        `mutation ($input: CreatePaymentInput!) {
        result: createPayment(input: $input, idempotencyKey: "${code}") { ${failure} }
      }`,
        { input: { ...simple, paymentMethod: method, confirm: true } },
      );
      expect(data.result).toMatchObject({ __typename: 'CardDeclined', code, retryable: false });
      expect(data.result.details.payment).toMatch(/^pay_/);
    },
  );

  test('not_found, invalid_state and refund_exceeds_payment are returned', async () => {
    const { id } = await room.direct.createPayment({ ...simple, confirm: true }, once());
    const { data } = await ask(
      `mutation ($id: ID!) {
        none: cancelPayment(id: "pay_none", idempotencyKey: "1") { ${failure} }
        state: capturePayment(id: $id, idempotencyKey: "2") { ${failure} }
        much: refundPayment(payment: $id, amount: 1001, idempotencyKey: "3") { ${failure} }
        key: revokeKey(id: "key_none", idempotencyKey: "4") { ${failure} }
      }`,
      { id },
    );
    expect(data).toMatchObject({
      none: { __typename: 'NotFound', code: 'not_found', details: { id: 'pay_none' } },
      state: { __typename: 'InvalidState', code: 'invalid_state' },
      much: {
        __typename: 'RefundExceedsPayment',
        code: 'refund_exceeds_payment',
        details: { requested: '1001', left: '1000' },
      },
      key: { __typename: 'NotFound' },
    });
  });

  test('failures of the card network and missing scopes are in `errors`', async () => {
    const { data, errors } = await ask(
      `mutation ($input: CreatePaymentInput!) {
        createPayment(input: $input, idempotencyKey: "n") { __typename }
      }`,
      { input: { ...simple, paymentMethod: 'pm_card_unavailable', confirm: true } },
    );
    expect(data.createPayment).toBe(null);
    expect(errors[0]).toMatchObject({
      path: ['createPayment'],
      extensions: { code: 'processor_unavailable', retryable: true, retryAfterMs: 1000 },
    });
  });

  test('the same call with the same key gets the same response', async () => {
    const first = await create('', '"replayed"');
    expect(first.data.result.id).toMatch(/^pay_/);
    expect((await create('', '"replayed"')).data).toEqual(first.data);
  });
});

test('a field that fails is null, and the fields beside it have their data', async () => {
  const { secret } = await room.direct.createKey(
    { name: 'half', scopes: ['payments:read'] },
    once(),
  );
  const read = await post(
    room.target,
    { query: '{ payments { nodes { id } } customers { nodes { id } } }' },
    { key: secret ?? '' },
  );
  expect(read.body.data.payments.nodes).toBeInstanceOf(Array);
  expect(read.body.data.customers).toBeNull();
  expect(read.body.errors).toMatchObject([
    { path: ['customers'], extensions: { code: 'permission_denied' } },
  ]);
});

test('mutations run in order, and one that fails does not affect the results of the others', async () => {
  const create = (name: string, card: string) =>
    `${name}: createPayment(
      input: { amount: 1, currency: "GBP", paymentMethod: "${card}", confirm: true },
      idempotencyKey: "in-order-${name}"
    ) { ... on Payment { id } }`;
  const { body } = await post(room.target, {
    query: `mutation {
      ${create('a', 'pm_card_ok')} ${create('b', 'pm_card_unavailable')} ${create('c', 'pm_card_ok')}
    }`,
  });
  expect(body.errors).toMatchObject([
    { path: ['b'], extensions: { code: 'processor_unavailable', requestId: expect.any(String) } },
  ]);
  const { a, b, c } = body.data;
  expect(b).toBeNull();
  expect(a.id < c.id).toBe(true);
});

test('an unexpected failure is masked, identified by its request id and logged', async () => {
  const broken = await openGraphqlHouse({}, ({ core }) => ({
    ...core,
    invoke: () => Promise.reject(new TypeError('secret detail')),
  }));
  const query = '{ payment(id: "pay_x") { id } }';
  for (const accept of ['application/json', 'application/json;q=0.5']) {
    const { body, headers } = await post(broken.target, { query }, { accept });
    expect(JSON.stringify(body)).not.toContain('secret');
    expect(body.errors[0].extensions).toEqual({
      code: 'internal',
      requestId: headers.get('x-request-id'),
      retryable: true,
    });
  }
  expect(broken.reported).toHaveLength(2);
  await broken.close();
});

test('metadata with unusual keys arrives unchanged', async () => {
  const input = JSON.parse(
    '{"amount":1,"currency":"GBP","paymentMethod":"pm_card_ok","metadata":{"constructor":"a"}}',
  );
  const query = `mutation ($input: CreatePaymentInput!) {
    __proto__: createPayment(input: $input, idempotencyKey: "m") {
      ... on Payment { __proto__: metadata }
    }
  }`;
  const reply = await post(room.target, { query, variables: { input } });
  expect(JSON.stringify(reply.body.data)).toBe('{"__proto__":{"__proto__":{"constructor":"a"}}}');
  const literal = await ask(`mutation { createCustomer(
    input: { name: "Ada", metadata: { __proto__: "x", tier: "gold" } }, idempotencyKey: "l"
  ) { ... on Customer { metadata } ... on ValidationFailed { violations { path } } } }`);
  expect(literal.errors).toBeUndefined();
});
