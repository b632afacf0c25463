import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { operations } from '../core/operations.ts';
import type { CallShape } from '../core/output.ts';
import { type InputField, inputFields } from '../wire/json-input.ts';
import { toPascal, toSnake } from '../wire/names.ts';
import { type Definition, messageName, methods } from '../wire/protobuf/methods.ts';
import { protobufType } from './accept.ts';
import { hasMessages, type Route, routes } from './routes.ts';
import {
  createdKeySchema,
  customerSchema,
  eventSchema,
  expandedCustomerSchema,
  expandedPaymentSchema,
  expandedRefundSchema,
  keySchema,
  pageOf,
  pageSchema,
  paymentSchema,
  problemSchema,
  refundSchema,
  resourceSchemas,
  selectedCustomerSchema,
  selectedEventSchema,
  selectedPaymentSchema,
  selectedRefundSchema,
} from './schemas.ts';
import { currentVersion } from './version.ts';

/**
 * The contract of this room, OpenAPI 3.1, from the operations' input schemas, the table of routes
 * and the schemas of the responses. `--write` writes `schema/openapi.json`, `--check` compares.
 */

type Json = { readonly [name: string]: unknown };

/** Schemas that are referred to by name. */
const named = {
  Payment: paymentSchema,
  ExpandedPayment: expandedPaymentSchema,
  Refund: refundSchema,
  ExpandedRefund: expandedRefundSchema,
  Customer: customerSchema,
  ExpandedCustomer: expandedCustomerSchema,
  Event: eventSchema,
  Key: keySchema,
  CreatedKey: createdKeySchema,
  Problem: problemSchema,
  SelectedPayment: selectedPaymentSchema,
  SelectedRefund: selectedRefundSchema,
  SelectedCustomer: selectedCustomerSchema,
  SelectedEvent: selectedEventSchema,
};

/** How each shape wraps the schema of its items. */
const shapes: { readonly [Name in CallShape]: (item: z.ZodType) => z.ZodType } = {
  one: (item) => item,
  created: (item) => item,
  page: pageSchema,
  batch: (item) => z.strictObject({ data: z.array(item.nullable()) }),
  list: (item) => z.strictObject({ data: z.array(pageOf(item)) }),
};

/** The body of a route's response, from the output of its operation. */
function bodySchema({ operation, expand, fields }: Route): z.ZodType {
  const { shape, resource } = operations[operation].output;
  const { plain, expanded, selected = plain.partial() } = resourceSchemas[resource];
  const all = (expand && expanded) ?? plain;
  const some = expand || !expanded ? selected : plain.partial();
  return shapes[shape](fields ? z.union([all, some]) : all);
}

/** A registry of the named schemas, so that generated schemas refer to them. */
const registry = z.registry<{ id: string }>();
for (const [id, schema] of Object.entries(named)) registry.add(schema, { id });

