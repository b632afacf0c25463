import { connect as connectTcp } from 'node:net';
import { credentials, Client as GrpcClient, Metadata } from '@grpc/grpc-js';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { Fivewire } from '../../services/main.ts';
import { openServer } from '../contract/subjects.ts';
import { graphqlHosts } from '../graphql-host.ts';
import { adminKey } from '../house.ts';

/** No input of a client may end the process or cause an internal error. */

const addressOf = ({ ports }: Fivewire) => `http://127.0.0.1:${ports.http}`;

let server: Fivewire;
let http: string;
beforeAll(async () => {
  server = await openServer();
  http = addressOf(server);
});
afterAll(async () => {
  const metrics = await (await fetch(`${http}/metrics`)).text();
  await server.close();
  expect(metrics).not.toMatch(/code="internal"/);
});

const runs = { numRuns: 60 };
const bearer = { authorization: `Bearer ${adminKey}` };
const stillAlive = async () => expect((await fetch(`${http}/healthz`)).status).toBe(200);

/** Values close to valid input: known names with invalid values, and random ones. */
const field = fc.constantFrom(
  'amount',
  'currency',
  'payment_method',
  'customer',
  'metadata',
  'confirm',
  'description',
  '__proto__',
  'constructor',
  'id',
  'limit',
  'cursor',
);
const value = fc.oneof(
  fc.constantFrom('GBP', 'pm_card_ok', 100, true, null, {}, [], '', -0, 1e308, '\0', '\ud800'),
  fc.jsonValue({ maxDepth: 3 }),
);
const body = fc.oneof(fc.dictionary(field, value), fc.jsonValue({ maxDepth: 4 }));

const post = (
  path: string,
  text: string | Uint8Array<ArrayBuffer>,
  contentType = 'application/json',
  to = server,
) =>
  fetch(`${addressOf(to)}${path}`, {
    method: 'POST',
    headers: {
      ...bearer,
      'content-type': contentType,
      'idempotency-key': `k${Math.random()}`,
    },
    body: text,
  });

describe('REST', () => {
  test('reports what is wrong with a body of any shape', async () => {
    const path = fc.constantFrom(
      '/v1/payments',
      '/v1/customers',
      '/v1/keys',
      '/v1/payments/pay_x/refunds',
    );
    await fc.assert(
      fc.asyncProperty(path, body, async (to, json) => {
        const response = await post(to, JSON.stringify(json));
        expect(response.status).toBeLessThan(500);
        const answer: unknown = await response.json();
        if (response.status >= 400) expect(answer).toHaveProperty('code');
      }),
      runs,
    );
  });

  test('refuses a body that is not JSON, not UTF-8 or of another content type', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        const response = await post('/v1/payments', new Uint8Array(bytes));
        expect(response.status).toBe(400);
        await response.arrayBuffer();
      }),
      runs,
    );
    expect((await post('/v1/payments', 'a=b', 'application/x-www-form-urlencoded')).status).toBe(
      415,
    );
    expect((await post('/v1/payments', 'x'.repeat(1_000_000))).status).toBe(413);
  });

  test('responds to paths and queries of every shape', async () => {
    const odd = fc.string({ unit: 'binary', maxLength: 60 }).map(encodeURIComponent);
    await fc.assert(
      fc.asyncProperty(odd, odd, async (path, query) => {
        for (const url of [
          `/v1/payments/${path}`,
          `/v1/payments?${query}=${path}`,
          `/${path}?${query}`,
        ]) {
          const response = await fetch(`${http}${url}`, { headers: bearer });
          expect(response.status).toBeLessThan(500);
          await response.arrayBuffer();
        }
      }),
      runs,
    );
  });
});

