import { once } from 'node:events';
import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import type { Observe } from '../../services/core/observe.ts';
import { graphqlHosts } from '../graphql-host.ts';
import { adminKey, type House, openHouse } from '../house.ts';
import { openGraphqlHouse, post } from './graphql-room.ts';
import { openGraphqlSocket, openWelcomeSocket } from './graphql-socket.ts';
import { startGrpc } from './grpc-room.ts';
import { closeOf, frame, openWire } from './grpc-wire.ts';
import { ask, openRestServer } from './rest-server.ts';
import { openRoom as openSseRoom } from './sse-room.ts';
import { enter, openRoom as openWebsocketRoom, payment } from './websocket-peer.ts';

/** Keeps what it observes: how often requests begin, and how each of them ends. */
function openBook() {
  const ends: string[] = [];
  const durations = new Map<string, number>();
  const merchants = new Map<string, string | undefined>();
  let begun = 0;
  const observe: Observe = {
    start(request) {
      begun += 1;
      return (code) => {
        ends.push(`${request.operation} ${code}`);
        durations.set(request.operation, performance.now() - request.startedMs);
        if (code === 'ok') merchants.set(request.operation, request.merchantId);
      };
    },
  };
  /** Every request that began has ended, once, as expected; in no particular order. */
  const expectEnds = (...expected: string[]) =>
    vi.waitFor(
      () => {
        expect([...ends].sort()).toEqual(expected.sort());
        expect(begun).toBe(expected.length);
      },
      { timeout: 120_000, interval: 10 },
    );
  return { observe, durations, merchants, expectEnds };
}

const auth = { authorization: `Bearer ${adminKey}` };
const card = { amount: 1200, currency: 'GBP', payment_method: 'pm_card_ok' };

test('REST: every request ends in exactly one observation', async () => {
  const book = openBook();
  const server = await openRestServer({ observe: book.observe });
  const url = `${server.http1}/v1/payments`;
  const json = { 'content-type': 'application/json' };
  const made = await ask(url, { json: card });
  expect(made.status).toBe(201);
  const statuses = [
    await ask(`${url}/${made.json.id}?expand=refunds`),
    await ask(`${url}/pay_none`),
    await ask(url, { body: '{"amount":', headers: json }),
    await ask(url, { key: 'sk_test_nobody' }),
    await ask(url, { method: 'OPTIONS' }),
    await ask(url, { method: 'DELETE' }),
    await ask(`${server.http1}/v1/nothing`),
    await ask(`${server.http1}/openapi.json`),
    await ask(`${server.http1}/docs/errors/nothing`),
  ].map(({ status }) => status);
  expect(statuses).toEqual([200, 404, 400, 401, 204, 405, 404, 200, 404]);
  await book.expectEnds(
    'createPayment ok',
    'getPayment ok',
    'getPayment not_found',
    'createPayment validation_failed',
    'listPayments unauthenticated',
    'none ok',
    'none method_not_allowed',
    'none not_found',
    'none ok',
    'none not_found',
  );
  await server.close();
});

test('REST: the duration of a request includes the arrival of its body', async () => {
  const book = openBook();
  const server = await openRestServer({ observe: book.observe });
  const body = new ReadableStream({
    async start(controller) {
      controller.enqueue(new TextEncoder().encode('{"name":'));
      await sleep(100);
      controller.enqueue(new TextEncoder().encode('"Ada"}'));
      controller.close();
    },
  });
  const headers = { 'content-type': 'application/json' };
  await ask(`${server.http1}/v1/customers`, { body, headers });
  await book.expectEnds('createCustomer ok');
  expect(book.durations.get('createCustomer')).toBeGreaterThan(90);
  await server.close();
});

test('gRPC: every request ends in exactly one observation', async () => {
  const book = openBook();
  const house = await openHouse(undefined, { observe: book.observe });
  const server = await startGrpc(house.core);
  const wire = await openWire(server.port);
  const list = { ':path': '/payments.v1.PaymentService/ListPayments' };
  const watch = { ':path': '/payments.v1.EventService/WatchEvents' };
  await wire.call(list);
  await wire.call(list, frame(Buffer.from([0xff])));
  await wire.call({ ...list, authorization: 'Bearer nobody' });
  await wire.call({ ...list, 'grpc-timeout': '1n' });
  await wire.call({ ...list, 'content-type': 'text/plain' });
  await wire.call({ ':path': '/payments.v1.PaymentService/Nothing' });
  await wire.call({ ':path': '/grpc.health.v1.Health/Check' });
  const health = wire.open({ ':path': '/grpc.health.v1.Health/Watch' });
  health.end(frame(Buffer.alloc(0)));
  await once(health, 'data');
  health.close(8);
  const unsaid = wire.open(list);
  await sleep(20);
  unsaid.close(8);
  const watching = wire.open(watch);
  const watched = closeOf(watching);
  watching.end(frame(Buffer.alloc(0)));
  await once(watching, 'response');
  watching.close(8);
  await watched;
  await book.expectEnds(
    'listPayments ok',
    'listPayments validation_failed',
    'listPayments unauthenticated',
    'none timeout',
    'none unsupported_media_type',
    'none method_not_allowed',
    'none ok',
    'none ok',
    'none method_not_allowed',
    'watchEvents ok',
  );
  wire.close();
  await server.close();
  await house.close();
});

