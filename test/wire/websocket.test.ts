import { once } from 'node:events';
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { errorCodes } from '../../services/core/errors.ts';
import { closeCode } from '../../services/wire/close-codes.ts';
import { adminKey, keyOf, readerKey, stillLimits } from '../house.ts';
import { connect, enter, type Frame, openRoom, payment, type Room } from './websocket-peer.ts';

let room: Room;
beforeAll(async () => {
  room = await openRoom();
});
afterAll(() => room.close());

describe('a hello frame', () => {
  test('gets a welcome with the request id of the upgrade and the limits', async () => {
    const peer = await connect(room, { headers: { 'x-request-id': 'req_mine' } });
    peer.send({ type: 'hello', key: adminKey });
    expect(await peer.next()).toMatchObject({
      type: 'welcome',
      request_id: 'req_mine',
      limits: { message_bytes: 65536, calls: 1024, subscriptions: 32, ping_ms: 20_000 },
    });
    expect(peer.ws.protocol).toBe('payments.v1.json');
    expect(peer.ws.extensions).toBe('');
    peer.ws.close();
  });

  test('is not needed if the upgrade has an Authorization header', async () => {
    const peer = await connect(room, { headers: { authorization: `Bearer ${readerKey}` } });
    expect(await peer.next()).toMatchObject({ type: 'welcome' });
    peer.ws.close();
  });

  test('may be followed at once by commands, whose responses come in order', async () => {
    const peer = await connect(room);
    peer.send({ type: 'hello', key: adminKey });
    peer.send({ id: '1', type: 'call', operation: 'listPayments', input: {} });
    peer.send({ id: '2', type: 'unsubscribe' });
    expect((await peer.next()).type).toBe('welcome');
    expect(new Set([(await peer.next()).id, (await peer.next()).id])).toEqual(new Set(['1', '2']));
    peer.ws.close();
  });

  test.each([
    ['unknown', { type: 'hello', key: 'sk_test_unknown' }],
    ['absent', { type: 'hello' }],
  ])('with a key that is %s ends with the problem and 4401', async (_what, hello) => {
    const peer = await connect(room, { headers: { 'x-request-id': 'req_mine' } });
    peer.send(hello);
    const frame = await peer.next();
    expect(frame).toMatchObject({
      type: 'error',
      error: { code: 'unauthenticated', request_id: 'req_mine' },
    });
    expect(frame).not.toHaveProperty('id');
    expect(await peer.closed).toMatchObject({ code: 4401 });
  });

  test('is not awaited after an invalid Authorization header, which closes with 4401', async () => {
    for (const authorization of ['Bearer sk_test_unknown', 'Basic abc']) {
      const peer = await connect(room, { headers: { authorization } });
      expect(await peer.closed).toMatchObject({ code: 4401 });
    }
  });

  test('that does not arrive in time closes with 4408', async () => {
    const strict = await openRoom({ helloMs: 50 });
    const peer = await connect(strict);
    expect(await peer.next()).toMatchObject({ type: 'error', error: { code: 'timeout' } });
    expect(await peer.closed).toEqual({
      code: 4408,
      reason: 'Expected a hello within 50 ms, got none.',
    });
    await strict.close();
  });

  test('must be the first frame and not be repeated', async () => {
    const early = await connect(room);
    early.send({ id: '1', type: 'call', operation: 'listPayments', input: {} });
    expect(await early.closed).toMatchObject({ code: 4401 });
    const twice = await enter(room);
    twice.send({ type: 'hello', key: adminKey });
    expect(await twice.closed).toMatchObject({ code: 4400 });
  });
});

describe('the upgrade', () => {
  test('is refused with 400 if only other subprotocols are offered', async () => {
    await expect(connect(room, {}, ['chat', 'soap'])).rejects.toThrow('400');
    const peer = await connect(room, {}, ['chat', 'payments.v1.json']);
    expect(peer.ws.protocol).toBe('payments.v1.json');
    peer.ws.close();
  });

  test('needs no subprotocol', async () => {
    const peer = await connect(room, {}, []);
    peer.send({ type: 'hello', key: adminKey });
    expect((await peer.next()).type).toBe('welcome');
    peer.ws.close();
  });

  test('is refused with 403 to a page of another host but not to one of its own host', async () => {
    await expect(connect(room, { origin: 'https://evil.example' })).rejects.toThrow('403');
    await expect(connect(room, { origin: 'null' })).rejects.toThrow('403');
    const peer = await connect(room, { origin: `http://127.0.0.1:${room.port}` });
    peer.ws.close();
  });

  test('has a request id in its response, even if it is refused', async () => {
    const headers = { connection: 'Upgrade', upgrade: 'websocket', origin: 'https://evil.example' };
    const refused = request({ port: room.port, host: '127.0.0.1', path: '/ws', headers }).end();
    const [response] = await once(refused, 'response');
    expect(response.statusCode).toBe(403);
    expect(response.headers['x-request-id']).toMatch(/^req_/);
  });
});

