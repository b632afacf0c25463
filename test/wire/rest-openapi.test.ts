import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CallName, operations } from '../../services/core/operations.ts';
import { openApi, openApiText } from '../../services/rest/openapi.ts';
import { routes } from '../../services/rest/routes.ts';
import { ask, openRestServer, type RestServer } from './rest-server.ts';

let server: RestServer;
beforeAll(async () => {
  server = await openRestServer();
});
afterAll(() => server.close());

// biome-ignore lint/suspicious/noExplicitAny: a document of many shapes
const document = openApi() as any;

/** Every object in a tree, with the path to it. */
function* objectsIn(value: unknown, path = '#'): Generator<[string, Record<string, unknown>]> {
  if (typeof value !== 'object' || value === null) return;
  // An object that is not null, or a list, which has keys as well.
  yield [path, value as Record<string, unknown>];
  for (const [name, part] of Object.entries(value)) yield* objectsIn(part, `${path}/${name}`);
}

test('schema/openapi.json matches the operations and routes', () => {
  const file = new URL('../../schema/openapi.json', import.meta.url);
  expect(readFileSync(file, 'utf8')).toBe(openApiText());
});

test('the server serves the OpenAPI document and returns 304 to a client that has it', async () => {
  const { json, headers } = await ask(`${server.http1}/openapi.json`, { key: null });
  expect(json).toEqual(document);
  const again = await ask(`${server.http1}/openapi.json`, {
    key: null,
    headers: { 'if-none-match': headers.get('etag') ?? '' },
  });
  expect(again.status).toBe(304);
});

test('every operation has a route, and every route is in the OpenAPI document', () => {
  const calls = Object.values(operations).filter(({ effect }) => effect !== 'stream');
  expect(new Set(routes.map(({ operation }) => operation))).toEqual(
    new Set(calls.map(({ name }) => name as CallName)),
  );
  for (const { method, path, status, idField } of routes) {
    const operation = document.paths[path][method.toLowerCase()];
    expect(operation.responses[status].content['application/json'].schema).toBeDefined();
    expect(operation.responses.default).toBeDefined();
    const names = operation.parameters.map(({ name }: { name?: string }) => name);
    expect(names.includes('id')).toBe(idField !== undefined);
  }
});

test('every reference has a target', () => {
  let count = 0;
  for (const [path, { $ref }] of objectsIn(document)) {
    if ($ref === undefined) continue;
    count += 1;
    const target = String($ref)
      .split('/')
      .slice(1)
      .reduce((at, step) => at?.[step], document);
    expect([path, $ref, typeof target]).toEqual([path, $ref, 'object']);
  }
  expect(count).toBeGreaterThan(100);
});

test('operation ids and the parameters of each operation are unique in the OpenAPI document', () => {
  const ids: string[] = [];
  for (const item of Object.values<Record<string, { operationId: string; parameters: [] }>>(
    document.paths,
  )) {
    for (const { operationId, parameters } of Object.values(item)) {
      ids.push(operationId);
      const named = parameters.map((parameter) => JSON.stringify(parameter));
      expect(new Set(named).size).toBe(named.length);
    }
  }
  expect(new Set(ids).size).toBe(ids.length);
});

test('the OpenAPI document has snake_case names and RFC 3339 times', () => {
  const properties = document.paths['/v1/payments'].get.parameters;
  const from = properties.find(({ name }: { name: string }) => name === 'created_from');
  expect(from.schema).toEqual({ type: 'string', format: 'date-time' });
  for (const [path, { properties }] of objectsIn(document)) {
    for (const name of Object.keys(properties ?? {})) {
      expect([path, name]).toEqual([path, name.toLowerCase()]);
    }
  }
});
