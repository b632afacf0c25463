import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import type { Observe } from '../../services/core/observe.ts';
import { adminKey, openHouse } from '../house.ts';
import { startGrpc } from './grpc-room.ts';
import { closeOf, frame, openWire } from './grpc-wire.ts';
import { ask, openRestServer } from './rest-server.ts';
import { openRoom as openSseRoom } from './sse-room.ts';
import { enter, openRoom as openWebsocketRoom, payment } from './websocket-peer.ts';

/** Keeps what it observes: how often requests begin, and how each of them ends. */
function openBook() {
  const ends: string[] = [];
  const durations = new Map<string, number>();
  let begun = 0;
  const observe: Observe = {
    start(request) {
      begun += 1;
      return (code) => {
        ends.push(`${request.operation} ${code}`);
        durations.set(request.operation, performance.now() - request.startedMs);
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
  return { observe, durations, expectEnds };
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
    await ask(`${server.http1}/docs/errors/not_found`),
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