describe('a call', () => {
  test('returns the output in JSON and its own request id', async () => {
    const peer = await enter(room);
    peer.send({
      id: 'a',
      type: 'call',
      operation: 'createPayment',
      input: { ...payment, metadata: { Order_Id: '7' } },
      idempotencyKey: 'call-1',
    });
    const made = await peer.next();
    expect(made).toMatchObject({
      id: 'a',
      type: 'result',
      request_id: expect.stringMatching(/^req_.+\.1$/),
      output: { ...payment, status: 'requires_confirmation', metadata: { Order_Id: '7' } },
    });
    expect(made).not.toHaveProperty('replayed');
    expect(made.output).toHaveProperty('links.confirm');
    peer.ws.close();
  });

  test('with the same idempotency key is replayed and marked as a replay', async () => {
    const peer = await enter(room);
    const call = { type: 'call', operation: 'createPayment', input: payment };
    peer.send({ ...call, id: '1', idempotencyKey: 'again' });
    const first = await peer.next();
    peer.send({ ...call, id: '2', idempotencyKey: 'again' });
    const second = await peer.next();
    expect(second).toMatchObject({ id: '2', replayed: true, output: first.output });
    peer.ws.close();
  });

  test('that fails gets the problem object, and the connection goes on', async () => {
    const peer = await enter(room);
    peer.send({ id: '1', type: 'call', operation: 'getPayment', input: { id: 'pay_none' } });
    expect(await peer.next()).toMatchObject({
      id: '1',
      type: 'error',
      error: { code: 'not_found', status: 404, type: '/docs/errors/not_found', retryable: false },
    });
    peer.send({ id: '1', type: 'call', operation: 'createPayment', input: { amount: -1, x: 1 } });
    const { error } = (await peer.next()) as unknown as {
      error: { errors: { pointer: string }[] };
    };
    expect(error.errors.map(({ pointer }) => pointer)).toEqual(
      expect.arrayContaining(['#/amount', '#/currency', '#/payment_method', '#/x']),
    );
    peer.ws.close();
  });

  test('of an unknown operation or of a stream is refused by its id', async () => {
    const peer = await enter(room);
    for (const operation of ['stealPayment', 'watchEvents', 'constructor', '__proto__', 7]) {
      peer.send({ id: '1', type: 'call', operation, input: {} });
      expect(await peer.next()).toMatchObject({
        id: '1',
        type: 'error',
        error: { code: 'validation_failed', errors: [{ pointer: '#/operation' }] },
      });
    }
    peer.ws.close();
  });

  test('with unknown fields, including `__proto__`, is refused', async () => {
    const peer = await enter(room);
    const call = '"id":"1","type":"call","operation":"listPayments"';
    for (const text of [
      `{${call},"input":{"__proto__":{"limit":1}}}`,
      `{${call},"input":{"constructor":1}}`,
      `{${call},"input":{},"surprise":1}`,
      `{${call},"input":{},"__proto__":{"admin":true}}`,
      `{${call},"input":[]}`,
      `{${call},"input":null}`,
      `{${call}}`,
      `{${call},"input":{},"idempotencyKey":7}`,
    ]) {
      peer.send(text);
      expect(await peer.next(), text).toMatchObject({
        id: '1',
        type: 'error',
        error: { code: 'validation_failed' },
      });
    }
    expect({}).not.toHaveProperty('admin');
    peer.ws.close();
  });

  test('beyond the key’s allowance is refused with the time to wait', async () => {
    const still = await openRoom({}, undefined, stillLimits());
    const peer = await enter(still, readerKey);
    const { burst } = await keyOf(still, readerKey);
    const call = { type: 'call', operation: 'listPayments', input: { limit: 1 } };
    for (let i = 0; i <= burst; i += 1) peer.send({ id: String(i), ...call });
    const frames: Frame[] = [];
    while (frames.length <= burst) frames.push(await peer.next());
    // A refusal does not wait for the results of the calls before it.
    expect(frames.filter(({ type }) => type !== 'result')).toMatchObject([
      {
        id: String(burst),
        type: 'error',
        error: { code: 'rate_limited', retry_after_ms: expect.any(Number) },
      },
    ]);
    peer.ws.close();
    await still.close();
  });
});

