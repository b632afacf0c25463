import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readConfig } from '../../services/config.ts';
import { type Fivewire, start } from '../../services/main.ts';
import { openServer } from '../contract/subjects.ts';
import { adminKey } from '../house.ts';
import { requestText, responseTo } from './raw-http.ts';

/** How the server handles connections, whatever they carry. */

let server: Fivewire;
let port: number;
let open = true;
beforeEach(async () => {
  server = await openServer();
  port = server.ports.http;
  open = true;
});
afterEach(async () => {
  if (open) await server.close();
});

const upgradeTo = (path: string, protocol = 'websocket') =>
  `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: ${protocol}\r\n\r\n`;

/** A connection that sends `text` and does not close its side. */
async function say(text: string): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  socket.on('error', () => {});
  await once(socket, 'connect');
  socket.write(text);
  return socket;
}

/** Resolves when the server has ended; otherwise the test times out. */
async function closeServer(callsMs: number): Promise<void> {
  open = false;
  await server.close({ callsMs });
}

test('a connection that is reset while it asks for an upgrade does not end the process', async () => {
  for (const path of ['/nowhere', '/ws', '/graphql', '/v1/payments']) {
    for (let i = 0; i < 10; i += 1) {
      const socket = await say(upgradeTo(path));
      await new Promise((resolve) => setImmediate(resolve));
      socket.resetAndDestroy();
    }
  }
  expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
});

test('a request that offers an upgrade to HTTP/2, as `curl --http2` does, gets its response', async () => {
  const request = httpRequest({
    port,
    path: '/v1/payments?limit=1',
    headers: {
      authorization: `Bearer ${adminKey}`,
      connection: 'Upgrade, HTTP2-Settings',
      upgrade: 'h2c',
      'http2-settings': 'AAMAAABkAAQAoAAAAAIAAAAA',
    },
  });
  request.end();
  const [response] = await once(request, 'response');
  response.resume();
  expect(response.statusCode).toBe(200);
});

test('an upgrade to an unknown path gets 404', async () => {
  const socket = await say(upgradeTo('/nowhere'));
  const [answer] = await once(socket, 'data');
  expect(String(answer)).toMatch(/^HTTP\/1\.1 404 [\s\S]*application\/problem\+json/);
  socket.destroy();
});

test('a server stops even if clients keep their connections open', async () => {
  const key = `Authorization: Bearer ${adminKey}\r\n`;
  const sockets = await Promise.all([
    say(upgradeTo('/nowhere')),
    say(
      `${upgradeTo('/ws').trimEnd()}\r\nSec-WebSocket-Version: 13\r\n` +
        `Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n${key}\r\n`,
    ),
    say(`GET /v1/events?after=0 HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n${key}\r\n`),
    say(`POST /v1/payments HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n${key}\r\n{`),
    say('GET /v1/pay'),
  ]);
  const session = connectHttp2(`http://127.0.0.1:${server.ports.http2}`);
  session.on('error', () => {});
  const unfinished = session.request({ ':method': 'POST', ':path': '/v1/payments' });
  unfinished.on('error', () => {});
  unfinished.write('{');
  await once(session, 'connect');
  await new Promise((resolve) => setTimeout(resolve, 100));

  await closeServer(200);
  for (const socket of sockets) socket.destroy();
  session.destroy();
});

test('a server that stops does not wait for idle connections', async () => {
  const response = await fetch(`http://127.0.0.1:${port}/v1/events`, {
    headers: { accept: 'text/event-stream', authorization: `Bearer ${adminKey}` },
  });
  // Longer than a test may take.
  const stopped = closeServer(10 * 60_000);
  for await (const _chunk of response.body ?? []) {
    // Reads to the end.
  }
  await stopped;
});

test('a server whose port is in use says so and leaves nothing open', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  // Of a server that listens on a port.
  const { port: inUse } = taken.address() as AddressInfo;
  for (const name of ['HTTP_PORT', 'HTTP2_PORT']) {
    const before = process.getActiveResourcesInfo().length;
    const config = readConfig({
      DATABASE_URL: 'sqlite::memory:',
      DEMO: '0',
      HTTP_PORT: '0',
      GRPC_PORT: '0',
      [name]: String(inUse),
    });
    await expect(start(config)).rejects.toThrow(`127.0.0.1:${inUse}`);
    // A poll of the test runner would be a resource too.
    while (process.getActiveResourcesInfo().length > before) await sleep(10);
  }
  taken.close();
});

const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  fetch(`http://127.0.0.1:${port}${path}`, {
    method,
    headers: { authorization: `Bearer ${adminKey}`, ...headers },
  });

test('every response has a request id, whichever layer sends it', async () => {
  for (const path of ['/healthz', '/readyz', '/metrics', '/v1/payments', '/nowhere']) {
    const headers = { 'x-request-id': 'mine' };
    expect((await get(path, headers)).headers.get('x-request-id')).toBe('mine');
    expect((await get(path, headers, 'OPTIONS')).headers.get('x-request-id')).toBe('mine');
  }
});

test.each([
  ['text/event-stream', 'text/event-stream'],
  ['Text/Event-Stream, */*', 'text/event-stream'],
  ['application/json, text/event-stream', 'text/event-stream'],
  ['application/json, text/event-stream;q=0.5', 'application/json'],
  ['application/json, text/event-stream;q=0', 'application/json'],
  ['*/*', 'application/json'],
])('events requested with Accept: %s have the content type %s', async (accept, contentType) => {
  const stop = new AbortController();
  const response = await fetch(`http://127.0.0.1:${port}/v1/events`, {
    headers: { authorization: `Bearer ${adminKey}`, accept },
    signal: stop.signal,
  });
  expect(response.headers.get('content-type')).toBe(contentType);
  stop.abort();
});

test('a body with a content coding is refused and is not read as if it had none', async () => {
  const response = await fetch(`http://127.0.0.1:${port}/v1/customers`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${adminKey}`,
      'content-type': 'application/json',
      'content-encoding': 'gzip',
      'idempotency-key': 'coded',
    },
    body: '{"name":"Ada"}',
  });
  expect(response.status).toBe(415);
});

test('a request target in absolute form reaches the path that it names', async () => {
  const target = `http://127.0.0.1:${port}`;
  for (const path of ['/healthz', '/openapi.json']) {
    const socket = await say(`GET ${target}${path} HTTP/1.1\r\nHost: x\r\n\r\n`);
    const [answer] = await once(socket, 'data');
    expect(String(answer)).toMatch(/^HTTP\/1\.1 200/);
    socket.destroy();
  }
});

test('an idle connection is kept for longer than common proxies keep theirs', async () => {
  const request = requestText('GET /healthz HTTP/1.1', 'Host: a');
  const { headers } = await responseTo(port, request);
  const [, seconds] = /timeout=(\d+)/.exec(headers['keep-alive'] ?? '') ?? [];
  expect(Number(seconds)).toBeGreaterThan(60);
});
