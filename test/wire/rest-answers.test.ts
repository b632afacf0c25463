import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { openApi } from '../../services/rest/openapi.ts';
import { type Route, routes } from '../../services/rest/routes.ts';
import { readerKey } from '../house.ts';
import { type Answer, type Asking, ask, freshKey, openRestServer } from './rest-server.ts';

/** Compares what the OpenAPI document says about responses with responses. */

// biome-ignore lint/suspicious/noExplicitAny: a document of many shapes
const document = openApi() as any;

const server = await openRestServer();
const base = server.http1;
afterAll(() => server.close());

const card = { amount: 3000, currency: 'GBP', payment_method: 'pm_card_ok', confirm: true };
let ids: Record<string, string>;

beforeAll(async () => {
  const made = async (path: string, json: object): Promise<string> =>
    (await ask(base + path, { json })).json.id;
  const customer = await made('/v1/customers', { name: 'Ada', email: 'ada@example.org' });
  const payment = await made('/v1/payments', { ...card, customer, metadata: { a: 'b' } });
  const refund = await made(`/v1/payments/${payment}/refunds`, { amount: 10 });
  await made('/v1/payments', { ...card, payment_method: 'pm_card_declined' });
  await made('/v1/payments', card);
  ids = { payments: payment, refunds: refund, customers: customer };
});

/** A schema of the document as the library of schemas has it, which knows `$defs` alone. */
function schemaOf(schema: unknown): z.ZodType {
  const own = (part: unknown) =>
    JSON.parse(JSON.stringify(part).replaceAll('#/components/schemas/', '#/$defs/'));
  const whole = { ...own(schema), $defs: own(document.components.schemas) };
  return z.fromJSONSchema({ $schema: 'https://json-schema.org/draft/2020-12/schema', ...whole });
}

interface Documented {
  readonly headers: ReadonlySet<string>;
  readonly schema: z.ZodType | undefined;
}

const followed = (part: { $ref?: string }): typeof document =>
  part.$ref === undefined
    ? part
    : part.$ref
        .split('/')
        .slice(1)
        .reduce((at, step) => at[step], document);

function documented({ path, method }: Route, status: number): Documented {
  const { responses } = document.paths[path][method.toLowerCase()];
  const response = followed(responses[status] ?? responses.default);
  const content =
    response.content?.['application/json'] ?? response.content?.['application/problem+json'];
  return {
    headers: new Set(Object.keys(response.headers ?? {}).map((name) => name.toLowerCase())),
    schema: content && schemaOf(content.schema),
  };
}

/** Headers of every HTTP message, which OpenAPI does not describe. */
const ofHttp = new Set(
  'date connection keep-alive transfer-encoding content-length content-type'.split(' '),
);

function expectAsDocumented(route: Route, { status, headers, json }: Answer): void {
  const { headers: said, schema } = documented(route, status);
  const unsaid = [...headers.keys()].filter((name) => !ofHttp.has(name) && !said.has(name));
  expect([route.path, status, unsaid]).toEqual([route.path, status, []]);
  if (json === '') return;
  expect(schema?.safeParse(json).error, JSON.stringify(json)).toBeUndefined();
}

const reads = routes.filter(({ method }) => method === 'GET');

const urlOf = ({ path, when }: Route): string => {
  const [, resource = ''] = /^\/v1\/(\w+)/.exec(path) ?? [];
  const url = base + path.replace('{id}', ids[resource] ?? '');
  if (when === undefined) return `${url}?`;
  const named = when === 'ids' ? resource : when;
  return `${url}?${when}=${ids[named]},nothing&`;
};

/** The queries that change the shape of a response. */
function queriesOf({ expand = {}, fields = [] }: Route): string[] {
  const names = Object.keys(expand);
  const expansions = ['', ...names, names.join()].map((some) => (some ? `expand=${some}` : ''));
  const selections = ['', 'id', fields.join(), fields.slice(1, 3).join()].map((names) =>
    names && fields.length > 0 ? `fields=${names}` : '',
  );
  const queries = expansions.flatMap((expansion) =>
    selections.map((selection) => [expansion, selection].filter(Boolean).join('&')),
  );
  return [...new Set(queries)];
}