describe('the connection', () => {
  test('is kept while the peer responds to pings and cut after two missing pongs', async () => {
    const lively = await openRoom({ pingMs: 250 });
    const deaf = await connect(lively, { autoPong: false });
    deaf.send({ type: 'hello', key: adminKey });
    const well = await enter(lively);
    expect(await deaf.closed).toMatchObject({ code: 1006 });
    expect(well.ws.readyState).toBe(well.ws.OPEN);
    well.ws.close();
    await lively.close();
  });

  test('ends with 4401 when the key is revoked, after the running calls', async () => {
    const admin = await enter(room);
    admin.send({
      id: '1',
      type: 'call',
      operation: 'createKey',
      input: { name: 'brief', scopes: ['payments:write', 'keys:write'] },
      idempotencyKey: 'brief',
    });
    const { output } = (await admin.next()) as unknown as {
      output: { id: string; secret: string };
    };
    const peer = await enter(room, output.secret);
    const slow = { ...payment, payment_method: 'pm_card_timeout', confirm: true };
    const call = { type: 'call', operation: 'createPayment', input: slow };
    peer.send({ ...call, id: 'slow', idempotencyKey: 'slow' });
    const revoke = { type: 'call', operation: 'revokeKey', input: { id: output.id } };
    peer.send({ ...revoke, id: 'revoke', idempotencyKey: 'revoke' });
    expect(await peer.next()).toMatchObject({ id: 'revoke', type: 'result' });
    expect(await peer.next()).toMatchObject({ id: 'slow', error: { code: 'timeout' } });
    expect(await peer.closed).toEqual({ code: 4401, reason: 'The API key was revoked.' });
    admin.ws.close();
  });

  test('ends with 1012 when the server closes, after the running calls', async () => {
    const closing = await openRoom();
    const peer = await enter(closing);
    const slow = { ...payment, payment_method: 'pm_card_timeout', confirm: true };
    const call = { type: 'call', operation: 'createPayment', input: slow };
    peer.send({ ...call, id: 'slow', idempotencyKey: 'slow' });
    peer.send({ id: '2', type: 'subscribe', types: ['payment.failed'] });
    expect(await peer.next()).toMatchObject({ id: '2', type: 'subscribed' });
    const closed = closing.room.close();
    const frames = [await peer.next(), await peer.next()];
    expect(frames.find(({ id }) => id === 'slow')).toMatchObject({ error: { code: 'timeout' } });
    // The position that the subscription came to without an event.
    expect(frames.find(({ type }) => type === 'heartbeat')).toHaveProperty('positions.2');
    expect(await peer.closed).toMatchObject({ code: 1012 });
    await closed;
    await expect(connect(closing)).rejects.toThrow('503');
    await closing.close();
  });

  test('of a peer that ignores the close frame is cut, and the server can stop', async () => {
    const closing = await openRoom({ stopMs: 100 });
    const peer = await enter(closing);
    peer.ws.pause();
    // The close is given 30 s otherwise, and the test no more.
    await closing.close();
    peer.ws.terminate();
  });

  test('has a close code for every error', () => {
    expect(Object.keys(closeCode).sort()).toEqual([...errorCodes].sort());
  });
});

test("Node's own WebSocket can call, subscribe and read the close reason", async () => {
  const socket = new WebSocket(room.url, 'payments.v1.json');
  const frames: { id?: string; type: string; sequence?: number }[] = [];
  let wake = () => {};
  socket.addEventListener('message', ({ data }) => {
    frames.push(JSON.parse(data));
    wake();
  });
  const until = async (count: number) => {
    while (frames.length < count) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'hello', key: adminKey }));
  socket.send(JSON.stringify({ id: 's', type: 'subscribe' }));
  await until(2);
  expect(frames.map(({ type }) => type)).toEqual(['welcome', 'subscribed']);
  const call = { id: 'c', type: 'call', operation: 'createPayment', input: payment };
  socket.send(JSON.stringify({ ...call, idempotencyKey: 'native' }));
  await until(4);
  expect(new Set(frames.slice(2).map(({ type }) => type))).toEqual(new Set(['result', 'event']));
  const closed = once(socket, 'close');
  socket.send('?');
  const [close] = await closed;
  expect(close).toMatchObject({ code: 4400, wasClean: true });
});
