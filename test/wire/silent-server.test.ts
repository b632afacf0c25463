import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test, vi } from 'vitest';
import { WebSocketServer } from 'ws';
import type { Client } from '../../services/core/client.ts';
import { createSseClient } from '../../services/sse/client.ts';
import { createWebsocketClient } from '../../services/websocket/client.ts';
import { awaitSilence } from '../../services/wire/silence.ts';

const closers: (() => unknown)[] = [];
afterEach(() => {
  vi.useRealTimers();
  for (const close of closers.splice(0)) close();
});

const never = new AbortController().signal;

const firstEventOf = async ({ watchEvents }: Pick<Client, 'watchEvents'>) => {
  const events = await watchEvents({}, { signal: never });
  return events[Symbol.asyncIterator]().next();
};

/** A server that is lost to its network after its first words, and does not end the connection. */
async function openSilent(): Promise<string> {
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write('retry: 2000\n:\nid: 7\n\n');
  });
  const sockets = new WebSocketServer({ server });
  sockets.on('connection', (ws) => {
    ws.on('message', (data) => {
      const { type, id } = JSON.parse(String(data));
      if (type === 'hello') ws.send('{"type":"welcome","limits":{"ping_ms":20}}');
      else ws.send(JSON.stringify({ id, type: 'subscribed', sequence: 7 }));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(() => {
    for (const ws of sockets.clients) ws.terminate();
    server.closeAllConnections();
    server.close();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('an SSE subscription fails when its server becomes silent, so that its reader resumes', async () => {
  const client = await createSseClient({ target: `http://${await openSilent()}`, silentMs: 50 });
  closers.push(() => client.close());
  await expect(firstEventOf(client)).rejects.toThrow('heard nothing for 50 ms');
});

test('a WebSocket subscription fails when three pings of its server are missing', async () => {
  const client = await createWebsocketClient({ target: `ws://${await openSilent()}` });
  closers.push(() => client.close());
  await expect(firstEventOf(client)).rejects.toThrow('heard nothing for 60 ms');
});

test('silence is counted from the last bytes received and only while the client listens', async () => {
  vi.useFakeTimers();
  const onSilent = vi.fn();
  const silence = awaitSilence(100, onSilent);
  await vi.advanceTimersByTimeAsync(90);
  silence.heard();
  await vi.advanceTimersByTimeAsync(90);
  silence.suspend();
  silence.heard();
  await vi.advanceTimersByTimeAsync(1000);
  expect(onSilent).not.toHaveBeenCalled();
  silence.resume();
  await vi.advanceTimersByTimeAsync(99);
  expect(onSilent).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(2);
  expect(onSilent).toHaveBeenCalledTimes(1);
});
