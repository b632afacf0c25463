import { credentials, Client as GrpcClient, Metadata, status } from '@grpc/grpc-js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { readConfig } from '../../services/config.ts';
import { createDemoMerchants } from '../../services/demo/merchants.ts';
import { type Fivewire, start } from '../../services/main.ts';
import { createPorts } from '../../services/ports.ts';
import { adminKey } from '../house.ts';
import { requestText, responseTo } from './raw-http.ts';

/** Failures before a key is known are limited by address, and nothing else is. */

let server: Fivewire;
beforeAll(async () => {
  const config = readConfig({
    HTTP_PORT: '0',
    GRPC_PORT: '0',
    DATABASE_URL: 'sqlite::memory:',
    DEMO: '0',
    LOG: 'off',
    // One failure per 1,000 seconds: each one after the first is above the limit.
    ADDRESS_LIMIT: '0.001',
    TRUSTED_PROXIES: '1',
  });
  server = await start(config);
  await createDemoMerchants(await createPorts(server.store));
  expect((await statusOf('/v1/payments', bad)).status).toBe(401);
});
afterAll(() => server.close());

const url = (path: string) => `http://127.0.0.1:${server.ports.http}${path}`;
const bad = 'Bearer sk_test_nobody';

async function statusOf(path: string, authorization: string, headers: Record<string, string> = {}) {
  const response = await fetch(url(path), { headers: { authorization, ...headers } });
  await response.arrayBuffer();
  return response;
}

test.each<[string, () => Promise<Response>]>([
  ['REST', () => statusOf('/v1/payments', bad)],
  ['SSE', () => statusOf('/v1/events', bad, { accept: 'text/event-stream' })],
  ['GraphQL', () => statusOf('/graphql?query={__typename}', bad)],
  ['a page that has other methods', () => fetch(url('/healthz'), { method: 'DELETE' })],
])('a failure past the limit is refused with 429 and Retry-After: %s', async (_wire, fail) => {
  const response = await fail();
  expect(response.status).toBe(429);
  expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
});

test('malformed requests, gRPC calls and WebSockets without a good key are limited by address', async () => {
  expect((await responseTo(server.ports.http, 'NONSENSE\r\n\r\n')).status).toBe(429);

  const grpc = new GrpcClient(`127.0.0.1:${server.ports.grpc}`, credentials.createInsecure());
  const metadata = new Metadata();
  metadata.set('authorization', bad);
  const same = (bytes: Buffer) => bytes;
  const code = await new Promise((resolve) => {
    const path = '/payments.v1.PaymentService/ListPayments';
    grpc.makeUnaryRequest(path, same, same, Buffer.alloc(0), metadata, (error) =>
      resolve(error?.code),
    );
  });
  expect(code).toBe(status.RESOURCE_EXHAUSTED);
  grpc.close();

  const socket = new WebSocket(`ws://127.0.0.1:${server.ports.http}/ws`, {
    headers: { authorization: bad },
  });
  const closed = await new Promise((resolve, reject) => {
    socket.on('close', resolve).on('error', reject);
  });
  expect(closed).toBe(4429);
});

test('a valid key is served from an address that has used up its limit', async () => {
  for (let call = 0; call < 10; call += 1) {
    expect((await statusOf('/v1/payments', `Bearer ${adminKey}`)).status).toBe(200);
  }
});

test('an address that a trusted proxy reports has a limit of its own', async () => {
  const from = async (...lines: readonly string[]) => {
    const text = requestText(
      'GET /v1/payments HTTP/1.1',
      'Host: a',
      `Authorization: ${bad}`,
      ...lines,
    );
    return (await responseTo(server.ports.http, text)).status;
  };
  expect(await from()).toBe(429);
  expect(await from('X-Forwarded-For: 192.0.2.1')).toBe(401);
  expect(await from('X-Forwarded-For: 192.0.2.1')).toBe(429);
  // The proxy reports the last address; the client invented those before it.
  expect(await from('X-Forwarded-For: 192.0.2.9, 192.0.2.1')).toBe(429);
  expect(await from('Forwarded: for="[2001:db8::1]"')).toBe(401);
  expect(await from('Forwarded: for="[2001:db8::2]"')).toBe(429);
});
