import { getIntrospectionQuery } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  operationDocuments,
  screenDocument,
  watchDocument,
} from '../../services/graphql/documents.ts';
import { createPreparedDocuments, documentLimits } from '../../services/graphql/prepared.ts';
import { createPaymentsSchema } from '../../services/graphql/schema.ts';
import { type GraphqlHouse, once, openGraphqlHouse, post, simple } from './graphql-room.ts';

/** What documents cost, and which cost too much to run. */

let room: GraphqlHouse;
beforeAll(async () => {
  room = await openGraphqlHouse();
});
afterAll(() => room.close());

const ask = async (query: string, variables: object = {}, key?: string) =>
  (await post(room.target, { query, variables }, { key })).body;

const requested = async (query: string, variables: object = {}): Promise<number> => {
  const { extensions, errors } = await ask(query, variables);
  if (!extensions) throw new Error(`expected a cost, got ${JSON.stringify(errors)}`);
  return extensions.cost.requested;
};

const codeOf = async (query: string, variables: object = {}) => {
  const { data, errors } = await ask(query, variables);
  expect(data).toBeUndefined();
  return errors?.[0].extensions.code;
};

describe('the cost', () => {
  test('of one operation equals its cost in the core', async () => {
    expect(await requested('{ __typename }')).toBe(1);
    expect(await requested('{ payment(id: "pay_x") { id } }')).toBe(1);
    expect(await requested(operationDocuments.getPayment, { id: 'pay_x' })).toBe(1);
    const create = operationDocuments.createPayment;
    expect(await requested(create, { input: simple, ...once() })).toBe(5);
  });

  test('of a list depends on its size: literal, variable, default, or the number of ids', async () => {
    const nodes = '{ nodes { id } }';
    expect(await requested(`{ payments(first: 100) ${nodes} }`)).toBe(6);
    expect(await requested(`{ payments ${nodes} }`)).toBe(2);
    expect(await requested(`{ payments(first: null) ${nodes} }`)).toBe(2);
    const byVariable = `query ($n: Int) { payments(first: $n) ${nodes} }`;
    expect(await requested(byVariable, { n: 100 })).toBe(6);
    expect(await requested(byVariable, { n: null })).toBe(2);
    expect(await requested(byVariable)).toBe(2);
    expect(await requested(`query ($n: Int = 100) { payments(first: $n) ${nodes} }`)).toBe(6);
    const ids = Array.from({ length: 100 }, (_, i) => `pay_${i}`);
    expect(
      await requested('query ($ids: [ID!]!) { paymentsByIds(ids: $ids) { id } }', { ids }),
    ).toBe(6);
    expect(await requested('{ paymentsByIds(ids: "pay_x") { id } }')).toBe(1);
  });

  test('counts fragments, aliases and both names of the same list, but merged fields only once', async () => {
    const list = 'payments(first: 100) { nodes { id } }';
    expect(await requested(`{ a: ${list} b: ${list} }`)).toBe(12);
    expect(await requested(`{ ${list} ${list} }`)).toBe(6);
    expect(await requested(`{ ...F ...F } fragment F on Query { ${list} }`)).toBe(6);
    expect(
      await requested(`{ ... on Query { a: ${list} } ...F } fragment F on Query { ${list} }`),
    ).toBe(12);
    expect(await requested('{ payments(first: 100) { nodes { id } edges { node { id } } } }')).toBe(
      11,
    );
  });

  test('of the screen is less than a tenth of the tokens of a small key', async () => {
    expect(await requested(screenDocument, { id: 'cus_none' })).toBe(16);
  });

  test('is reported with its total and the remaining tokens', async () => {
    const { secret } = await room.direct.createKey(
      { name: 'cost', scopes: ['payments:read'], ratePerSecond: 1, burst: 20 },
      once(),
    );
    const query = '{ payments(first: 100, status: CANCELED) { nodes { id } } }';
    const first = await ask(query, {}, secret ?? '');
    expect(first.extensions.cost).toMatchObject({
      requested: 6,
      actual: 1,
      throttle: { limit: 20, remaining: 14 },
    });
    expect(first.extensions.cost.throttle.resetMs).toBeGreaterThan(5000);
    const second = await ask(query, {}, secret ?? '');
    expect(second.extensions.cost.throttle.remaining).toBe(8);
  });

  test('includes all reads that resolvers make: they take no tokens of their own', async () => {
    const { id: customer } = await room.direct.createCustomer({ name: 'Reads' }, once());
    for (let i = 0; i < 3; i += 1) {
      await room.direct.createPayment(
        { amount: 100, currency: 'GBP', paymentMethod: 'pm_card_ok', customer },
        once(),
      );
    }
    const { secret } = await room.direct.createKey(
      { name: 'reads', scopes: ['payments:read', 'customers:read'], ratePerSecond: 1, burst: 200 },
      once(),
    );
    const query = `query ($id: ID!) {
      customer(id: $id) {
        payments(first: 3) { nodes { customer { name } refunds { nodes { id } } } }
      }
    }`;
    const costOf = async () => (await ask(query, { id: customer }, secret ?? '')).extensions.cost;
    const before = (await costOf()).throttle.remaining;
    const { requested: cost, throttle } = await costOf();
    expect(before - throttle.remaining).toBe(cost);
  });

  test('is one token for an invalid document', async () => {
    const { secret } = await room.direct.createKey(
      { name: 'violations', scopes: ['payments:read'], ratePerSecond: 1, burst: 2 },
      once(),
    );
    const codes: string[] = [];
    for (let i = 0; i < 3; i += 1) {
      const { errors } = await ask(`{ nonsense${i} }`, {}, secret ?? '');
      codes.push(errors[0].extensions.code);
    }
    expect(codes).toEqual(['validation_failed', 'validation_failed', 'rate_limited']);
  });

  test('of several mutations is their sum, and either all of them run or none', async () => {
    const { secret } = await room.direct.createKey(
      { name: 'writer', scopes: ['customers:write'], ratePerSecond: 1, burst: 12 },
      once(),
    );
    const one = (name: string) =>
      `${name}: createCustomer(input: { name: "${name}" }, idempotencyKey: "${name}") { __typename }`;
    const { extensions } = await ask(`mutation { ${one('a')} ${one('b')} }`, {}, secret ?? '');
    expect(extensions.cost.requested).toBe(10);
    const { errors } = await ask(`mutation { ${one('c')} ${one('d')} }`, {}, secret ?? '');
    expect(errors[0].extensions.code).toBe('rate_limited');
    const { items } = await room.direct.listCustomers({});
    expect(items.map(({ name }) => name)).not.toContain('c');
  });
});

