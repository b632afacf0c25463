import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { credentials, Client as GrpcClient, Metadata, status } from '@grpc/grpc-js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { type Wire, wires } from '../services/config.ts';
import { operations } from '../services/core/operations.ts';
import type { Fivewire } from '../services/main.ts';
import {
  customerService,
  eventService,
  keyService,
  paymentService,
  refundService,
} from '../services/wire/protobuf/contract.ts';
import { openServer, streams } from './contract/subjects.ts';
import { type Feature, gaps, unbuilt } from './gaps.ts';
import { adminKey } from './house.ts';
import { startByGrpc, startBySocket, startOf } from './stream-starts.ts';

/** Probes every room for every feature with the plain protocol, not with the clients. */

let server: Fivewire;
let http: string;
beforeAll(async () => {
  server = await openServer();
  http = `http://127.0.0.1:${server.ports.http}`;
});
afterAll(() => server?.close());

const authorization = `Bearer ${adminKey}`;

async function post(
  path: string,
  body: unknown,
  key: string = randomUUID(),
  more: Readonly<Record<string, string>> = {},
) {
  const response = await fetch(`${http}${path}`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json', 'idempotency-key': key, ...more },
    body: JSON.stringify(body),
  });
  return { response, text: await response.text() };
}

const query = (text: string) => post('/graphql', { query: text });

/** Makes one call on its own WebSocket and returns the frame of the response as text. */
function callBySocket(
  operation: string,
  input: unknown,
  idempotencyKey: string,
  more: object = {},
): Promise<string> {
  const socket = new WebSocket(`ws://127.0.0.1:${server.ports.http}/ws`, {
    headers: { authorization },
  });
  return new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.on('message', (data) => {
      const text = String(data);
      if (JSON.parse(text).type === 'welcome') {
        socket.send(
          JSON.stringify({ id: '1', type: 'call', operation, input, idempotencyKey, ...more }),
        );
      } else {
        socket.close();
        resolve(text);
      }
    });
  });
}

/** Whether the WebSocket of browsers is authenticated by its first frame. */
function opensFromPage(
  path: string,
  protocol: string,
  first: object,
  expected: string,
): Promise<boolean> {
  const socket = new globalThis.WebSocket(`ws://127.0.0.1:${server.ports.http}${path}`, protocol);
  return new Promise((resolve) => {
    socket.onopen = () => socket.send(JSON.stringify(first));
    socket.onmessage = ({ data }) => {
      resolve(JSON.parse(String(data)).type === expected);
      socket.close();
    };
    socket.onclose = () => resolve(false);
  });
}

/** One CreateCustomer of these bytes: its status code, and whether it is marked as a replay. */
function callByGrpc(bytes: Buffer): Promise<{ code: number; replayed: boolean }> {
  const client = new GrpcClient(`127.0.0.1:${server.ports.grpc}`, credentials.createInsecure());
  const metadata = new Metadata();
  metadata.set('authorization', authorization);
  const { path } = customerService.CreateCustomer;
  const same = (message: Buffer) => message;
  return new Promise((resolve) => {
    let replayed = false;
    client
      .makeUnaryRequest(path, same, same, bytes, metadata, (error) => {
        client.close();
        resolve({ code: error?.code ?? 0, replayed });
      })
      .on('metadata', (sent: Metadata) => {
        replayed = sent.get('idempotency-replayed').length > 0;
      });
  });
}

/** The status of one ListPayments with this page size. */
function listByGrpc(pageSize: number): Promise<number> {
  const client = new GrpcClient(`127.0.0.1:${server.ports.grpc}`, credentials.createInsecure());
  const metadata = new Metadata();
  metadata.set('authorization', authorization);
  const { path, requestSerialize, responseDeserialize } = paymentService.ListPayments;
  return new Promise((resolve) => {
    client.makeUnaryRequest(
      path,
      requestSerialize,
      responseDeserialize,
      { pageSize },
      metadata,
      (error) => {
        client.close();
        resolve(error?.code ?? status.OK);
      },
    );
  });
}

const customerBytes = (requestId: string) =>
  customerService.CreateCustomer.requestSerialize({ requestId, name: 'Ada' });
/** Field 999, a varint, of value 1. */
const unknownField = Buffer.from([0xb8, 0x3e, 0x01]);

