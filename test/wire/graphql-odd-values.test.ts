import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPreparedDocuments } from '../../services/graphql/prepared.ts';
import { createPaymentsSchema } from '../../services/graphql/schema.ts';
import { variableViolations } from '../../services/graphql/variables.ts';
import { stillLimits } from '../house.ts';
import { type GraphqlHouse, once, openGraphqlHouse, post, simple } from './graphql-room.ts';

/** What is legal and rare: names that mean something to a library, values that are very large. */

let room: GraphqlHouse;
beforeAll(async () => {
  room = await openGraphqlHouse();
});
afterAll(() => room.close());

const ask = async (query: string, variables: Readonly<Record<string, unknown>> = {}) =>
  (await post(room.target, { query, variables })).body;

describe('a value that has a `then` and is not a promise', () => {
  const named = (value: string) => Object.fromEntries([['then', value]]);

  test('is returned unchanged if metadata has that name', async () => {
    const metadata = { ...named('x'), tier: 'gold' };
    const { id: customer } = await room.direct.createCustomer({ name: 'T', metadata }, once());
    const { id } = await room.direct.createPayment({ ...simple, customer, metadata }, once());
    const fields = '{ metadata customer { metadata } }';
    const query = `query ($id: ID!) { payment(id: $id) ${fields} payments { nodes ${fields} } }`;
    const { data, errors } = await ask(query, { id });
    expect(errors).toBeUndefined();
    const both = { metadata, customer: { metadata } };
    expect(data).toEqual({ payment: both, payments: { nodes: [both] } });
    expect(room.reported).toEqual([]);
  });

  test('is counted in the size of a response', async () => {
    const small = await openGraphqlHouse({ answers: { maxAnswerBytes: 5000 } });
    const metadata = named('x'.repeat(500));
    const { id } = await small.direct.createPayment({ ...simple, metadata }, once());
    const aliases = Array.from({ length: 20 }, (_none, i) => `a${i}: metadata`).join(' ');
    const query = `query ($id: ID!) { payment(id: $id) { ${aliases} } }`;
    const { body } = await post(small.target, { query, variables: { id } });
    expect(body.errors[0].extensions.code).toBe('query_too_costly');
    await small.close();
  });

  test.each([
    ['{ then: __typename }', '{"then":"Query"}'],
    ['{ payments { then: __typename } }', '{"payments":{"then":"PaymentConnection"}}'],
    ['{ payments { nodes { then: currency } } }', '{"payments":{"nodes":[{"then":"GBP"}]}}'],
    [
      'mutation { then: revokeKey(id: "key_0", idempotencyKey: "t") { then: __typename } }',
      '{"then":{"then":"NotFound"}}',
    ],
  ])('is returned under that alias: %s', async (query, data) => {
    const answer = await ask(query);
    expect(answer.errors).toBeUndefined();
    expect(JSON.stringify(answer.data)).toBe(data);
    expect(answer.extensions.cost.requested).toBeGreaterThan(0);
  });
});

test('variables are read up to a maximum number of values, however they are nested', () => {
  const schema = createPaymentsSchema();
  const documents = createPreparedDocuments(schema, { introspection: true });
  const nested = (levels: number, items: unknown[]) => {
    let value: unknown = items;
    for (let i = 1; i < levels; i += 1) value = [value];
    return value;
  };
  const lookedAt = (levels: number, count: number) => {
    const type = `${'['.repeat(levels)}ID${']'.repeat(levels)}`;
    const text = `query ($v: ${type}) { payments(amountMin: { a: $v }) { nodes { id } } }`;
    const prepared = documents.prepare(documents.parse(text));
    if (!('operation' in prepared)) throw new Error('Expected a valid document.');
    let reads = 0;
    const handler = {
      get: (target: unknown[], name: string) => {
        if (/^[0-9]+$/.test(name)) reads += 1;
        return Reflect.get(target, name);
      },
    };
    const v = nested(levels, new Proxy(Array(count).fill(count % 2 === 0 ? 'a' : null), handler));
    const { node } = prepared.operation(undefined);
    return { violations: variableViolations(schema, node, { v }), reads };
  };
  expect(lookedAt(1, 900)).toEqual({ violations: [], reads: 900 });
  for (const [levels, count] of [
    [1, 12_000],
    [600, 12_000],
    [600, 12_001],
  ] as const) {
    const { violations, reads } = lookedAt(levels, count);
    expect(violations).toMatchObject([{ path: ['v'], code: 'too_big' }]);
    expect(reads).toBeLessThanOrEqual(1001);
  }
});

describe('metadata that is large', () => {
  const pairs = Array.from({ length: 50 }, (_none, i) => [`k${i}`, '€'.repeat(500)]);
  const metadata = Object.fromEntries(pairs);
  const ids: string[] = [];
  let large: GraphqlHouse;
  beforeAll(async () => {
    large = await openGraphqlHouse({}, undefined, stillLimits());
    for (let i = 0; i < 60; i += 1) {
      const { id } = await large.direct.createCustomer({ name: `L${i}`, metadata }, once());
      ids.unshift(id);
      await large.direct.createPayment({ ...simple, customer: id }, once());
    }
  });
  afterAll(() => large.close());

  test('is read in parts if it exceeds the response limit of the core', async () => {
    const query = '{ payments(first: 100) { nodes { customer { id } } } }';
    const { body } = await post(large.target, { query });
    expect(body.errors).toBeUndefined();
    const { nodes } = body.data.payments;
    expect(nodes.map(({ customer }: { customer: { id: string } }) => customer.id)).toEqual(ids);
  });

  test('takes a token for each 256 KiB read, besides the cost of the document', async () => {
    const list = JSON.stringify(ids.slice(0, 12));
    const query = `{ customersByIds(ids: ${list}) { id } }`;
    const costOf = async () => (await post(large.target, { query })).body.extensions.cost;
    const before = (await costOf()).throttle.remaining;
    const { requested, throttle } = await costOf();
    const bytes = 12 * Buffer.byteLength(JSON.stringify(metadata));
    expect(before - throttle.remaining).toBe(requested + Math.floor(bytes / (256 * 1024)));
  });
});
