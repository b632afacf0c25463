import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { parse } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PaymentsError } from '../../services/core/errors.ts';
import { takePlaces } from '../../services/graphql/places.ts';
import {
  createPreparedDocuments,
  documentLimits,
  type PreparedDocument,
  type PreparedDocuments,
} from '../../services/graphql/prepared.ts';
import { createPaymentsSchema } from '../../services/graphql/schema.ts';
import { adminKey, stillLimits } from '../house.ts';
import { type GraphqlHouse, once, openGraphqlHouse, post, simple } from './graphql-room.ts';

/** The work that a document can cause, counted. */

const schema = createPaymentsSchema();
const openDocuments = () => createPreparedDocuments(schema, { introspection: true });

function prepared(documents: PreparedDocuments, text: string): PreparedDocument {
  const made = documents.prepare(documents.parse(text));
  if (!('operation' in made)) throw new Error(`Expected a valid document: ${made[0]?.message}`);
  return made;
}

const repeat = (count: number, text: (index: number) => string): string =>
  Array.from({ length: count }, (_none, index) => text(index)).join(' ');

/** Operations that all spread a fragment which unfolds to `fields ** levels` lists. */
const operationsOf = (operations: number, fields: number, levels: number): string => {
  const below = (depth: number) => (depth + 1 < levels ? `payment { ...F${depth + 1} }` : 'id');
  const level = (depth: number) => `fragment F${depth} on Payment {
    ${repeat(fields, (i) => `a${i}: refunds { nodes { ${below(depth)} } }`)}
  }`;
  return `${repeat(operations, (i) => `query Q${i} { ...R }`)}
    fragment R on Query { payment(id: "x") { ...F0 } } ${repeat(levels, level)}`;
};

describe('the plan of a document', () => {
  test('is made only for the operation that runs', () => {
    const documents = openDocuments();
    const one = prepared(documents, operationsOf(1, 4, 2));
    one.operation('Q0');
    const many = prepared(documents, operationsOf(100, 4, 2));
    expect(many.plannedFields).toBe(0);
    many.operation('Q7');
    expect(many.plannedFields).toBe(one.plannedFields);
    many.operation('Q7');
    expect(many.plannedFields).toBe(one.plannedFields);
  });

  test('stops at the maximum number of selections, before and after fragments expand', () => {
    const documents = openDocuments();
    const unfolded = prepared(documents, operationsOf(1, 9, 3));
    expect(() => unfolded.operation('Q0')).toThrow(/at most \d+ selections/);
    // Few fields, but each object of theirs selects the same name again and again.
    const repeated = prepared(
      documents,
      `{ ${repeat(25, (i) => `a${i}: payment(id: "x") { ...F }`)} }
       fragment F on Payment { ${'id '.repeat(200)} }`,
    );
    expect(() => repeated.operation(undefined)).toThrow(/at most \d+ selections/);
  });

  test('counts as memory of the document cache', () => {
    const bytesOf = (operation: string) => {
      const documents = openDocuments();
      const document = prepared(documents, operationsOf(2, 5, 2));
      document.operation('Q0');
      if (operation === 'Q1') document.operation('Q1');
      documents.remember(document, undefined);
      return documents.bytes;
    };
    expect(bytesOf('Q1')).toBeGreaterThan(bytesOf('Q0') + 50 * 100);
  });
});

