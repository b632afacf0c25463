import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { eventTypes } from '../core/events/event.ts';
import { type CallName, callNames, type OperationName, operations } from '../core/operations.ts';
import type { CallShape, Output } from '../core/output.ts';
import { closeCode, restarting, tooSlow } from '../wire/close-codes.ts';
import { inputFields } from '../wire/json-input.ts';
import { toPascal } from '../wire/names.ts';
import { watched } from './events.ts';
import { clientFrames, subprotocol } from './frames.ts';
import { defaultLimits } from './limits.ts';
import { toYaml, type YamlValue } from './yaml.ts';

/**
 * The contract of WebSocket and of SSE, AsyncAPI 3.0, from the operations' input schemas and this
 * room's frames; resources are those of `openapi.json`. `--write` writes `schema/asyncapi.yaml`,
 * `--check` compares.
 */

type Node = { readonly [name: string]: YamlValue };

const resource = (name: string): Node => ({ $ref: `./openapi.json#/components/schemas/${name}` });
const listOf = (items: Node): Node => object({ data: { type: 'array', items } });
const orNull = (schema: Node): Node => ({ oneOf: [schema, { type: 'null' }] });

const object = (properties: Node, required: readonly string[] = Object.keys(properties)): Node => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});

const page = (items: Node): Node =>
  object({
    data: { type: 'array', items },
    has_more: {
      type: 'boolean',
      description: 'Whether another page follows. Until then a page may be short, or empty.',
    },
    next_cursor: { type: ['string', 'null'] },
  });

/** How each shape wraps the schema of its items. */
const shapes: { readonly [Name in CallShape]: (item: Node) => Node } = {
  one: (item) => item,
  created: (item) => item,
  page,
  batch: (item) => listOf(orNull(item)),
  list: (item) => listOf(page(item)),
};

const outputSchema = ({ shape, resource: name }: Output<CallShape>): Node =>
  shapes[shape](resource(toPascal(name)));

/** The schema as zod reports it, as plain JSON. */
const jsonSchema = (schema: z.ZodType): Node => {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { io: 'input' });
  return JSON.parse(JSON.stringify(json));
};

function inputSchema(name: OperationName): Node {
  const fields = inputFields(name);
  const properties = Object.fromEntries(
    fields.map((field) => [field.name, field.schema as YamlValue]),
  );
  return object(
    properties,
    fields.flatMap((field) => (field.required ? field.name : [])),
  );
}

const { properties: callFields } = jsonSchema(clientFrames.call) as { properties: Node };
const id = callFields.id as YamlValue;
const traceparent = callFields.traceparent as YamlValue;
const type = (name: string): Node => ({ const: name });
const sequence: Node = { type: 'integer', minimum: 1 };
const position: Node = { type: 'integer', minimum: 0 };
const requestId: Node = { type: 'string', description: 'Names the request in the server’s log.' };
const rate: Node = { $ref: '#/components/schemas/Rate' };
const rateSchema: Node = {
  ...object({ limit: position, remaining: position, reset_ms: position }),
  description:
    'Rate-limit tokens: how many a full bucket holds, how many are left, and milliseconds until it' +
    ' is full again.',
};

const message = (summary: string, payload: Node, more: Node = {}): Node => ({
  summary,
  payload,
  ...more,
});

function callMessages(name: CallName): Node {
  const { summary, effect, scope } = operations[name];
  const isWrite = effect === 'write';
  const idempotencyKey: Node = { type: 'string', minLength: 1, maxLength: 255 };
  return {
    [`call.${name}`]: message(
      `${summary} Needs the scope ${scope}.`,
      object(
        {
          id,
          type: type('call'),
          operation: { const: name },
          input: inputSchema(name),
          ...(isWrite && { idempotencyKey }),
          traceparent,
        },
        ['id', 'type', 'operation', 'input', ...(isWrite ? ['idempotencyKey'] : [])],
      ),
    ),
    [`result.${name}`]: message(
      `The result of ${name}.`,
      object(
        {
          id,
          type: type('result'),
          request_id: requestId,
          ...(isWrite && {
            replayed: {
              const: true,
              description: 'This result is that of an earlier call with the same idempotencyKey.',
            },
          }),
          rate,
          output: outputSchema(operations[name].output),
        },
        ['id', 'type', 'request_id', 'output'],
      ),
    ),
  };
}

