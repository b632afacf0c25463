import { afterAll, beforeAll, expect, test } from 'vitest';
import { fieldsOf } from '../../services/rest/schemas.ts';
import { type Answer, ask, openRestServer, type RestServer } from './rest-server.ts';

/** Queries that a server could read as something else, or that come back in its headers. */

let server: RestServer;
let url: string;
beforeAll(async () => {
  server = await openRestServer();
  url = `${server.http1}/v1/payments`;
});
afterAll(() => server.close());

const card = { amount: 1000, currency: 'GBP', payment_method: 'pm_card_ok' };

const violations = ({ json }: Answer) =>
  json.errors.map(({ pointer, code }: { pointer: string; code: string }) => [pointer, code]);

test('a query that is not UTF-8 is refused', async () => {
  for (const query of ['customer=%ff', 'customer=a%c3&limit=1', 'customer=%EF%BF%BD%ED%A0%80']) {
    const answer = await ask(`${url}?${query}`);
    expect([query, violations(answer)]).toEqual([query, [['#/customer', 'invalid_utf8']]]);
  }
  const replacement = await ask(`${url}?status=%EF%BF%BD`);
  expect(violations(replacement)).toEqual([['#/status', 'invalid_value']]);
});

test('a query may have the maximum number of names, and their links fit into headers', async () => {
  for (const [parameter, name] of [
    ['fields', 'version'],
    ['expand', 'customer'],
  ] as const) {
    const many = await ask(`${url}?${parameter}=${Array(1000).fill(name)}`);
    expect(violations(many)).toEqual([[`#/${parameter}`, 'too_big']]);
    expect(many.json.detail).toMatch(/expected at most \d+ names, got 1000/);
  }
  await ask(url, { json: card });
  await ask(url, { json: card });
  const all = await ask(`${url}?limit=1&expand=customer,refunds&fields=${fieldsOf('payment')}`);
  expect(all.headers.get('link')).toContain('rel="next"');
  expect(JSON.stringify([...all.headers]).length).toBeLessThan(4000);
});

test('the maximum number of names in a query is in the OpenAPI document', async () => {
  const { json } = await ask(`${server.http1}/openapi.json`);
  const { parameters } = json.paths['/v1/payments'].get;
  const fields = parameters.find(({ name }: { name: string }) => name === 'fields');
  expect(fields.schema.maxItems).toBe(fieldsOf('payment').length);
});