const stranger = { name: 'Ada', colour: 'red' };
const payment = { amount: 1, currency: 'GBP', payment_method: 'pm_card_ok' };
const carriesCalls = async (room: Wire) => {
  const client = await streams[room]?.(server, adminKey);
  await client?.close();
  return Object.keys(operations).every((name) => name in (client ?? {}));
};

/** The number of finished calls. Streams are not counted. */
async function callsSoFar(): Promise<number> {
  const metrics = await (await fetch(`${http}/metrics`)).text();
  const counts = metrics.matchAll(/^fivewire_calls_total\{operation="(\w+)".*\} (\d+)$/gm);
  return [...counts].reduce(
    (sum, [, operation, count]) => (operation === 'watchEvents' ? sum : sum + Number(count)),
    0,
  );
}

const probes: Readonly<Record<Feature, (room: Wire) => Promise<boolean>>> = {
  calls: carriesCalls,

  async push(room) {
    const client = await streams[room]?.(server, adminKey);
    if (!client) return false;
    const end = new AbortController();
    const events = await client.watchEvents({}, { signal: end.signal });
    const next = events[Symbol.asyncIterator]().next();
    const before = await callsSoFar();
    await post('/v1/payments', payment);
    await next;
    // The event arrives before the next poll, and only the payment was requested meanwhile.
    const isPushed = (await callsSoFar()) === before + 1;
    end.abort();
    await client.close();
    return isPushed;
  },

  async 'watched from a page'(room) {
    switch (room) {
      case 'sse': {
        // All that an EventSource can send.
        const response = await fetch(`${http}/v1/events?key=${adminKey}`, {
          headers: { accept: 'text/event-stream' },
        });
        await response.body?.cancel();
        return response.status === 200;
      }
      case 'websocket':
        return opensFromPage(
          '/ws',
          'payments.v1.json',
          { type: 'hello', key: adminKey },
          'welcome',
        );
      case 'graphql': {
        const init = { type: 'connection_init', payload: { authorization } };
        return opensFromPage('/graphql', 'graphql-transport-ws', init, 'connection_ack');
      }
      default:
        return false;
    }
  },

  async 'unknown fields refused'(room) {
    switch (room) {
      case 'rest':
        return (await post('/v1/customers', stranger)).text.includes('#/colour');
      case 'grpc': {
        const bytes = Buffer.concat([customerBytes(randomUUID()), unknownField]);
        return (await callByGrpc(bytes)).code !== 0;
      }
      case 'graphql': {
        const { text } = await query(
          'mutation { createCustomer(input: { name: "Ada", colour: "red" }, idempotencyKey: "c") { __typename } }',
        );
        return text.includes('colour') && text.includes('validation_failed');
      }
      case 'sse': {
        const response = await fetch(`${http}/v1/events?colour=red`, {
          headers: { authorization, accept: 'text/event-stream' },
        });
        return response.status === 400;
      }
      case 'websocket':
        return (await callBySocket('createCustomer', stranger, randomUUID())).includes('#/colour');
    }
  },

  async links(room) {
    switch (room) {
      case 'rest':
        return (await post('/v1/payments', payment)).text.includes('"confirm":"/v1/payments/');
      case 'grpc':
        return 'links' in paymentService.GetPayment.responseDeserialize(Buffer.alloc(0));
      case 'graphql':
        return !(await query('{ payments { nodes { links } } }')).text.includes('Cannot query');
      case 'sse': {
        await post('/v1/payments', payment);
        const end = new AbortController();
        const response = await fetch(`${http}/v1/events?after=0&types=payment.created`, {
          headers: { authorization, accept: 'text/event-stream' },
          signal: end.signal,
        });
        let text = '';
        for await (const bytes of response.body ?? []) {
          text += Buffer.from(bytes).toString();
          if (text.includes('\ndata:') && text.endsWith('\n\n')) break;
        }
        end.abort();
        return text.includes('"confirm":"/v1/payments/');
      }
      case 'websocket':
        return (await callBySocket('createPayment', payment, randomUUID())).includes(
          '"confirm":"/v1/payments/',
        );
    }
  },

  async 'replays marked'(room) {
    const key = randomUUID();
    switch (room) {
      case 'rest': {
        await post('/v1/payments', payment, key);
        const { response } = await post('/v1/payments', payment, key);
        return response.headers.get('idempotency-replayed') === 'true';
      }
      case 'grpc':
        await callByGrpc(customerBytes(key));
        return (await callByGrpc(customerBytes(key))).replayed;
      case 'graphql': {
        const document = `mutation { createCustomer(input: { name: "Ada" }, idempotencyKey: "${key}") { __typename } }`;
        await query(document);
        return (await query(document)).text.includes('replayed');
      }
      case 'sse':
        return false;
      case 'websocket':
        await callBySocket('createPayment', payment, key);
        return (await callBySocket('createPayment', payment, key)).includes('"replayed":true');
    }
  },

  async 'expected versions'(room) {
    switch (room) {
      case 'rest': {
        const { id } = JSON.parse((await post('/v1/payments', payment)).text);
        const stale = { 'if-match': '"0"' };
        const cancel = await post(`/v1/payments/${id}/cancel`, {}, randomUUID(), stale);
        return cancel.response.status === 412;
      }
      case 'grpc':
        return 'etag' in paymentService.CancelPayment.requestDeserialize(Buffer.alloc(0));
      case 'graphql': {
        const { text } = await query('{ __type(name: "Mutation") { fields { args { name } } } }');
        return /"(?:etag|\w*[vV]ersion)"/.test(text);
      }
      case 'sse':
        return false;
      case 'websocket': {
        const { id } = JSON.parse((await post('/v1/payments', payment)).text);
        const stale = { ifVersion: [0], if_version: [0] };
        return (await callBySocket('cancelPayment', { id }, randomUUID(), stale)).includes(
          'version_mismatch',
        );
      }
    }
  },

  async 'oversized pages refused'(room) {
    switch (room) {
      case 'rest': {
        const response = await fetch(`${http}/v1/payments?limit=101`, {
          headers: { authorization },
        });
        return response.status === 400;
      }
      case 'grpc':
        return (await listByGrpc(101)) !== status.OK;
      case 'graphql':
        return (await query('{ payments(first: 101) { nodes { id } } }')).text.includes('first');
      case 'sse':
        return false;
      case 'websocket':
        return (await callBySocket('listPayments', { limit: 101 }, randomUUID())).includes(
          '#/limit',
        );
    }
  },

  async 'start reported'(room) {
    switch (room) {
      case 'rest':
        // It has no streams.
        return true;
      case 'grpc':
        return startByGrpc(server.ports);
      case 'graphql':
        return /^id: \d+$/m.test(
          await startOf(server.ports, '/graphql?query=subscription{events{id}}'),
        );
      case 'sse':
        return /^id: \d+$/m.test(await startOf(server.ports, '/v1/events'));
      case 'websocket':
        return startBySocket(server.ports);
    }
  },

  async 'released contract'(room) {
    return existsSync(join(import.meta.dirname, '..', released[room]));
  },
};