describe('a document is refused before it runs', () => {
  const nested = `query ($n: Int!) {
    customers(first: $n) { nodes { payments(first: $n) { nodes { refunds { nodes { id } } } } } }
  }`;

  test('if its variables make it cost more than the limit', async () => {
    expect(await codeOf(nested, { n: 100 })).toBe('query_too_costly');
    expect(await requested(nested, { n: 5 })).toBeLessThan(50);
    const before = room.house.store.queryCount;
    const { errors } = await ask(nested, { n: 100 });
    expect(errors[0].extensions.metadata.limit).toBe('500');
    expect(room.house.store.queryCount).toBe(before);
    // The core refuses more than a page before the cost matters.
    const { errors: invalid } = await ask('{ payments(first: 2000000000) { nodes { id } } }');
    expect(invalid[0].extensions.code).toBe('validation_failed');
  });

  test('if the key could never pay for it', async () => {
    const { secret } = await room.direct.createKey(
      { name: 'poor', scopes: ['payments:read'], ratePerSecond: 1, burst: 3 },
      once(),
    );
    const { errors } = await ask('{ payments(first: 100) { nodes { id } } }', {}, secret ?? '');
    expect(errors[0].extensions).toMatchObject({
      code: 'query_too_costly',
      retryable: false,
      metadata: { cost: '6', limit: '5' },
    });
  });

  test('if it is nested too deep, even by fragments', async () => {
    const levels = Array.from({ length: 6 }, () => 'payments { nodes { customer { ').join('');
    const deep = `{ customer(id: "x") { ${levels} id ${'} } } '.repeat(6)} } }`;
    expect(await codeOf(deep)).toBe('query_too_costly');
    const fragments = Array.from(
      { length: 6 },
      (_, i) =>
        `fragment F${i} on Customer { payments { nodes { customer { ${i < 5 ? `...F${i + 1}` : 'id'} } } } }`,
    ).join('\n');
    expect(await codeOf(`{ customer(id: "x") { ...F0 } } ${fragments}`)).toBe('query_too_costly');
  });

  test('if its fragments expand to too many fields', async () => {
    const levels = Array.from({ length: 3 }, (_, i) => {
      const next = `{ customer { ${i < 2 ? `...F${i + 1}` : 'id'} } }`;
      const aliased = Array.from(
        { length: 9 },
        (_x, k) => `a${k}: payments(first: 0) { nodes ${next} }`,
      );
      return `fragment F${i} on Customer { ${aliased.join(' ')} }`;
    });
    expect(await codeOf(`{ customer(id: "x") { ...F0 } } ${levels.join('\n')}`)).toBe(
      'query_too_costly',
    );
  });

  test('if it has too many aliases', async () => {
    const aliases = (count: number) =>
      `{ ${Array.from({ length: count }, (_, i) => `a${i}: __typename`).join(' ')} }`;
    expect(await requested(aliases(documentLimits.aliases))).toBe(1);
    expect(await codeOf(aliases(documentLimits.aliases + 1))).toBe('query_too_costly');
  });

  test('if it has too many lexical tokens', async () => {
    expect(await codeOf(`{ ${'__typename '.repeat(documentLimits.tokens)} }`)).toBe(
      'query_too_costly',
    );
  });

  test('if its introspection repeats itself, unlike that of common tools', async () => {
    expect(await requested(getIntrospectionQuery())).toBeLessThan(15);
    const repeat = (count: number, text: string) =>
      Array.from({ length: count }, (_, i) => `a${i}: ${text}`).join(' ');
    const fields = 'fields { name description args { name } type { name } }';
    const types = `types { possibleTypes { ${repeat(14, fields)} } }`;
    expect(await requested(`{ __schema { ${types} } }`)).toBeGreaterThan(100);
    expect(await codeOf(`{ __schema { ${repeat(2, types)} } }`)).toBe('query_too_costly');
  });

  test('if its fragments contain each other', async () => {
    const cycle = `{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }`;
    expect(await codeOf(cycle)).toBe('validation_failed');
  });

  test('if the mutation that it names does not exist', async () => {
    const customers = async () => (await room.direct.listCustomers({})).items.length;
    const before = await customers();
    const query = 'mutation A { createCustomer(input: { name: "x" }) { __typename } }';
    const { body } = await post(room.target, { query, operationName: 'B' });
    expect(body.errors[0].extensions.code).toBe('validation_failed');
    expect(await customers()).toBe(before);
  });
});

