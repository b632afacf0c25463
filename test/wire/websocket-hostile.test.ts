import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PaymentsError, toPaymentsError } from '../../services/core/errors.ts';
import type { Core } from '../../services/core/invoke.ts';
import { operations } from '../../services/core/operations.ts';
import { errorFrame } from '../../services/websocket/errors.ts';
import { clientFrames, readFrame } from '../../services/websocket/frames.ts';
import { closeReason } from '../../services/wire/close-codes.ts';
import { readerKey } from '../house.ts';
import { hostileJson, hostileText } from './hostile-text.ts';
import { connect, enter, openRoom, type Peer, type Room } from './websocket-peer.ts';

let room: Room;
beforeAll(async () => {
  room = await openRoom();
});
afterAll(() => room.close());

const seeded = { seed: 20_261_127 };

const fields = {
  id: fc.oneof({ weight: 3, arbitrary: fc.constant('1') }, hostileText),
  type: fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom(...Object.keys(clientFrames)) },
    hostileText,
  ),
  operation: fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom(...Object.keys(operations)) },
    hostileText,
  ),
  input: fc.oneof(fc.dictionary(hostileText, hostileJson, { maxKeys: 3 }), hostileJson),
  idempotencyKey: hostileText,
  traceparent: hostileText,
  types: fc.array(hostileText, { maxLength: 2 }),
};
const frames = fc
  .tuple(
    fc.record(fields, { requiredKeys: ['id', 'type'] }),
    fc.dictionary(hostileText, hostileJson, { maxKeys: 1 }),
  )
  // JSON writes half a surrogate pair as an escape, which is the way that it comes by UTF-8.
  .map(([known, unknown]) => JSON.stringify({ ...unknown, ...known }));

test('any text of a frame can be repeated in errors and close reasons', () => {
  fc.assert(
    fc.property(frames, hostileText, (text, message) => {
      const received = readFrame(text);
      const thrown =
        'refused' in received ? received.refused : new PaymentsError('internal', message);
      const frame = errorFrame(
        'id' in received ? received.id : undefined,
        toPaymentsError(thrown),
        {
          requestId: 'req_1',
        },
      );
      expect(JSON.parse(frame)).toMatchObject({ type: 'error', error: { request_id: 'req_1' } });
      expect(frame.isWellFormed()).toBe(true);
      const reason = closeReason(message);
      expect(Buffer.byteLength(reason)).toBeLessThanOrEqual(123);
    }),
    { ...seeded, numRuns: 5000 },
  );
});

test('an unpaired surrogate in a name or a value is an error of its frame', async () => {
  const peer = await enter(room, readerKey);
  for (const frame of [
    String.raw`{"id":"1","type":"call","operation":"getPayment","input":{"id":"x","\ud800":1}}`,
    String.raw`{"id":"1","type":"call","operation":"listEvents","input":{},"\ud800":1}`,
    String.raw`{"id":"1","type":"subscribe","\ud800":1}`,
    String.raw`{"id":"1","type":"subscribe","types":["\udfff"]}`,
  ]) {
    peer.send(frame);
    expect(await peer.next(), frame).toMatchObject({
      id: '1',
      type: 'error',
      error: { code: 'validation_failed' },
    });
  }
  peer.ws.close();
});

test('any frame gets a response or closes its connection, but never gets `internal`', async () => {
  let peer: Peer | undefined;
  await fc.assert(
    fc.asyncProperty(frames, async (text) => {
      if (peer?.ws.readyState !== 1) peer = await enter(room);
      peer.send(text);
      const answer = await peer.next();
      expect(answer.error, text).not.toMatchObject({ code: 'internal' });
      if (answer.id === undefined) expect((await peer.closed).code).toBe(4400);
      else if (answer.type === 'subscribed') {
        peer.send({ id: answer.id, type: 'unsubscribe' });
        while ((await peer.next()).type !== 'unsubscribed');
      }
    }),
    { ...seeded, numRuns: 500 },
  );
  peer?.ws.close();
});

/** A room over a core of which some parts are broken. */
const openBroken = (break_: (core: Core) => Partial<Core>) =>
  openRoom({}, (core) => ({ ...core, ...break_(core) }));

test('an unexpected failure of a command gets an `internal` frame, and the connection goes on', async () => {
  const broken = await openBroken(() => ({
    // BigInt has no JSON.
    invoke: async () => ({ data: { kind: 'payment', payment: { amount: 1n } } }) as never,
    watch: async () => {
      throw new TypeError('broken');
    },
  }));
  const peer = await enter(broken);
  for (const frame of [
    { id: '1', type: 'call', operation: 'getPayment', input: { id: 'x' } },
    { id: '1', type: 'subscribe' },
    { id: '1', type: 'call', operation: 'getRefund', input: { id: 'x' } },
  ]) {
    peer.send(frame);
    expect(await peer.next()).toMatchObject({ id: '1', error: { code: 'internal' } });
  }
  expect(broken.records.filter(({ code }) => code === 'internal')).toHaveLength(3);
  peer.ws.close();
  await broken.close();
});

test('a failure to send an error closes only that connection with 1011', async () => {
  const broken = await openBroken((core) => ({
    refuse: async (caller, error, operation) => {
      if (error.code === 'unauthenticated') return core.refuse(caller, error, operation);
      throw new TypeError('broken');
    },
  }));
  const bystander = await enter(broken);
  for (const frame of [
    { id: '1', type: 'call', operation: 'getPayment', input: {} },
    { id: '1', type: 'call', operation: 'none', input: {} },
    { id: '1', type: 'subscribe', after: -1 },
    { type: 'shout' },
  ]) {
    const peer = await enter(broken);
    peer.send(frame);
    expect(await peer.closed, JSON.stringify(frame)).toMatchObject({ code: 1011 });
  }
  const early = await connect(broken);
  early.send({ type: 'shout' });
  expect(await early.closed).toMatchObject({ code: 1011 });
  bystander.send({ id: '1', type: 'unsubscribe' });
  expect(await bystander.next()).toMatchObject({ id: '1', type: 'unsubscribed' });
  bystander.ws.close();
  await broken.close();
});