/** Where the last released contract of a room is kept. */
const released: Readonly<Record<Wire, string>> = {
  rest: 'schema/released/openapi.json',
  grpc: 'protos/released',
  graphql: 'schema/released/payments.graphql',
  sse: 'schema/released/openapi.json',
  websocket: 'schema/released/asyncapi.yaml',
};

const cases = Object.keys(probes).flatMap((feature) =>
  wires.map((room) => ({ room, feature: feature as Feature })),
);

test.each(cases)('$room has the declared support for: $feature', async ({ room, feature }) => {
  const declared = gaps.some((gap) => gap.room === room && gap.feature === feature);
  expect(await probes[feature](room)).toBe(!declared);
});

test('every gap has its reason', () => {
  for (const { reason } of gaps) expect(reason.length).toBeGreaterThan(20);
});

test('a feature that is declared as not built is in no room and has its reason', () => {
  const services = [customerService, eventService, keyService, paymentService, refundService];
  const methods = services.flatMap((service) => Object.keys(service));
  for (const { operations: names, reason } of unbuilt) {
    expect(reason.length).toBeGreaterThan(20);
    for (const name of names) {
      expect(Object.keys(operations)).not.toContain(name);
      expect(methods.map((method) => method.toLowerCase())).not.toContain(name.toLowerCase());
    }
  }
});
