import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readConfig } from '../../services/config.ts';
import { type Fivewire, start } from '../../services/main.ts';
import { openServer } from '../contract/subjects.ts';
import { adminKey } from '../house.ts';

/** What connections as such, beside what they carry, may do to the server. */

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

/** A connection that says `text` and takes no part in closing. */
async function say(text: string): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  socket.on('error', () => {});
  await once(socket, 'connect');
  socket.write(text);
  return socket;
}

async function msToClose(): Promise<number> {
  const startedMs = performance.now();
  open = false;
  await server.close();
  return performance.now() - startedMs;
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

test('a request that offers HTTP/2 by upgrade, as `curl --http2` does, is answered', async () => {
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

test('an upgrade to nowhere is a page that is not there', async () => {
  const socket = await say(upgradeTo('/nowhere'));
  const [answer] = await once(socket, 'data');
  expect(String(answer)).toMatch(/^HTTP\/1\.1 404 [\s\S]*application\/problem\+json/);
  socket.destroy();
});

test('stops within 5 seconds, whoever hangs on', async () => {
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

  expect(await msToClose()).toBeLessThan(4800);
  for (const socket of sockets) socket.destroy();
  session.destroy();
});

test('a stop that nobody hangs on to does not wait for idle connections', async () => {
  const response = await fetch(`http://127.0.0.1:${port}/v1/events`, {
    headers: { accept: 'text/event-stream', authorization: `Bearer ${adminKey}` },
  });
  const stopped = msToClose();
  for await (const _chunk of response.body ?? []) {
    // Reads to the end.
  }
  expect(await stopped).toBeLessThan(1000);
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
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(process.getActiveResourcesInfo().length).toBeLessThanOrEqual(before);
  }
  taken.close();
});