test('SSE: every stream and every refusal ends in exactly one observation', async () => {
  const book = openBook();
  const house = await openHouse(undefined, { observe: book.observe });
  const room = await openSseRoom(house);
  const leave = new AbortController();
  const open = await fetch(room.url, { headers: auth, signal: leave.signal });
  expect(open.status).toBe(200);
  leave.abort();
  await fetch(room.url, { method: 'HEAD', headers: auth });
  await fetch(room.url, { method: 'OPTIONS' });
  await fetch(room.url, { method: 'DELETE' });
  await fetch(`${room.url}?after=x`, { headers: auth });
  await fetch(room.url);
  await book.expectEnds(
    'watchEvents ok',
    'watchEvents ok',
    'none ok',
    'none method_not_allowed',
    'watchEvents validation_failed',
    'watchEvents unauthenticated',
  );
  room.close();
  await house.close();
});

test('WebSocket: every command ends in exactly one observation', async () => {
  const book = openBook();
  const room = await openWebsocketRoom({}, undefined, { observe: book.observe });
  const peer = await enter(room);
  const call = { type: 'call', operation: 'createPayment', input: payment };
  peer.send({ ...call, id: '1', idempotencyKey: 'k' });
  await peer.next();
  peer.send({ ...call, id: '2' });
  await peer.next();
  peer.send({ ...call, id: '3', operation: 'nothing' });
  await peer.next();
  peer.send({ type: 'subscribe', id: '4' });
  await peer.next();
  peer.send({ type: 'unsubscribe', id: '4' });
  await peer.next();
  peer.send({ type: 'unsubscribe', id: 'none' });
  await peer.next();
  peer.send({ type: 'subscribe', id: '5' });
  await peer.next();
  peer.ws.terminate();
  await peer.closed;
  await book.expectEnds(
    'createPayment ok',
    'createPayment idempotency_key_missing',
    'none validation_failed',
    'watchEvents ok',
    'none ok',
    'watchEvents ok',
  );
  await room.close();
});

const read = '{ payments(first: 1) { nodes { id } } }';
// For its length: a text takes tokens before it is parsed.
const costly = '\n'.repeat(4000);
const watch = 'subscription { events { sequence } }';
const watchNothing = 'subscription { events(after: "x") { sequence } }';
const keyless = 'mutation { createCustomer(input: { name: "A" }) { __typename } }';
const unknownHash = { persistedQuery: { version: 1, sha256Hash: '0'.repeat(64) } };
const events = { accept: 'text/event-stream' };

/** The ends of what every transport of GraphQL is asked in the tests that follow. */
const endsOfDocuments = [
  'listPayments ok',
  'document ok',
  // Answered with data: its only call failed.
  'createCustomer idempotency_key_missing',
  'document ok',
  'document validation_failed',
  'document not_found',
  'document query_too_costly',
  'watchEvents validation_failed',
  'document validation_failed',
];
const documents = [
  { query: read },
  { query: keyless },
  { query: '{ nothing }' },
  { query: '', extensions: unknownHash },
  { query: costly },
  { query: watchNothing },
];