/** Removes the pattern of a time, because `format` already expresses it. */
function plainTime({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  if (jsonSchema.format === 'date-time') delete jsonSchema.pattern;
}

const refOf = (id: string): string => `#/components/schemas/${id}`;

const componentSchemas = (): Json => {
  const { schemas } = z.toJSONSchema(registry, { uri: refOf, override: plainTime });
  return Object.fromEntries(
    Object.entries(schemas).map(([id, { $schema: _, $id: __, ...schema }]) => [id, schema]),
  );
};

/** Inlines a schema without a name; named schemas inside of it become references. */
function inline(schema: z.ZodType): Json {
  for (const [id, known] of Object.entries(named)) if (known === schema) return { $ref: refOf(id) };
  const {
    $schema: _,
    $defs: __,
    ...json
  } = z.toJSONSchema(schema, { metadata: registry, override: plainTime });
  return JSON.parse(JSON.stringify(json).replaceAll('#/$defs/', '#/components/schemas/'));
}

const idParameter = { name: 'id', in: 'path', required: true, schema: { type: 'string' } };

const listParameter = (name: string, description: string, names: readonly string[]): Json => ({
  name,
  in: 'query',
  description,
  // `a,b`: OpenAPI 3.1 §4.8.12.
  style: 'form',
  explode: false,
  schema: { type: 'array', minItems: 1, maxItems: names.length, items: { enum: names } },
});

function queryParameters(route: Route, fields: readonly InputField[]): Json[] {
  const parameters: Json[] = fields.map(({ name, required, schema }) => ({
    name,
    in: 'query',
    // If rows share a path, the parameter that picks one is optional for the others.
    required: required && route.when !== name,
    ...(schema.type === 'array' && { style: 'form', explode: false }),
    schema: schema.type === 'array' ? { ...schema, minItems: 1 } : schema,
  }));
  if (route.expand) {
    const description = 'Resources to include instead of their ids.';
    parameters.push(listParameter('expand', description, Object.keys(route.expand)));
  }
  if (route.fields) {
    const description = 'The fields to include; all others are left out.';
    parameters.push(listParameter('fields', description, route.fields));
  }
  return parameters;
}

const problemRef = { $ref: '#/components/responses/Problem' };
const headerRefs = (...names: readonly string[]): Json =>
  Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
const everyHeader = [
  ...['X-Request-Id', 'Payments-Version', 'RateLimit', 'RateLimit-Policy'],
  ...['Cache-Control', 'Vary'],
];

/** Raw bytes have no schema (OpenAPI 3.1 §4.8.14); an extension names their message. */
const protobufContent = (
  rows: readonly Route[],
  messageOf: (definition: Definition) => Definition['requestType'],
): Json =>
  rows.every(hasMessages)
    ? {
        [protobufType]: {
          'x-protobuf-messages': rows.map(({ operation }) =>
            messageName(messageOf(methods[operation].definition)),
          ),
        },
      }
    : {};

/** A write of a payment returns its tag, and its URL if that differs from the request's. */
function headersOfWrite({ status, operation }: Route): readonly string[] {
  const tag = operations[operation].output.resource === 'payment' ? ['ETag'] : [];
  return [...tag, ...(status === 201 ? ['Location'] : tag.length > 0 ? ['Content-Location'] : [])];
}

function responsesOf(rows: readonly Route[]): Json {
  const [first] = rows;
  if (!first) return {};
  const schemas = rows.map((row) => inline(bodySchema(row)));
  const isRead = first.method === 'GET';
  const isList = rows.some(({ operation }) => operations[operation].output.shape === 'page');
  const headers = isRead
    ? headerRefs(...everyHeader, 'ETag', ...(isList ? ['Link'] : []))
    : headerRefs(...everyHeader, 'Idempotency-Replayed', ...headersOfWrite(first));
  const problems = isRead
    ? [400, 401, 403, 404, 406, 412, 413, 429, 500]
    : [400, 401, 403, 404, 406, 409, 412, 413, 415, 422, 429, 500, 503, 504];
  return {
    [first.status]: {
      description: rows.map(({ operation }) => operations[operation].summary).join(' Or: '),
      headers,
      content: {
        'application/json': { schema: schemas.length > 1 ? { anyOf: schemas } : schemas[0] },
        ...protobufContent(rows, ({ responseType }) => responseType),
      },
    },
    ...(isRead && {
      304: {
        description: 'Not modified: an ETag of `If-None-Match` is current.',
        headers,
      },
    }),
    ...Object.fromEntries(problems.map((status) => [status, problemRef])),
    default: problemRef,
  };
}

/** Rows that share method and path are one operation of OpenAPI, with the parameters of all. */
function operationOf(rows: readonly Route[]): Json {
  const [first] = rows;
  if (!first) return {};
  const { operation, idField, method, path } = first;
  const own = (row: Route) =>
    inputFields(row.operation).filter(({ name }) => name !== toSnake(row.idField ?? ''));
  const parameters: unknown[] = ['Payments-Version', 'If-Match', 'If-None-Match'].map((name) => ({
    $ref: `#/components/parameters/${name}`,
  }));
  if (idField !== undefined) parameters.push(idParameter);
  const tags = [path.split('/')[2]];
  // Two paths may lead to one operation: the id distinguishes them.
  const others = routes.filter((row) => row.operation === operation && row.path !== path);
  const operationId =
    others.length > 0 && idField !== undefined ? `${operation}Of${toPascal(idField)}` : operation;
  const { scope, tokens } = operations[operation];
  const head = {
    operationId,
    summary: rows.map((row) => operations[row.operation].summary).join(' Or: '),
    description:
      `Needs the scope \`${scope}\`; takes ${tokens} rate-limit token${tokens === 1 ? '' : 's'}` +
      (rows.some(({ expand }) => expand) ? ', and one more for each name in `expand`.' : '.'),
    tags,
  };
  if (method === 'GET') {
    const byName = new Map<unknown, Json>();
    for (const row of rows) {
      for (const parameter of queryParameters(row, own(row))) {
        if (!byName.has(parameter.name)) byName.set(parameter.name, parameter);
      }
    }
    parameters.push(...byName.values());
    return { ...head, parameters, responses: responsesOf(rows) };
  }
  parameters.push({ $ref: '#/components/parameters/Idempotency-Key' });
  const fields = own(first);
  const required = fields.filter((field) => field.required).map(({ name }) => name);
  const body = {
    type: 'object',
    properties: Object.fromEntries(fields.map(({ name, schema }) => [name, schema])),
    ...(required.length > 0 && { required }),
    additionalProperties: false,
  };
  return {
    ...head,
    parameters,
    requestBody: {
      required: required.length > 0,
      content: {
        'application/json': { schema: body },
        ...protobufContent([first], ({ requestType }) => requestType),
      },
    },
    responses: responsesOf(rows),
  };
}

const text = { type: 'string' };
const header = (description: string, schema: Json = text): Json => ({ description, schema });

const parameters: Json = {
  'Payments-Version': {
    name: 'Payments-Version',
    in: 'header',
    description: 'The dated version of this contract.',
    schema: { enum: [currentVersion] },
  },
  'Idempotency-Key': {
    name: 'Idempotency-Key',
    in: 'header',
    required: true,
    description:
      'A new random value for each write, 1 to 255 visible ASCII characters, bare or as a' +
      ' string in quotes. Calls with the same value take effect once, for 24 hours.',
    schema: text,
  },
  'If-None-Match': {
    name: 'If-None-Match',
    in: 'header',
    description:
      'The ETags of what the caller already has (RFC 9110 §13.1.2). If one of them is current,' +
      ' a read returns 304, and a write returns 412 and changes nothing.',
    schema: text,
  },
  'If-Match': {
    name: 'If-Match',
    in: 'header',
    description:
      'ETags, one of which must be current (RFC 9110 §13.1.1). Otherwise the response is 412,' +
      ' and a write changes nothing.',
    schema: text,
  },
};

const headers: Json = {
  'X-Request-Id': header("The caller's own id of the request, or one that the server made."),
  'Payments-Version': header('The version of this contract that the response follows.'),
  RateLimit: header('The tokens that are left: draft-ietf-httpapi-ratelimit-headers-11.'),
  'RateLimit-Policy': header('The quota: draft-ietf-httpapi-ratelimit-headers-11.'),
  ETag: header('The strong entity tag of the representation (RFC 9110 §8.8.3).'),
  'Cache-Control': header('How long it may be kept (RFC 9111 §5.2.2).'),
  Vary: header('What the answer depends on beside the URL (RFC 9110 §12.5.5).'),
  Location: header('The URL of what was created; none for a key.'),
  'Idempotency-Replayed': header('Present where this answers an earlier call.', {
    enum: ['true'],
  }),
  Link: header('The same list from its start, and its next page (RFC 8288).'),
  'Content-Location': header('The URL of what the body is the current state of.'),
  'WWW-Authenticate': header('How to authenticate, or the scope that the key lacks.'),
  Allow: header('With 405: the methods that the path has (RFC 9110 §10.2.1).'),
  'Accept-Post': header('With 415: the media types that a body may have.'),
  'Accept-Encoding': header('With 415: the content codings that a body may have.'),
  'Retry-After': header('Seconds until a retry may succeed (RFC 9110 §10.2.3).', {
    type: 'integer',
  }),
};

const responses: Json = {
  Problem: {
    description: 'What went wrong, as problem details (RFC 9457).',
    headers: headerRefs(
      ...everyHeader,
      ...['Retry-After', 'WWW-Authenticate', 'Idempotency-Replayed'],
      ...['Allow', 'Accept-Post', 'Accept-Encoding'],
    ),
    content: { 'application/problem+json': { schema: { $ref: refOf('Problem') } } },
  },
};

/** The whole document. */
export function openApi(): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const rows of Map.groupBy(routes, ({ method, path }) => `${method} ${path}`).values()) {
    const [first] = rows;
    if (!first) continue;
    paths[first.path] = { ...paths[first.path], [first.method.toLowerCase()]: operationOf(rows) };
  }
  return {
    openapi: '3.1.1',
    jsonSchemaDialect: 'https://json-schema.org/draft/2020-12/schema',
    info: {
      title: 'Fivewire payments',
      version: currentVersion,
      description:
        'Payments over REST. The same operations are available over gRPC, GraphQL and WebSocket.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    security: [{ apiKey: [] }],
    tags: ['payments', 'refunds', 'customers', 'events', 'keys'].map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: { apiKey: { type: 'http', scheme: 'bearer', description: 'An API key.' } },
      parameters,
      headers,
      responses,
      schemas: componentSchemas(),
    },
  };
}

/** The document as the file contains it. */
export const openApiText = (): string => `${JSON.stringify(openApi(), null, 2)}\n`;

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const file = new URL('../../schema/openapi.json', import.meta.url);
  if (process.argv.includes('--write')) {
    writeFileSync(file, openApiText());
  } else if (process.argv.includes('--check')) {
    if (readFileSync(file, 'utf8') !== openApiText()) {
      console.error('schema/openapi.json is stale: run node services/rest/openapi.ts --write');
      process.exitCode = 1;
    }
  } else {
    console.error('Expected --write or --check.');
    process.exitCode = 2;
  }
}
