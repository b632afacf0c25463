import { once } from 'node:events';
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { afterEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { graphqlHosts } from '../graphql-host.ts';
import { adminKey } from '../house.ts';
import { requestText, responseTo } from './raw-http.ts';
import { type SpawnedServer, spawnServer } from './spawned-server.ts';

/** What clients see of a server that shuts down. */

let server: SpawnedServer;
afterEach(() => server.stop());

/** Longer than a test may take. */
const goesOnListening = { DRAIN_MS: '600000' };
const stopsListening = { DRAIN_MS: '100' };

const headers = { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json' };

interface Written {
  readonly status: number | undefined;
  readonly isLast: boolean;
}

function write(agent: Agent, key: string, path = '/v1/customers', body = '{"name":"Ada"}') {
  return new Promise<Written>((resolve, reject) => {
    const request = httpRequest({
      agent,
      port: server.ports.http,
      method: 'POST',
      path,
      headers: { ...headers, 'idempotency-key': key },
    });
    request.on('error', reject).on('response', (response: IncomingMessage) => {
      const isLast = response.headers.connection === 'close';
      response.resume().on('end', () => resolve({ status: response.statusCode, isLast }));
    });
    request.end(body);
  });
}

interface Writer {
  readonly statuses: (number | undefined)[];
  readonly failure: string | undefined;
}

/** Writes on one connection that is kept, as long as `goesOn` says so and nothing fails. */
async function writeOn(name: number, goesOn: (written: Written) => boolean): Promise<Writer> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const statuses: Writer['statuses'] = [];
  try {
    for (;;) {
      const written = await write(agent, `w${name}-${statuses.length}`);
      statuses.push(written.status);
      if (!goesOn(written)) return { statuses, failure: undefined };
    }
  } catch (error) {
    return { statuses, failure: String((error as NodeJS.ErrnoException).code) };
  } finally {
    agent.destroy();
  }
}

/** Starts 32 writers and stops the server once each of them has written. */
async function writersAtTheEnd(goesOn: (written: Written) => boolean): Promise<Writer[]> {
  let first = 0;
  const stopAfterFirst = (written: Written) => {
    first += 1;
    if (first === 32) server.child.kill('SIGTERM');
    return goesOn(written);
  };
  return Promise.all(Array.from({ length: 32 }, (_, name) => writeOn(name, stopAfterFirst)));
}

test('32 writers on persistent connections each learn which response is the last', async () => {
  server = await spawnServer(goesOnListening);
  const writers = await writersAtTheEnd(({ isLast }) => !isLast);
  expect(writers.map(({ failure }) => failure)).toEqual(writers.map(() => undefined));
  expect(new Set(writers.flatMap(({ statuses }) => statuses))).toEqual(new Set([201]));
  expect(server.log()).toBe('');
});

test('writers that connect during a shutdown get one response per connection', async () => {
  server = await spawnServer(goesOnListening);
  let last = 0;
  const writers = await writersAtTheEnd(({ isLast }) => {
    if (isLast) last += 1;
    return last < 200;
  });
  expect(writers.map(({ failure }) => failure)).toEqual(writers.map(() => undefined));
  expect(new Set(writers.flatMap(({ statuses }) => statuses))).toEqual(new Set([201]));
});

test('an idle connection is closed at shutdown and the process exits with 0', async () => {
  server = await spawnServer(stopsListening);
  const agent = new Agent({ keepAlive: true });
  expect(await write(agent, 'only')).toEqual({ status: 201, isLast: false });
  const ended = once(server.child, 'exit');
  server.child.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
  expect(server.log()).toBe('');
  agent.destroy();
});

test('a running call gets its response at shutdown while readiness fails', async () => {
  server = await spawnServer(goesOnListening);
  const agent = new Agent({ keepAlive: true });
  // The card network takes half a second over this one.
  const body = '{"amount":1,"currency":"GBP","payment_method":"pm_card_timeout","confirm":true}';
  const slow = write(agent, 'slow', '/v1/payments', body);
  const ready = requestText('GET /readyz HTTP/1.1', 'Host: a', 'Connection: close');
  await expect.poll(() => responseTo(server.ports.http, ready)).toMatchObject({ status: 200 });
  server.child.kill('SIGTERM');
  await expect
    .poll(() => responseTo(server.ports.http, ready), { interval: 5 })
    .toMatchObject({ status: 503, body: 'the server is shutting down\n' });
  expect((await slow).status).toBe(504);
  agent.destroy();
});

test('an HTTP/2 connection gets GOAWAY at shutdown, and its streams get their responses', async () => {
  server = await spawnServer(stopsListening);
  const session = connectHttp2(`http://127.0.0.1:${server.ports.http2}`);
  await once(session, 'connect');
  const goaway = once(session, 'goaway');
  const stream = session.request({
    ...headers,
    ':method': 'POST',
    ':path': '/v1/payments',
    'idempotency-key': 'slow',
  });
  const answered = once(stream, 'response');
  stream.end('{"amount":1,"currency":"GBP","payment_method":"pm_card_timeout","confirm":true}');
  // Responses come in order: this one shows that the server has seen the stream.
  const other = session.request({ ':path': '/healthz' }).resume();
  await once(other, 'response');
  server.child.kill('SIGTERM');
  expect((await goaway)[0]).toBe(0);
  expect((await answered)[0][':status']).toBe(504);
  stream.resume();
  await once(session, 'close');
});

test.each(graphqlHosts)(
  'an event stream ends at shutdown and is not reported as complete: %s',
  async (host) => {
    server = await spawnServer({ ...goesOnListening, GRAPHQL_HOST: host });
    const url = `127.0.0.1:${server.ports.http}`;
    const { authorization } = headers;
    const socket = new WebSocket(`ws://${url}/ws`, { headers: { authorization } });
    await once(socket, 'open');
    const closed = once(socket, 'close');
    const sse = await fetch(`http://${url}/v1/events`, {
      headers: { authorization, accept: 'text/event-stream' },
    });
    const graphql = await fetch(`http://${url}/graphql`, {
      method: 'POST',
      headers: { ...headers, accept: 'text/event-stream' },
      body: JSON.stringify({ query: 'subscription { events { sequence } }' }),
    });
    expect([sse.status, graphql.status]).toEqual([200, 200]);
    const texts = Promise.all([sse.text(), graphql.text()]);
    server.child.kill('SIGTERM');
    expect((await closed)[0]).toBe(1012);
    const [events, results] = await texts;
    expect(events).toMatch(/retry: \d+/);
    expect(results).not.toContain('complete');
  },
);