describe('the document cache', () => {
  test.each([
    ['short texts', (i: number) => `{ a${i}: __typename }`],
    ['comments', (i: number) => `{__typename}#${i}\n${'#\n'.repeat(documentLimits.lines - 2)}`],
    ['fields', (i: number) => `{ payment(id: "${i}") { ${'id '.repeat(500)} } }`],
    ['values', (i: number) => `{ paymentsByIds(ids: [${'"x" '.repeat(1400)} "${i}"]) { id } }`],
    ['plans', (i: number) => operationsOf(30, 5, 2).replace('"x"', `"${i}"`)],
  ])('uses the memory that it reports: %s', (_what, textOf) => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const documents = openDocuments();
    const remember = (i: number) => {
      const document = prepared(documents, textOf(i));
      document.operation(document.document.definitions.length > 1 ? 'Q0' : undefined);
      documents.remember(document, undefined);
    };
    remember(0);
    collect();
    const before = process.memoryUsage().heapUsed;
    const bytesBefore = documents.bytes;
    for (let i = 1; i <= 60; i += 1) remember(i);
    collect();
    const took = process.memoryUsage().heapUsed - before;
    expect(took).toBeLessThan((documents.bytes - bytesBefore) * 1.5 + 1024 * 1024);
  });

  test('does not keep a refused document', async () => {
    const room = await openGraphqlHouse({}, undefined, stillLimits());
    const query = operationsOf(1, 9, 3);
    const { secret } = await room.direct.createKey(
      { name: 'refused', scopes: ['payments:read'], ratePerSecond: 1, burst: 20 },
      once(),
    );
    const remaining = async () => {
      const plain = await post(room.target, { query: '{ __typename }' }, { key: secret ?? '' });
      return plain.body.extensions.cost.throttle.remaining;
    };
    await remaining();
    const first = await remaining();
    // Validated anew at each time, a document takes more than the token of a refusal.
    await post(room.target, { query }, { key: secret ?? '' });
    await post(room.target, { query }, { key: secret ?? '' });
    expect(await remaining()).toBeLessThanOrEqual(first - 3);
    await room.close();
  });
});

describe('a document', () => {
  const refusal = (text: string): unknown => {
    const documents = openDocuments();
    try {
      return documents.prepare(documents.parse(text));
    } catch (thrown) {
      return thrown;
    }
  };
  test.each([
    ['that has too many lines', '\n'.repeat(documentLimits.lines), /at most 3000 lines/],
    ['that has too many carriage returns', '\r'.repeat(documentLimits.lines), /3000 lines/],
    ['that has too many comments', '#\n'.repeat(30_000), /at most 3000 lines/],
    ['that has too many tokens', ' x'.repeat(documentLimits.tokens), /at most 1500 tokens/],
  ])('%s is refused as query_too_costly with the limit', (_what, text, message) => {
    const error = refusal(`{ __typename ${text} }`);
    expect(error).toBeInstanceOf(PaymentsError);
    expect(error).toMatchObject({ code: 'query_too_costly' });
    expect(String(error)).toMatch(message);
  });

  test('with too many fields to compare with each other is refused', () => {
    const error = refusal(`{ payment(id: "x") { ${'id '.repeat(1000)} } }`);
    expect(error).toMatchObject({ code: 'query_too_costly' });
    expect(String(error)).toMatch(/too many fields of one name/);
  });

  test('with as many lines as tokens is not refused', () => {
    const text = `{ payment(id: "x") {\n${'id\n'.repeat(600)}} }`;
    expect(refusal(text)).toHaveProperty('operation');
  });
});

test('the location of a node is correct for every kind of line break', () => {
  const text = '{\r\n  a: __typename\r  b: __typename\n\n  c: __typename }';
  const document = parse(text);
  const [operation] = document.definitions;
  if (operation?.kind !== 'OperationDefinition') throw new Error('Expected an operation.');
  const places = takePlaces(document, text);
  expect(operation.selectionSet.selections.map(places)).toEqual([
    { line: 2, column: 3 },
    { line: 3, column: 3 },
    { line: 5, column: 3 },
  ]);
  expect(operation.loc).toBeUndefined();
});