test('every document of the client and the introspection of common tools is within the limits', async () => {
  for (const query of [...Object.values(operationDocuments), screenDocument, watchDocument]) {
    const { errors } = await ask(query);
    // Without its variables a valid document fails only because of them.
    for (const { message } of errors ?? [])
      expect(message).toMatch(/expected a value|Expected an Accept/);
  }
  expect((await ask(getIntrospectionQuery())).data.__schema.types.length).toBeGreaterThan(20);
});

test('parsed documents are kept up to a limit, and the oldest are dropped first', async () => {
  for (let i = 0; i < 300; i += 1) {
    const fields = Array.from({ length: 90 }, (_, k) => `id # ${i} ${k}\n`).join(' ');
    const { errors } = await ask(`{ payment(id: "x${i}") { ${fields} } }`);
    expect(errors).toBeUndefined();
  }
  expect(await requested('{ __typename }')).toBe(1);
});

test('documents are kept by the memory that they take, including their comments', () => {
  const documents = createPreparedDocuments(createPaymentsSchema(), { introspection: true });
  const textOf = (i: number) => `{ __typename } # ${i} ${'x'.repeat(60_000)}`;
  for (let i = 0; i < 200; i += 1) {
    const prepared = documents.prepare(documents.parse(textOf(i)));
    if ('operation' in prepared) documents.remember(prepared, undefined);
  }
  const known = Array.from({ length: 200 }, (_, i) => documents.known(textOf(i))).filter(Boolean);
  expect(known.length).toBeGreaterThan(50);
  expect(known.length).toBeLessThan(150);
});