describe.each(graphqlHosts)('GraphQL over HTTP, by the %s host', (host) => {
  test('every document ends one observation, and so does every call in it', async () => {
    const book = openBook();
    const room = await openGraphqlHouse({ host }, undefined, { observe: book.observe });
    const { target } = room;
    const url = `${target}/graphql`;
    for (const document of documents) {
      await post(target, document, { accept: 'application/json, text/event-stream' });
    }
    expect((await post(target, { query: read }, events)).body).toContain('event: complete');
    await fetch(`${url}?query=${encodeURIComponent(read)}`, { headers: auth });
    await fetch(`${url}?documentId=unknown`, { headers: auth });
    await post(target, '{');
    await post(target, { query: read }, { key: 'sk_test_nobody' });
    await post(target, { query: 'x'.repeat(70_000) });
    await post(target, { query: read }, { accept: 'image/png' });
    await fetch(url, { method: 'PUT', headers: auth });
    await book.expectEnds(
      ...endsOfDocuments,
      'listPayments ok',
      'document ok',
      'listPayments ok',
      'document ok',
      'document not_found',
      'document validation_failed',
      'document unauthenticated',
      'document payload_too_large',
      'document not_acceptable',
      'document method_not_allowed',
    );
    expect(book.merchants.get('document')).toBe(book.merchants.get('listPayments'));
    await room.close();
  });

  test('a document of a stream ends when the client leaves, or the server', async () => {
    const book = openBook();
    const room = await openGraphqlHouse({ host }, undefined, { observe: book.observe });
    const open = async (signal?: AbortSignal) => {
      const response = await fetch(`${room.target}/graphql`, {
        method: 'POST',
        headers: { ...auth, ...events, 'content-type': 'application/json' },
        body: JSON.stringify({ query: watch }),
        ...(signal && { signal }),
      });
      expect(response.status).toBe(200);
      return response;
    };
    const leave = new AbortController();
    await open(leave.signal);
    leave.abort();
    await book.expectEnds('watchEvents ok', 'document ok');
    const left = await open();
    const closed = room.room.close();
    await left.text();
    await closed;
    await book.expectEnds('watchEvents ok', 'document ok', 'watchEvents ok', 'document ok');
    await room.close();
  });

  test('a document ends once whose client leaves while its calls run', async () => {
    const book = openBook();
    const { promise: gone, resolve: go } = Promise.withResolvers<void>();
    const { promise: called, resolve: call } = Promise.withResolvers<void>();
    const slow = ({ core }: House): House['core'] => ({
      ...core,
      async invoke(...given) {
        call();
        await gone;
        return core.invoke(...given);
      },
    });
    const room = await openGraphqlHouse({ host }, slow, { observe: book.observe });
    const leave = new AbortController();
    const asked = fetch(`${room.target}/graphql`, {
      method: 'POST',
      headers: { ...auth, 'content-type': 'application/json' },
      body: JSON.stringify({ query: read }),
      signal: leave.signal,
    }).catch(() => {});
    await called;
    leave.abort();
    await asked;
    // The server sees it a moment later.
    await sleep(50);
    go();
    await book.expectEnds('listPayments ok', 'document ok');
    await room.close();
  });

  test('the time in which a body arrives belongs to the document', async () => {
    const book = openBook();
    const room = await openGraphqlHouse({ host }, undefined, { observe: book.observe });
    const text = JSON.stringify({ query: read });
    const asked = request(`${room.target}/graphql`, {
      method: 'POST',
      headers: { ...auth, 'content-type': 'application/json' },
    });
    asked.write(text.slice(0, 10));
    await sleep(100);
    asked.end(text.slice(10));
    await book.expectEnds('listPayments ok', 'document ok');
    expect(book.durations.get('document')).toBeGreaterThan(90);
    await room.close();
  });
});

describe('GraphQL over WebSocket', () => {
  test('every operation ends one observation, and so does every call in it', async () => {
    const book = openBook();
    const room = await openGraphqlHouse({}, undefined, { observe: book.observe });
    const peer = await openWelcomeSocket(room.target);
    const ended = async (id: string) => {
      for (;;) {
        const { id: of, type } = await peer.next();
        if (of === id && type !== 'next') return;
      }
    };
    for (const [at, payload] of documents.entries()) {
      peer.send({ id: `${at}`, type: 'subscribe', payload });
      await ended(`${at}`);
    }
    const stream = ['watchEvents ok', 'document ok'];
    const open = async (id: string) => {
      peer.send({ id, type: 'subscribe', payload: { query: watch } });
      expect((await peer.next()).payload).toMatchObject({ subscribed: id });
    };
    await open('completed');
    peer.send({ id: 'completed', type: 'complete' });
    await book.expectEnds(...endsOfDocuments, ...stream);
    await open('cut');
    peer.socket.terminate();
    await peer.closed;
    await book.expectEnds(...endsOfDocuments, ...stream, ...stream);
    expect(book.merchants.get('document')).toBe(book.merchants.get('listPayments'));
    await room.close();
  });

  test('what is refused before a document is one refusal of the connection', async () => {
    const book = openBook();
    const room = await openGraphqlHouse({}, undefined, { observe: book.observe });
    const early = await openGraphqlSocket(room.target);
    early.send({ id: '1', type: 'subscribe', payload: { query: read } });
    await early.closed;
    await book.expectEnds('none unauthenticated');
    const stranger = await openGraphqlSocket(room.target);
    stranger.send({ type: 'connection_init', payload: { authorization: 'Bearer nobody' } });
    await stranger.closed;
    await book.expectEnds('none unauthenticated', 'authenticate unauthenticated');
    await room.close();
  });
});
