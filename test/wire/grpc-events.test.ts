import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ServiceError, status } from '@grpc/grpc-js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Event } from '../../services/core/events/event.ts';
import type { Caller, Core } from '../../services/core/invoke.ts';
import { createGrpcClient, type GrpcClient } from '../../services/grpc/client.ts';
import { eventService } from '../../services/wire/protobuf/contract.ts';
import { adminKey } from '../house.ts';
import { detailsOf, openPeer, type Peer } from './grpc-peer.ts';
import { coreParts, type GrpcRoom, largeEvent, openGrpcRoom, startGrpc } from './grpc-room.ts';

let room: GrpcRoom;
let client: GrpcClient;

beforeAll(async () => {
  room = await openGrpcRoom();
  client = await createGrpcClient({ target: `127.0.0.1:${room.server.port}`, key: adminKey });
});
afterAll(async () => {
  await client.close();
  await room.close();
});

const { WatchEvents } = eventService;

const fresh = () => ({ idempotencyKey: randomUUID() });

const newCustomer = (name: string) => client.createCustomer({ name }, fresh());

/** The error that a stream ends with; its messages go to `seen`. */
async function endOf(stream: ReturnType<Peer['open']>, seen: unknown[] = []) {
  stream.on('data', (message) => seen.push(message));
  const ended = Promise.withResolvers<ServiceError>();
  stream.on('error', (error: ServiceError) => ended.resolve(error));
  return ended.promise;
}

test('initial metadata confirms the subscription of a stream before any event', async () => {
  const stream = room.peer.open(WatchEvents, {});
  stream.on('error', () => {});
  const [metadata] = await once(stream, 'metadata');
  expect(metadata.get('x-request-id')).toEqual([expect.stringMatching(/^req_/)]);
  const event = once(stream, 'data');
  const { id } = await newCustomer('first');
  expect(await event).toMatchObject([{ type: 'EVENT_TYPE_CUSTOMER_CREATED', customer: { id } }]);
  stream.cancel();
});

test('a refused stream has the reason and the request id in its error', async () => {
  const none = await endOf(room.peer.open(WatchEvents, {}, { 'x-request-id': 'shop-7' }));
  expect(none.code).toBe(status.UNAUTHENTICATED);
  expect(none.metadata.get('x-request-id')).toEqual(['shop-7']);
  // A newer client's event type: the number is all that the wire carries.
  const odd = await endOf(room.peer.open(WatchEvents, { types: [77 as 1] }));
  expect(odd.code).toBe(status.INVALID_ARGUMENT);
  expect(detailsOf(odd)[1]).toMatchObject([
    'BadRequest',
    { fieldViolations: [{ field: 'types[0]' }] },
  ]);
});

test('a stream resumes after a sequence and delivers only its types', async () => {
  const after = await room.house.store.of('acct_retail').lastSequence();
  await newCustomer('a');
  await client.createPayment({ amount: 1, currency: 'GBP', paymentMethod: 'pm_card_ok' }, fresh());
  await newCustomer('b');
  const end = new AbortController();
  const events = await client.watchEvents(
    { after, types: ['customer.created'] },
    { signal: end.signal },
  );
  const seen: number[] = [];
  for await (const event of events) {
    seen.push(event.sequence);
    if (seen.length === 2) end.abort();
  }
  expect(seen).toEqual([after + 1, after + 3]);
});

test('revoking a key ends its streams with UNAUTHENTICATED after the committed events', async () => {
  const key = await client.createKey(
    { name: 'watch', scopes: ['events:read', 'payments:read', 'customers:read'] },
    fresh(),
  );
  const authorization = `Bearer ${key.secret}`;
  const stream = room.peer.open(WatchEvents, {}, { authorization });
  const seen: unknown[] = [];
  const end = endOf(stream, seen);
  await once(stream, 'metadata');
  await newCustomer('before');
  await expect.poll(() => seen.length).toBe(1);
  await client.revokeKey({ id: key.id }, fresh());
  const error = await end;
  expect(error.code).toBe(status.UNAUTHENTICATED);
  expect(detailsOf(error)[0]).toMatchObject(['ErrorInfo', { reason: 'UNAUTHENTICATED' }]);
});

/** A server around a core that only streams. */
async function streaming(events: (caller: Caller) => AsyncGenerator<Event>) {
  // Only these are ever called here.
  const core = {
    watch: async (_name: string, caller: Caller) => events(caller),
    ...coreParts,
  } as unknown as Core;
  const around = await startGrpc(core);
  return { ...around, peer: openPeer(around.port) };
}

test('a client that disconnects ends its streams in the core', async () => {
  const left = Promise.withResolvers<boolean>();
  const around = await streaming(async function* ({ signal }) {
    yield largeEvent(1);
    await new Promise((resolve) => signal?.addEventListener('abort', resolve));
    left.resolve(true);
  });
  const stream = around.peer.open(WatchEvents, {});
  stream.on('error', () => {});
  await once(stream, 'data');
  stream.cancel();
  expect(await left.promise).toBe(true);
  around.peer.close();
  await around.close();
});

test('a slow reader gets every event in order', async () => {
  const total = 3000;
  let made = 0;
  const around = await streaming(async function* () {
    for (made = 1; made <= total; made += 1) yield largeEvent(made);
  });
  const stream = around.peer.open(WatchEvents, {});
  stream.on('error', () => {});
  // Asks for the first events; without that grpc-js keeps all that comes in memory.
  stream.read(0);
  await once(stream, 'metadata');
  await sleep(300);
  expect(made).toBeLessThan(total / 10);
  const seen: number[] = [];
  for await (const { sequence } of stream) seen.push(sequence);
  expect(seen).toEqual(Array.from({ length: total }, (_, i) => i + 1));
  around.peer.close();
  await around.close();
});

test('closing the server ends streams with UNAVAILABLE without waiting for their clients', async () => {
  const around = await startGrpc(room.house.core);
  const watcher = openPeer(around.port);
  const stream = watcher.open(WatchEvents, {});
  const end = endOf(stream);
  await once(stream, 'metadata');
  await around.close();
  const error = await end;
  expect(error.code).toBe(status.UNAVAILABLE);
  expect(detailsOf(error)).toMatchObject([
    ['ErrorInfo', { reason: 'OVERLOADED' }],
    ['RetryInfo', {}],
  ]);
  watcher.close();
});

test('a stream of a closing server fails with `overloaded` and the time to wait in the gRPC client', async () => {
  const around = await startGrpc(room.house.core);
  const target = `127.0.0.1:${around.port}`;
  const watcher = await createGrpcClient({ target, key: adminKey });
  const events = await watcher.watchEvents({}, { signal: new AbortController().signal });
  const reading = (async () => {
    for await (const _event of events);
  })();
  const ended = expect(reading).rejects.toMatchObject({
    code: 'overloaded',
    details: { retryAfterMs: expect.any(Number) },
  });
  await around.close();
  await ended;
  await watcher.close();
});
