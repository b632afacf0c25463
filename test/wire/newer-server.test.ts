import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import type { Event } from '../../services/core/events/event.ts';
import { createSseClient } from '../../services/sse/client.ts';
import { createWebsocketClient } from '../../services/websocket/client.ts';

/** Events of a server that was built after the client: a new type, resource, field and status. */
const events = [
  {
    id: 'evt_1',
    sequence: 1,
    type: 'dispute.opened',
    created_at: '2026-11-27T00:00:00.000Z',
    data: { dispute: { id: 'dp_1', reason: 'fraud' } },
  },
  {
    id: 'evt_2',
    sequence: 2,
    type: 'customer.created',
    created_at: '2026-11-27T00:00:00.000Z',
    tone: 'new',
    data: {
      customer: {
        id: 'cus_1',
        name: 'Ada',
        email: null,
        country: null,
        metadata: {},
        created_at: '2026-11-27T00:00:00.000Z',
        links: {},
      },
    },
  },
];

async function take(stream: AsyncIterable<Event>, count: number): Promise<Event[]> {
  const taken: Event[] = [];
  for await (const event of stream) if (taken.push(event) === count) break;
  return taken;
}

function expectBoth(taken: readonly Event[]): void {
  expect(taken).toMatchObject([
    {
      sequence: 1,
      type: 'dispute.opened',
      data: { kind: 'dispute', dispute: { id: 'dp_1', reason: 'fraud' } },
    },
    {
      sequence: 2,
      type: 'customer.created',
      data: { kind: 'customer', customer: { name: 'Ada' } },
    },
  ]);
}

test('the SSE client passes events of an unknown type through and goes on', async () => {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write('retry: 1\nsurprise: 1\n:\nid: 0\n\n');
    for (const event of events) {
      response.write(
        `id: ${event.sequence}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`,
      );
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const target = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = await createSseClient({ target, key: 'sk_test' });
  const stop = new AbortController();
  expectBoth(await take(await client.watchEvents({}, { signal: stop.signal }), 2));
  stop.abort();
  await client.close();
  server.closeAllConnections();
  server.close();
});

test('the WebSocket client passes events of unknown types through, skips unknown frames and goes on', async () => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  server.on('connection', (ws) => {
    ws.on('message', (data) => {
      const { id, type } = JSON.parse(data.toString());
      const send = (frame: object) => ws.send(JSON.stringify(frame));
      if (type === 'hello') send({ type: 'welcome', plan: 'standard' });
      else if (type === 'call') {
        send({ id, type: 'progress', percent: 50 });
        send({ id, type: 'result', output: { data: [] } });
      } else if (type === 'subscribe') {
        send({ type: 'notice', text: 'new' });
        send({ id, type: 'subscribed', sequence: 0 });
        send({ id, type: 'progress', percent: 50 });
        for (const event of events) {
          send({ id, type: 'event', sequence: event.sequence, event });
        }
      }
    });
  });
  await once(server, 'listening');
  const target = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = await createWebsocketClient({ target, key: 'sk_test' });
  expect(await client.getPaymentsByIds({ ids: ['pay_1'] })).toEqual([]);
  const stop = new AbortController();
  expectBoth(await take(await client.watchEvents({}, { signal: stop.signal }), 2));
  stop.abort();
  await client.close();
  server.close();
});