describe('a GraphQL server', () => {
  let room: GraphqlHouse;
  beforeAll(async () => {
    room = await openGraphqlHouse({}, undefined, stillLimits());
  });
  afterAll(() => room.close());

  const keyOf = async (scopes: ('payments:read' | 'customers:read')[], burst: number) => {
    const key = { name: 'limits', scopes, ratePerSecond: 1, burst };
    return (await room.direct.createKey(key, once())).secret ?? '';
  };

  test('reports up to the maximum number of execution errors and counts the rest', async () => {
    const { id: customer } = await room.direct.createCustomer({ name: 'Errors' }, once());
    for (let i = 0; i < 10; i += 1) {
      await room.direct.createPayment({ ...simple, customer }, once());
    }
    const query = `{
      payments(first: 10) { nodes { ${repeat(9, (i) => `c${i}: customer { id }`)} } }
    }`;
    const key = await keyOf(['payments:read'], 200);
    const { status, body } = await post(room.target, { query }, { key });
    expect(status).toBe(200);
    expect(body.errors).toHaveLength(documentLimits.errors + 1);
    const last = body.errors.pop();
    expect(last.message).toContain(`${90 - documentLimits.errors} more fields failed`);
    expect(last.extensions).toMatchObject({ code: 'permission_denied', retryable: false });
    for (const { locations, path, extensions } of body.errors) {
      expect(locations).toEqual([{ line: 2, column: expect.any(Number) }]);
      expect(path).toHaveLength(4);
      expect(extensions.code).toBe('permission_denied');
    }
  });

  test('keeps no source text in a syntax tree that an error would scan for its line', () => {
    const { document } = openDocuments().parse('{ payment(id: "x") { id customer { id } } }');
    expect(JSON.stringify(document.definitions)).not.toContain('"loc"');
  });

  test('takes a token each time it refuses a known document', async () => {
    const key = await keyOf(['payments:read'], 10);
    const ask = (body: object) => post(room.target, body, { key });
    const wrong = { query: 'query A { __typename }', operationName: 'B' };
    await ask({ query: wrong.query });
    const codes: string[] = [];
    for (let i = 0; i < 14; i += 1) {
      codes.push((await ask(wrong)).body.errors[0].extensions.code);
    }
    expect(codes[0]).toBe('validation_failed');
    expect(codes.at(-1)).toBe('rate_limited');
  });

  test('takes a token for every 150 lexical tokens of a document before it validates it', async () => {
    const key = await keyOf(['payments:read'], 20);
    const ask = (query: string) => post(room.target, { query }, { key });
    const left = async () =>
      (await ask('{ __typename }')).body.extensions.cost.throttle.remaining as number;
    await left();
    const before = await left();
    await ask(`{ nonsense ${'__typename '.repeat(1200)} }`);
    expect(before - (await left())).toBe(10);
  });

  test.each([
    [5, 'invalid_value'],
    [true, 'invalid_value'],
    ['NOPE', 'invalid_value'],
    [{}, 'invalid_value'],
  ])('reports a violation with its path if an enum is %j', async (captureMethod, code) => {
    const query = `mutation ($input: CreatePaymentInput!) {
      createPayment(input: $input, idempotencyKey: "e") { __typename }
    }`;
    const { body } = await post(room.target, {
      query,
      variables: { input: { ...simple, captureMethod } },
    });
    expect(body.errors[0].extensions).toMatchObject({
      code: 'validation_failed',
      violations: [{ path: ['captureMethod'], code }],
    });
    expect(body.errors[0].message).toMatch(
      /^captureMethod: expected one of AUTOMATIC, MANUAL, got/,
    );
  });

  test('reports every invalid variable as a violation with the path of its value', async () => {
    const query = `query ($ids: [ID!]!, $n: Int, $id: ID!) {
      paymentsByIds(ids: $ids) { id } payments(first: $n) { nodes { id } } payment(id: $id) { id }
    }`;
    const { body } = await post(room.target, {
      query,
      variables: { ids: ['a', {}, null], n: 1.5, x: 1 },
    });
    expect(body.errors[0].extensions.violations).toMatchObject([
      { path: ['ids', '1'], code: 'invalid_type' },
      { path: ['ids', '2'], code: 'required' },
      { path: ['n'], code: 'invalid_type' },
      { path: ['id'], code: 'required' },
    ]);
  });

  test.each([1, 2, 3, 7, 11, 13, 90])(
    'charges a document at least what it costs in the core (%i customers)',
    async (first) => {
      for (let i = 0; i < 3; i += 1) {
        const { id: customer } = await room.direct.createCustomer({ name: `C${i}` }, once());
        await room.direct.createPayment({ ...simple, customer }, once());
      }
      const payments = 'payments(first: 1) { nodes { id } edges { cursor } }';
      const query = `{ customers(first: ${first}) { nodes { a: ${payments} b: ${payments} } } }`;
      const { cost } = (await post(room.target, { query })).body.extensions;
      expect(cost.actual).toBeLessThanOrEqual(cost.requested);
      expect(Number.isInteger(cost.actual)).toBe(true);
    },
  );

  test('charges introspection at least what it costs', async () => {
    const query = '{ __type(name: "Query") { fields { args { name } } } }';
    const { cost } = (await post(room.target, { query })).body.extensions;
    expect(cost.actual).toBeLessThanOrEqual(cost.requested);
  });

  test.each([
    ['payments(first: 100) { __typename }', 3],
    ['payments(first: 100) { pageInfo { hasNextPage } }', 3],
    ['payments { __typename }', 1],
    [`paymentsByIds(ids: ${JSON.stringify(Array(100).fill('pay_x'))}) { __typename }`, 6],
  ])('counts the rows that it reads, selected or not: %s', async (field, tokens) => {
    const { cost } = (await post(room.target, { query: `{ ${field} }` })).body.extensions;
    expect(cost.requested).toBe(tokens);
    expect(cost.actual).toBeLessThanOrEqual(tokens);
  });

  test('runs one operation that costs more than a full bucket holds, as the other wires do', async () => {
    const query = `mutation ($key: String) {
      createCustomer(input: { name: "Small" }, idempotencyKey: $key) { __typename }
    }`;
    await post(room.target, { query, variables: { key: 'known' } });
    const { secret } = await room.direct.createKey(
      { name: 'small', scopes: ['customers:write'], ratePerSecond: 1, burst: 3 },
      once(),
    );
    const { body } = await post(
      room.target,
      { query, variables: { key: 'small' } },
      { key: secret ?? '' },
    );
    expect(body.data).toEqual({ createCustomer: { __typename: 'Customer' } });
  });

  test('includes the tokens for preparing a document in the reported cost', async () => {
    const query = `{ ${'__typename '.repeat(600)} }`;
    const costs: number[] = [];
    for (let i = 0; i < 2; i += 1) {
      costs.push((await post(room.target, { query })).body.extensions.cost.requested);
    }
    expect(costs).toEqual([5, 1]);
  });

  test('lists a limited number of invalid variables and repeats none in full', async () => {
    const query = `mutation ($input: CreatePaymentInput!) {
      createPayment(input: $input, idempotencyKey: "many") { __typename }
    }`;
    const input = Object.fromEntries(Array.from({ length: 4000 }, (_none, i) => [`a${i}`, 1]));
    const { body } = await post(room.target, { query, variables: { input } });
    expect(body.errors).toHaveLength(1);
    expect(body.errors[0].extensions.violations).toHaveLength(32);
    expect(JSON.stringify(body).length).toBeLessThan(8192);
  });

  test('ends a subscription with the limit if the result of an event is too large', async () => {
    const metadata = Object.fromEntries(
      Array.from({ length: 50 }, (_none, i) => [`key${i}`, 'x'.repeat(500)]),
    );
    await room.direct.createPayment({ ...simple, metadata }, once());
    const watch = async (count: number) => {
      const fields = repeat(count, (i) => `a${i}: metadata`);
      const query = `subscription { events(after: "0") { data { ... on Payment { ${fields} } } } }`;
      const leave = new AbortController();
      const reply = await fetch(`${room.target}/graphql`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${adminKey}`,
          accept: 'text/event-stream',
          'content-type': 'application/json',
        },
        body: JSON.stringify({ query }),
        signal: leave.signal,
      });
      let text = '';
      const decoder = new TextDecoder();
      for await (const chunk of reply.body ?? []) {
        text += decoder.decode(chunk, { stream: true });
        if (/query_too_costly|key49/.test(text)) break;
      }
      leave.abort();
      return text;
    };
    expect(await watch(2)).toContain('key49');
    const refused = await watch(20);
    expect(refused).toContain('at most 262144 bytes');
    expect(refused).not.toContain('key49');
  });

  test('counts a weight for each edge, whatever its selections are', async () => {
    const cost = async (query: string) =>
      (await post(room.target, { query })).body.extensions.cost.requested as number;
    for (const list of ['payments', 'refunds', 'customers', 'events']) {
      expect(await cost(`{ ${list}(first: 100) { edges { cursor } } }`)).toBeGreaterThanOrEqual(3);
    }
    const ids = JSON.stringify(Array.from({ length: 100 }, (_none, i) => `pay_${i}`));
    expect(await cost(`{ refundsByPaymentIds(payments: ${ids}) { __typename } }`)).toBe(8);
  });

  test('counts a weight for each leaf, and a larger one for metadata', async () => {
    const cost = async (fields: string) =>
      (await post(room.target, { query: `{ payments(first: 100) { nodes { ${fields} } } }` })).body
        .extensions.cost.requested as number;
    expect(await cost('id')).toBe(6);
    expect(await cost(repeat(29, (i) => `a${i}: createdAt`))).toBe(9);
    expect(await cost(repeat(29, (i) => `a${i}: metadata`))).toBe(64);
  });
});