test('the OpenAPI document describes responses with and without fields and expansions', async () => {
  let asked = 0;
  for (const route of reads) {
    for (const query of queriesOf(route)) {
      const answer = await ask(urlOf(route) + query);
      expect([route.path, query, answer.status]).toEqual([route.path, query, 200]);
      expectAsDocumented(route, answer);
      asked += 1;
    }
  }
  expect(asked).toBeGreaterThan(60);
});

test('an unselected field may be missing from a response, and an unknown one is reported', () => {
  const payment = schemaOf({ $ref: '#/components/schemas/SelectedPayment' });
  expect(payment.safeParse({ id: 'pay_1' }).success).toBe(true);
  expect(payment.safeParse({ id: 1 }).success).toBe(false);
  expect(payment.safeParse({ idd: 'pay_1' }).success).toBe(false);
});

describe('the OpenAPI document has every response header', () => {
  test('of a read, a 304 and a refusal', async () => {
    for (const route of reads) {
      const url = urlOf(route);
      const first = await ask(url);
      const etag = first.headers.get('etag') ?? '';
      const askings: Asking[] = [
        { headers: { 'if-none-match': etag } },
        { headers: { 'if-match': '"other"' } },
        { headers: { accept: 'image/png' } },
        { headers: { 'payments-version': '1999-01-01' } },
        { key: null },
        { key: 'sk_test_no' },
      ];
      for (const asking of askings) expectAsDocumented(route, await ask(url, asking));
    }
  });

  test('of a write, a replay and a refusal', async () => {
    const bodies: Readonly<Record<string, object>> = {
      createPayment: { ...card, capture_method: 'manual', confirm: false },
      confirmPayment: {},
      capturePayment: { amount: 100 },
      refundPayment: {},
      cancelPayment: {},
      createCustomer: { name: 'Ada' },
      createKey: { name: 'k', scopes: ['payments:read'] },
      revokeKey: {},
    };
    const made: Record<string, string> = {};
    for (const operation of Object.keys(bodies)) {
      const route = routes.find((row) => row.operation === operation);
      if (!route) throw new Error(`Expected a route of ${operation}, found none.`);
      const [, resource = ''] = /^\/v1\/(\w+)/.exec(route.path) ?? [];
      const url = base + route.path.replace('{id}', made[resource] ?? '');
      const json = bodies[operation];
      const headers = { 'idempotency-key': freshKey() };
      const first = await ask(url, { json, headers });
      if (route.path.split('/').length === 3) made[resource] = first.json.id;
      const askings: Asking[] = [
        { json, headers },
        { json: { ...json, x: 1 }, headers },
        { json, headers: { 'if-match': '"other"' } },
        { json, headers: { 'idempotency-key': '' } },
        { body: 'x', headers: { 'content-type': 'text/plain' } },
        { body: 'x', headers: { 'content-type': 'application/json', 'content-encoding': 'br' } },
        { body: ' '.repeat(70_000), headers: { 'content-type': 'application/json' } },
        { json, key: null },
        { json, key: readerKey },
      ];
      expectAsDocumented(route, first);
      for (const asking of askings) expectAsDocumented(route, await ask(url, asking));
      const other = await ask(url, { method: 'DELETE' });
      expect(other.status).toBe(405);
      expectAsDocumented(route, other);
    }
  });
});

test('the OpenAPI document has all limits of the input', async () => {
  const { requestBody } = document.paths['/v1/payments'].post;
  const { schema } = requestBody.content['application/json'];
  const { metadata, description } = schema.properties;
  expect(metadata.maxProperties).toBe(50);
  expect(metadata.propertyNames).toMatchObject({ minLength: 1, maxLength: 40 });
  for (const text of [
    metadata.propertyNames,
    metadata.additionalProperties,
    description.anyOf[0],
  ]) {
    expect(text.description).toMatch(/UTF-16.*NUL.*surrogate/);
    expect(new RegExp(text.pattern).test('a\0')).toBe(false);
    expect(new RegExp(text.pattern).test('any\ntext 😀')).toBe(true);
  }
  const pairs = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_none, at) => [`k${at}`, 'v']));
  for (const [count, status] of [
    [50, 201],
    [51, 400],
  ] as const) {
    const json = { ...card, metadata: pairs(count) };
    expect((await ask(`${base}/v1/payments`, { json })).status).toBe(status);
  }
});