function websocketMessages(): Node {
  const { messageBytes, calls, subscriptions, pingMs } = defaultLimits;
  const integer: Node = { type: 'integer' };
  const watch = inputSchema(watched) as { readonly properties: Node };
  return {
    hello: message(
      'Sends the API key: the first frame, with a key unless the upgrade request had one.',
      {
        ...jsonSchema(clientFrames.hello),
      },
    ),
    welcome: message(
      'The key is accepted.',
      object({
        type: type('welcome'),
        request_id: requestId,
        limits: {
          ...object({
            message_bytes: integer,
            calls: integer,
            subscriptions: integer,
            ping_ms: integer,
          }),
          examples: [{ message_bytes: messageBytes, calls, subscriptions, ping_ms: pingMs }],
        },
      }),
    ),
    ...Object.assign({}, ...callNames.map(callMessages)),
    subscribe: message(
      operations[watched].summary,
      object({ id, type: type('subscribe'), ...watch.properties, traceparent }, ['id', 'type']),
    ),
    subscribed: message(
      'Every event after this sequence is delivered. Resume here if no event has come yet.',
      object({ id, type: type('subscribed'), request_id: requestId, rate, sequence: position }, [
        'id',
        'type',
        'request_id',
        'sequence',
      ]),
    ),
    event: message(
      'An event of a subscription. Resume after its sequence.',
      object({ id, type: type('event'), sequence, event: resource('Event') }),
    ),
    heartbeat: message(
      'Where to resume: positions of subscriptions that passed events which they do not deliver.',
      object({
        type: type('heartbeat'),
        positions: {
          type: 'object',
          description: 'Sequences by the ids of subscriptions.',
          additionalProperties: sequence,
        },
      }),
    ),
    unsubscribe: message('Ends a subscription.', jsonSchema(clientFrames.unsubscribe)),
    unsubscribed: message(
      'No more events follow for this id.',
      object({ id, type: type('unsubscribed') }),
    ),
    error: message(
      'A command or a subscription failed. Without an id, the connection failed and is closed.',
      object({ id, type: type('error'), rate, error: resource('Problem') }, ['type', 'error']),
    ),
  };
}

/** One message for each event type: SSE names it in the field `event`. */
const sseMessages = (): Node => ({
  ...Object.fromEntries(
    eventTypes.map((name) => [
      name,
      message(`\`event: ${name}\`; \`id\` is the sequence.`, {
        allOf: [resource('Event'), { properties: { type: { const: name } } }],
      }),
    ]),
  ),
  error: message('`event: error`, the last message before the stream ends.', resource('Problem')),
});

const channelRef = (channel: string): Node => ({ $ref: `#/channels/${channel}` });
const messageRefs = (channel: string, ...names: readonly string[]): Node[] =>
  names.map((name) => ({ $ref: `#/channels/${channel}/messages/${name}` }));

const websocket = 'websocket';
const stream = 'eventStream';

const received = (summary: string, name: string, ...replies: readonly string[]): Node => ({
  action: 'receive',
  summary,
  channel: channelRef(websocket),
  messages: messageRefs(websocket, name),
  reply: { channel: channelRef(websocket), messages: messageRefs(websocket, ...replies) },
});

const callOperations = (): Node =>
  Object.fromEntries(
    callNames.map((name) => [
      name,
      received(operations[name].summary, `call.${name}`, `result.${name}`, 'error'),
    ]),
  );

