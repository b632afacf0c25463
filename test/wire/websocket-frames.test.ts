import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { operations } from '../../services/core/operations.ts';
import { clientFrames } from '../../services/websocket/frames.ts';
import { adminKey } from '../house.ts';
import { connect, enter, openRoom, payment, type Room } from './websocket-peer.ts';

let room: Room;
beforeAll(async () => {
  room = await openRoom();
});
afterAll(() => room.close());

describe('a frame that is not a message of the protocol', () => {
  test.each([
    ['not JSON', 'hello?', 4400],
    ['a JSON text', '"hello"', 4400],
    ['null', 'null', 4400],
    ['a list', '[]', 4400],
    ['without a type', '{}', 4400],
    ['of an unknown type', '{"id":"1","type":"shout"}', 4400],
    ['of the type __proto__', '{"id":"1","type":"__proto__"}', 4400],
    ['a call without an id', '{"type":"call","operation":"listPayments","input":{}}', 4400],
    ['a call with a number as id', '{"id":1,"type":"call","operation":"listPayments"}', 4400],
    ['a call with a long id', JSON.stringify({ id: 'x'.repeat(65), type: 'call' }), 4400],
    ['a subscription without an id', '{"type":"subscribe"}', 4400],
    ['binary', Buffer.from('{"id":"1","type":"unsubscribe"}'), 4400],
    ['larger than 64 KiB', ' '.repeat(65 * 1024), 1009],
    ['nested deeply', '['.repeat(60_000), 4400],
  ])('ends the connection: %s', async (_what, message, code) => {
    const peer = await enter(room);
    peer.send(message);
    expect((await peer.closed).code).toBe(code);
  });

  test('gets an error or closes its connection, and the server goes on', async () => {
    const frame = fc.record(
      {
        id: fc.oneof(fc.constantFrom('1', ''), fc.jsonValue()),
        type: fc.oneof(fc.constantFrom(...Object.keys(clientFrames)), fc.jsonValue()),
        operation: fc.oneof(fc.constantFrom(...Object.keys(operations)), fc.jsonValue()),
        input: fc.jsonValue(),
        after: fc.jsonValue(),
        types: fc.jsonValue(),
        idempotencyKey: fc.jsonValue(),
      },
      { requiredKeys: [] },
    );
    const text = fc.oneof(
      frame.map((value) => JSON.stringify(value)),
      fc.string({ unit: 'binary' }).map((value) => value.toWellFormed()),
    );
    await fc.assert(
      fc.asyncProperty(text, async (message) => {
        const peer = await enter(room);
        peer.send(message);
        const answer = await peer.next();
        expect(['result', 'error', 'subscribed', 'unsubscribed']).toContain(answer.type);
        if (answer.id === undefined) expect(await peer.closed).toMatchObject({ code: 4400 });
        else peer.ws.terminate();
        if (answer.type === 'error') expect(answer.error).not.toMatchObject({ code: 'internal' });
      }),
      { numRuns: 150 },
    );
  });

  test('ends the connection if it is malformed or not UTF-8', async () => {
    // The socket under a client of `ws` is not public; a test may reach for it.
    const raw = (peer: { ws: unknown }) =>
      (peer.ws as { _socket: { write(bytes: Buffer): void } })._socket;
    const garbage = await enter(room);
    raw(garbage).write(Buffer.alloc(64, 0xff));
    expect((await garbage.closed).code).toBe(1002);
    const mangled = await enter(room);
    mangled.ws.send(Buffer.from([0xc3, 0x28]), { binary: false });
    expect((await mangled.closed).code).toBe(1007);
  });

  test('ends the connection if its id is in use, because responses would be ambiguous', async () => {
    const peer = await enter(room);
    const call = {
      id: '1',
      type: 'call',
      operation: 'createPayment',
      input: { ...payment, payment_method: 'pm_card_timeout', confirm: true },
    };
    peer.send({ ...call, idempotencyKey: 'twice-1' });
    peer.send({ ...call, idempotencyKey: 'twice-2' });
    expect(await peer.closed).toMatchObject({ code: 4400 });
  });
});

describe('above the limits,', () => {
  test('calls, subscriptions and early frames end the connection with 4429', async () => {
    const small = await openRoom({ calls: 2, subscriptions: 2, earlyFrames: 2 });
    const slow = { ...payment, payment_method: 'pm_card_timeout', confirm: true };
    const calls = await enter(small);
    for (const id of ['1', '2', '3']) {
      const call = { id, type: 'call', operation: 'createPayment', input: slow };
      calls.send({ ...call, idempotencyKey: `many-${id}` });
    }
    expect(await calls.closed).toMatchObject({ code: 4429 });

    const subscriptions = await enter(small);
    for (const id of ['1', '2', '3']) subscriptions.send({ id, type: 'subscribe' });
    expect(await subscriptions.closed).toMatchObject({ code: 4429 });

    const early = await connect(small);
    early.send({ type: 'hello', key: adminKey });
    for (const id of ['1', '2', '3']) early.send({ id, type: 'unsubscribe' });
    expect(await early.closed).toMatchObject({ code: 4429 });
    await small.close();
  });
});
