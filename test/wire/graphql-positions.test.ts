import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import type { Core } from '../../services/core/invoke.ts';
import { decodeEvent, type GraphqlEvent } from '../../services/graphql/client-codecs.ts';
import { adminKey } from '../house.ts';
import { type GraphqlHouse, once, openGraphqlHouse, post, simple } from './graphql-room.ts';
import { type Frame, type GraphqlSocket, openWelcomeSocket } from './graphql-socket.ts';

/** Where a subscription is, so that a client that was cut can resume without a gap. */

let room: GraphqlHouse;
let hold: Promise<void> | undefined;
let held = 0;

const wrap = ({ core }: { readonly core: Core }): Core => ({
  ...core,
  invoke(name, caller, input) {
    if (!hold || name !== 'getCustomersByIds') return core.invoke(name, caller, input);
    held += 1;
    return hold.then(() => core.invoke(name, caller, input));
  },
});

beforeAll(async () => {
  room = await openGraphqlHouse({ sockets: { heartbeatMs: 20 } }, wrap);
});
afterAll(() => room.close());
const peers: GraphqlSocket[] = [];
afterEach(() => {
  for (const { socket } of peers.splice(0)) socket.terminate();
});

/** Waits for a condition; the time is for a busy machine only. */
const until = (check: () => unknown) => vi.waitFor(check, { timeout: 120_000, interval: 5 });
const lastSequence = () => room.house.store.of('acct_retail').lastSequence();
const write = () => room.direct.createPayment(simple, once());

async function subscribed(query: string) {
  const peer = await openWelcomeSocket(room.target);
  peers.push(peer);
  peer.send({ id: 'mine', type: 'subscribe', payload: { query } });
  return peer;
}

const ofType = ({ frames }: GraphqlSocket, type: string): readonly Frame[] =>
  frames.filter((frame) => frame.type === type);
const positions = (peer: GraphqlSocket): readonly number[] =>
  ofType(peer, 'ping').map(({ payload }) => (payload as Positions).positions.mine ?? -1);
interface Positions {
  readonly positions: { readonly mine?: number };
}

test('a stream that is cut before its first event resumes at its reported position without a gap', async () => {
  const peer = await subscribed('subscription { events { sequence } }');
  const start = await lastSequence();
  expect(await peer.next()).toMatchObject({
    type: 'ping',
    payload: { subscribed: 'mine', positions: { mine: start } },
  });
  peer.socket.terminate();
  await write();
  await write();
  const again = await subscribed(`subscription { events(after: "${start}") { sequence } }`);
  await until(() => expect(ofType(again, 'next')).toHaveLength(2));
  expect(ofType(again, 'next')).toMatchObject([
    { payload: { data: { events: { sequence: start + 1 } } } },
    { payload: { data: { events: { sequence: start + 2 } } } },
  ]);
});

test('heartbeats advance the position past events of other types', async () => {
  const peer = await subscribed('subscription { events(types: [PAYMENT_CANCELED]) { sequence } }');
  await until(() => expect(positions(peer).length).toBeGreaterThan(0));
  await write();
  const sequence = await lastSequence();
  await until(() => expect(positions(peer).at(-1)).toBe(sequence));
  expect(ofType(peer, 'next')).toEqual([]);
});

test('the position is never after an event whose result was not sent', async () => {
  const customer = await room.direct.createCustomer({ name: 'A' }, once());
  const peer = await subscribed(
    'subscription { events { sequence data { ... on Payment { customer { id } } } } }',
  );
  await until(() => expect(positions(peer).length).toBeGreaterThan(0));
  const before = await lastSequence();
  const { promise, resolve } = Promise.withResolvers<void>();
  hold = promise;
  held = 0;
  await room.direct.createPayment({ ...simple, customer: customer.id }, once());
  await until(() => expect(held).toBe(1));
  const heard = positions(peer).length;
  await until(() => expect(positions(peer).length).toBeGreaterThan(heard + 2));
  expect(Math.max(...positions(peer))).toBe(before);
  hold = undefined;
  resolve();
  await until(() => expect(positions(peer).at(-1)).toBe(before + 1));
  const types = peer.frames.map(({ type }) => type);
  expect(types.indexOf('next')).toBeLessThan(types.lastIndexOf('ping'));
});

test('a position that does not exist yet is refused by name, over socket and event stream', async () => {
  for (const after of [(await lastSequence()) + 1, Number.MAX_SAFE_INTEGER]) {
    const query = `subscription { events(after: "${after}") { sequence } }`;
    const peer = await subscribed(query);
    expect(await peer.next()).toMatchObject({
      id: 'mine',
      type: 'error',
      payload: [{ extensions: { code: 'position_out_of_range' } }],
    });
    const answer = await post(room.target, { query }, { accept: 'text/event-stream' });
    expect(answer).toMatchObject({
      status: 409,
      body: { errors: [{ extensions: { code: 'position_out_of_range' } }] },
    });
  }
});

test.each(['9007199254740993', '1e3', ' 1'])(
  'a position that is not a safe integer is repeated unchanged in the error: %j',
  async (after) => {
    const query = `subscription { events(after: "${after}") { sequence } }`;
    const { body } = await post(room.target, { query }, { accept: 'text/event-stream' });
    expect(body.errors[0].message).toContain(`got "${after}"`);
  },
);

test('the stream of the client reports its position before and after its events', async () => {
  const client = await room.connect(adminKey);
  const end = new AbortController();
  const start = await lastSequence();
  const events = await client.watchEvents({ types: ['customer.created'] }, { signal: end.signal });
  expect(events).toMatchObject({ start, position: start });
  await write();
  await until(() => expect(events.position).toBe(start + 1));
  await room.direct.createCustomer({ name: 'B' }, once());
  for await (const { sequence } of events) {
    expect(sequence).toBe(start + 2);
    expect(events.position).toBe(start + 2);
    break;
  }
  end.abort();
  const rest = await client.watchEvents({ after: start }, { signal: new AbortController().signal });
  const seen: number[] = [];
  for await (const { sequence } of rest) {
    seen.push(sequence);
    if (seen.length === 2) break;
  }
  expect(seen).toEqual([start + 1, start + 2]);
});

test('the client passes events of a newer contract through unchanged', () => {
  // What a server sends that knows more types and resources than this client.
  const event = decodeEvent({
    id: 'evt_1',
    sequence: 7,
    type: 'DISPUTE_OPENED',
    createdAt: '2026-01-01T00:00:00Z',
    data: { __typename: 'Dispute' },
  } as unknown as GraphqlEvent);
  expect(event).toMatchObject({ sequence: 7, type: 'DISPUTE_OPENED', data: { kind: 'unknown' } });
});