describe.each(graphqlHosts)('GraphQL on the host %s', (host) => {
  let other: Fivewire;
  beforeAll(async () => {
    other = await openServer(undefined, host);
  });
  afterAll(async () => {
    const metrics = await (await fetch(`${addressOf(other)}/metrics`)).text();
    await other.close();
    expect(metrics).not.toMatch(/code="internal"/);
  });

  test('responds to bodies, documents and variables of every shape', async () => {
    const request = fc.record(
      {
        query: fc.oneof(
          fc.string(),
          fc.constantFrom(
            '{ payments { nodes { id } } }',
            'query ($id: ID!) { payment(id: $id) { id } }',
          ),
          fc.jsonValue(),
        ),
        variables: fc.oneof(fc.dictionary(field, value), fc.jsonValue()),
        operationName: fc.jsonValue({ maxDepth: 1 }),
        extensions: fc.jsonValue(),
      },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(fc.oneof(request, body), async (json) => {
        const response = await post('/graphql', JSON.stringify(json), undefined, other);
        expect(response.status).toBeLessThan(500);
        expect(await response.text()).not.toMatch(/INTERNAL|\bat .*\.(ts|js):/);
      }),
      runs,
    );
  });
});

describe('WebSocket', () => {
  test('responds to a frame of any shape or closes the connection with a reason', async () => {
    const frame = fc.oneof(
      fc.string().map((text) => text as string | Uint8Array),
      fc.uint8Array({ maxLength: 100 }),
      body.map((json) => JSON.stringify(json) ?? ''),
      fc
        .record({
          id: fc.jsonValue({ maxDepth: 1 }),
          type: fc.constantFrom('call', 'subscribe', 'unsubscribe', 'hello', 'nothing'),
          operation: fc.constantFrom(
            'createPayment',
            'constructor',
            '__proto__',
            'watchEvents',
            '',
          ),
          input: body,
          after: fc.jsonValue({ maxDepth: 1 }),
          types: fc.jsonValue({ maxDepth: 1 }),
          idempotencyKey: fc.jsonValue({ maxDepth: 1 }),
        })
        .map((json) => JSON.stringify(json)),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(frame, { maxLength: 5 }), async (frames) => {
        const socket = new WebSocket(`ws://127.0.0.1:${server.ports.http}/ws`, { headers: bearer });
        await new Promise((resolve, reject) => {
          socket.once('open', resolve);
          socket.once('error', reject);
        });
        const closed = new Promise<number>((resolve) => socket.once('close', resolve));
        socket.on('message', (data) => {
          expect(JSON.parse(String(data)).error?.code).not.toBe('internal');
        });
        for (const each of frames) socket.send(each);
        socket.close(1000);
        expect(await closed).not.toBe(1011);
      }),
      runs,
    );
  });
});

describe('gRPC', () => {
  test('refuses messages of random bytes as invalid', async () => {
    const client = new GrpcClient(`127.0.0.1:${server.ports.grpc}`, credentials.createInsecure());
    const metadata = new Metadata();
    metadata.set('authorization', bearer.authorization);
    const same = (bytes: Buffer) => bytes;
    const method = fc.constantFrom('CreatePayment', 'GetPayment', 'ListPayments', 'Nothing');
    await fc.assert(
      fc.asyncProperty(method, fc.uint8Array({ maxLength: 100 }), async (name, bytes) => {
        const code = await new Promise<number>((resolve) =>
          client.makeUnaryRequest(
            `/payments.v1.PaymentService/${name}`,
            same,
            same,
            Buffer.from(bytes),
            metadata,
            (error) => resolve(error?.code ?? 0),
          ),
        );
        // grpc-js itself responds with 13 INTERNAL to bytes that are not a message.
        expect([0, 3, 5, 12, 13]).toContain(code);
      }),
      runs,
    );
    client.close();
  });
});

test('random bytes on a port end only their own connection', async () => {
  const ports = Object.values(server.ports);
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...ports),
      fc.oneof(
        fc.uint8Array({ minLength: 1, maxLength: 300 }),
        fc.constant(Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x09\0\0\0\0\0')),
        fc.constant(
          Buffer.from(
            'GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n',
          ),
        ),
        fc.constant(
          Buffer.from('POST /v1/payments HTTP/1.1\r\nHost: a\r\nContent-Length: 99\r\n\r\n{'),
        ),
      ),
      (port, bytes) =>
        new Promise<void>((resolve) => {
          const socket = connectTcp(port, '127.0.0.1', () => socket.end(bytes));
          socket.setTimeout(300, () => socket.destroy());
          socket.on('error', () => {});
          socket.on('close', () => resolve());
          socket.resume();
        }),
    ),
    { numRuns: 25 },
  );
  await stillAlive();
});
