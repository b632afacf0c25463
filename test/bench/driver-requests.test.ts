import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttp2Server, type ServerHttp2Stream } from 'node:http2';
import { buffer } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import type { DriverReply, HttpRequest } from '../../bench/drivers/driver.ts';
import type { DriverRequest } from '../../bench/drivers/open-driver.ts';
import { allDiffer, host, listening, marker, opened } from './driver-fixture.ts';

/** What a server saw of one request, and says back. */
type Seen = Readonly<Record<string, unknown>>;

const read: HttpRequest = {
  method: 'GET',
  path: '/v1/payments/pay_1',
  headers: { authorization: 'Bearer sk_test', accept: 'application/json', 'x-only': 'read' },
  body: Buffer.alloc(0),
};
const create: HttpRequest = {
  method: 'POST',
  path: '/v1/payments',
  // The same fields in another order, and others.
  headers: {
    'content-type': 'application/json',
    'idempotency-key': marker,
    accept: 'application/json',
    authorization: 'Bearer sk_test',
  },
  body: Buffer.from('{"amount":1999}'),
};
const refund: HttpRequest = { ...create, path: '/v1/refunds', body: Buffer.from('{"amount":1}') };
const requests = [read, create, refund];
const others = [create, refund];

const frames = ['getPayment', 'createPayment', 'refundPayment'].map(
  (operation) => `{"type":"call","id":"1","operation":"${operation}","key":"${marker}"}`,
);
const frameRequests = frames.map((frame) => ({
  path: '/ws',
  protocol: 'payments.v1.json',
  hello: '{"type":"hello"}',
  frame,
}));

async function startHttp1(seen: Seen[]): Promise<number> {
  const server = createHttpServer(async (request, response) => {
    const body = String(await buffer(request));
    seen.push({ method: request.method, path: request.url, ...request.headers, body });
    response.end(request.url);
  });
  return listening(server);
}

async function startHttp2(seen: Seen[]): Promise<number> {
  const server = createHttp2Server();
  server.on('stream', async (stream: ServerHttp2Stream, headers) => {
    const { ':method': method, ':path': path } = headers;
    const body = String(await buffer(stream));
    seen.push({ ...headers, method, path, body });
    stream.respond({ ':status': 200 });
    stream.end(path);
  });
  return listening(server);
}

async function startWebsocket(seen: Seen[]): Promise<number> {
  const http = createHttpServer();
  new WebSocketServer({ server: http }).on('connection', (socket) => {
    socket.once('message', () => {
      socket.send('{"type":"welcome"}');
      socket.on('message', (data) => {
        const { id, operation, key } = JSON.parse(String(data));
        seen.push({ id, operation, key });
        socket.send(`{"output":"${operation}","id":"${id}"}`);
      });
    });
  });
  return listening(http);
}

/** In an order in which each request follows each, and each begins a connection. */
const order = Array.from({ length: 90 }, (_, at) => [2, 0, 1, 1, 0, 2, 2, 1, 0][at % 9] ?? 0);

const protocols: Readonly<
  Record<string, { start: (seen: Seen[]) => Promise<number>; prepared: DriverRequest }>
> = {
  'HTTP/1.1': { start: startHttp1, prepared: { protocol: 'http1', request: read, others } },
  'HTTP/2': {
    start: startHttp2,
    prepared: { protocol: 'http2', grpc: false, request: read, others },
  },
  WebSocket: {
    start: startWebsocket,
    prepared: {
      protocol: 'websocket',
      // There are three.
      request: frameRequests[0] as (typeof frameRequests)[number],
      others: frameRequests.slice(1),
    },
  },
};

describe.each(Object.entries(protocols))('one driver of %s', (name, { start, prepared }) => {
  const nameOf = (which: number) =>
    name === 'WebSocket'
      ? ['getPayment', 'createPayment', 'refundPayment'][which]
      : requests[which]?.path;
  const check = ({ body }: DriverReply, which: number) => String(body).includes(`${nameOf(which)}`);

  test('sends each of its requests over the same connections, and checks the answer of each', async () => {
    const seen: Seen[] = [];
    const driver = await opened(prepared, await start(seen), { connections: 3, marker, check });
    await Promise.all(order.map((which) => driver.callOf(which)));
    for (const which of order) await driver.callOf(which);
    const said = seen.map((one) => String(one.operation ?? one.path));
    const expected = [...order, ...order].map((which) => String(nameOf(which)));
    expect(said.toSorted()).toEqual(expected.toSorted());
    const keys = seen.map((one) => one.key ?? one['idempotency-key']).filter((key) => key);
    expect(keys.length).toBeGreaterThan(60);
    expect(allDiffer(keys)).toBe(true);
    if (name === 'WebSocket') return;
    for (const { path, authorization, accept, host: named, body, ...rest } of seen) {
      const sent = requests.find((request) => request.path === path);
      expect({ authorization, accept, body }).toEqual({
        authorization: 'Bearer sk_test',
        accept: 'application/json',
        body: String(sent?.body),
      });
      expect(rest['x-only']).toBe(sent?.headers['x-only']);
      expect(rest['content-type']).toBe(sent?.headers['content-type']);
      expect(named === undefined || String(named).startsWith(host)).toBe(true);
    }
  });

  test('refuses a number that no request has', async () => {
    const driver = await opened(prepared, await start([]), { connections: 1, marker });
    await expect(driver.callOf(3)).rejects.toThrow(
      'Expected the number of one of 3 requests, got 3.',
    );
  });

  test('rejects the call whose own answer is refused, and no other', async () => {
    const refuse = (reply: DriverReply, which: number) => which !== 1 && check(reply, which);
    const driver = await opened(prepared, await start([]), {
      connections: 1,
      marker,
      check: refuse,
    });
    const outcomes = await Promise.allSettled([0, 1, 2].map((which) => driver.callOf(which)));
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });
});