/** Every close code, with the errors that it stands for. */
function closeCodes(): string {
  const byCode = Map.groupBy(Object.entries(closeCode), ([, code]) => code);
  const lines = [...byCode]
    .sort(([a], [b]) => a - b)
    .map(([code, errors]) => `- ${code}: ${errors.map(([name]) => `\`${name}\``).join(', ')}`);
  return [
    'An `error` frame without an id and the close code say why the server ends a connection:',
    ...lines,
    `- ${restarting}: the server restarts; connect again and resume`,
    `- ${tooSlow}: also if the client reads too slowly; connect again and resume`,
    '- 1002, 1007: a frame violates RFC 6455, or is not UTF-8',
    '- 1008, 1009: a message has too many parts, or is larger than 64 KiB',
  ].join('\n');
}

const asyncApi = (): YamlValue => ({
  asyncapi: '3.0.0',
  info: {
    title: 'Fivewire payments: WebSocket and server-sent events',
    version: '1.0.0',
    description:
      'Commands and events of the payments core. Amounts are integer minor units; times RFC 3339.',
    license: { name: 'MIT' },
  },
  defaultContentType: 'application/json',
  servers: {
    websocket: { host: '127.0.0.1:4000', protocol: 'ws', security: bearer() },
    http: { host: '127.0.0.1:4000', protocol: 'http', security: bearer() },
  },
  channels: {
    [websocket]: {
      address: '/ws',
      title: 'WebSocket',
      description: `Subprotocol \`${subprotocol}\`, which is optional.\n\n${closeCodes()}\n`,
      servers: [{ $ref: '#/servers/websocket' }],
      messages: websocketMessages(),
      bindings: { ws: { method: 'GET', bindingVersion: '0.1.0' } },
    },
    [stream]: {
      address: '/v1/events',
      title: 'Server-sent events',
      description:
        'With `Accept: text/event-stream`. `Last-Event-ID` resumes, and wins over `?after=`. The' +
        ' stream begins with `retry:` and the `id:` at which it starts; heartbeats send the `id:` at' +
        ' which to resume. A client that resumes when the server is full gets 200, an `error`' +
        ' event, a longer `retry:` and the end of the stream.',
      servers: [{ $ref: '#/servers/http' }],
      messages: sseMessages(),
    },
  },
  operations: {
    hello: received('Sends the API key.', 'hello', 'welcome', 'error'),
    ...callOperations(),
    [watched]: received(
      operations[watched].summary,
      'subscribe',
      'subscribed',
      'event',
      'heartbeat',
      'error',
    ),
    unwatchEvents: received('Ends a subscription.', 'unsubscribe', 'unsubscribed'),
    streamEvents: {
      action: 'send',
      summary: operations[watched].summary,
      channel: channelRef(stream),
      messages: messageRefs(stream, ...eventTypes, 'error'),
      bindings: {
        http: { method: 'GET', query: inputSchema(watched), bindingVersion: '0.3.0' },
      },
    },
  },
  components: {
    schemas: { Rate: rateSchema },
    securitySchemes: {
      apiKey: { type: 'http', scheme: 'bearer', description: 'An API key.' },
    },
  },
});

const bearer = (): YamlValue => [{ $ref: '#/components/securitySchemes/apiKey' }];

/** The document as the file contains it. */
export const asyncApiText = (): string => toYaml(asyncApi());

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const file = new URL('../../schema/asyncapi.yaml', import.meta.url);
  if (process.argv.includes('--write')) {
    writeFileSync(file, asyncApiText());
  } else if (process.argv.includes('--check')) {
    if (readFileSync(file, 'utf8') !== asyncApiText()) {
      console.error(
        'schema/asyncapi.yaml is stale: run node services/websocket/asyncapi.ts --write',
      );
      process.exitCode = 1;
    }
  } else {
    console.error('Expected --write or --check.');
    process.exitCode = 2;
  }
}
