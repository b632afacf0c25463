import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { constants } from 'node:http2';
import { gzipSync } from 'node:zlib';
import { status } from '@grpc/grpc-js';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Caller, Core } from '../../services/core/invoke.ts';
import { paymentService } from '../../services/wire/protobuf/contract.ts';
import { adminKey } from '../house.ts';
import { type GrpcRoom, openGrpcRoom, startGrpc } from './grpc-room.ts';
import { closeOf, ending, frame, openWire, reasonOf, type Seen } from './grpc-wire.ts';

let room: GrpcRoom;

beforeAll(async () => {
  room = await openGrpcRoom();
});
afterAll(() => room.close());

const { CreatePayment, GetPayment } = paymentService;
const getPayment = frame(GetPayment.requestSerialize({ id: 'pay_none' }));
const createPayment = () =>
  frame(
    CreatePayment.requestSerialize({
      requestId: randomUUID(),
      amount: 100,
      currency: 'GBP',
      paymentMethod: 'pm_card_ok',
      confirm: true,
    }),
  );

const statusOf = (seen: Seen) => Number(ending(seen)['grpc-status']);

/** What every failure has, whoever made it: contract's error, request id, a line in the log. */
function expectContract(seen: Seen, reason: string): void {
  expect(reasonOf(seen)).toBe(reason);
  const requestId = ending(seen)['x-request-id'];
  expect(requestId).toMatch(/^req_/);
  expect(room.house.records.filter((record) => record.requestId === requestId)).toHaveLength(1);
}

const paymentCount = async () =>
  (
    await room.house.core.invoke(
      'listEvents',
      { credential: adminKey, requestId: 'r' },
      { limit: 100 },
    )
  ).items.length;

/** Keeps the event loop from its timers for longer than the deadline of the test. */
function busyFor(): void {
  const end = performance.now() + 80;
  while (performance.now() < end);
}

describe('an unusual or invalid gRPC request', () => {
  test.each(['GET', 'PUT', 'DELETE', 'OPTIONS', 'FOO'])(
    'by HTTP %s gets 405 and has no effect',
    async (method) => {
      const before = await paymentCount();
      const seen = await room.wire.call(
        { ':path': CreatePayment.path, ':method': method },
        createPayment(),
      );
      expect(seen.headers).toMatchObject({ ':status': 405, allow: 'POST' });
      expectContract(seen, 'METHOD_NOT_ALLOWED');
      expect(await paymentCount()).toBe(before);
    },
  );

  test.each([
    'application/grpc-web',
    'application/grpc-web+proto',
    'application/grpc-web-text',
    'application/grpc+json',
    'application/grpcfoo',
    'application/json',
  ])('with the content type %s gets 415', async (contentType) => {
    const seen = await room.wire.call(
      { ':path': GetPayment.path, 'content-type': contentType },
      getPayment,
    );
    expect(seen.headers[':status']).toBe(415);
    expectContract(seen, 'UNSUPPORTED_MEDIA_TYPE');
  });

  test.each(['application/grpc+proto', 'APPLICATION/GRPC', 'application/grpc;charset=utf-8'])(
    'with the content type %s is accepted',
    async (contentType) => {
      const seen = await room.wire.call(
        { ':path': GetPayment.path, 'content-type': contentType },
        getPayment,
      );
      expect(statusOf(seen)).toBe(status.NOT_FOUND);
    },
  );

  test('to an unknown method gets UNIMPLEMENTED with the percent-encoded name', async () => {
    const seen = await room.wire.call({ ':path': '/x/Get%20x' });
    expect(statusOf(seen)).toBe(status.UNIMPLEMENTED);
    expect(ending(seen)['grpc-message']).toContain('Get%2520x');
    expectContract(seen, 'METHOD_NOT_ALLOWED');
  });

  test('with two authorization lines is refused, and neither is used', async () => {
    const lax = await openWire(room.server.port, { strictSingleValueFields: false });
    const stream = lax.session.request([
      ...[':method', 'POST', ':path', GetPayment.path, ':scheme', 'http', ':authority', 'here'],
      ...['content-type', 'application/grpc'],
      ...['authorization', `Bearer ${adminKey}`, 'authorization', 'Bearer sk_test_nobody'],
    ]);
    stream.end(getPayment);
    const seen = await closeOf(stream);
    lax.close();
    expect(statusOf(seen)).toBe(status.INVALID_ARGUMENT);
    expectContract(seen, 'VALIDATION_FAILED');
  });
});

describe('frames', () => {
  test.each([
    ['a Compressed-Flag without an encoding', () => frame(createPayment().subarray(5), 1)],
    ['a Compressed-Flag of 2', () => frame(createPayment().subarray(5), 2)],
    ['a Compressed-Flag of 255', () => frame(createPayment().subarray(5), 255)],
    ['a message that is cut short', () => createPayment().subarray(0, -3)],
    ['a prefix that is cut short', () => createPayment().subarray(0, 3)],
    ['bytes after the message', () => Buffer.concat([createPayment(), Buffer.alloc(2)])],
  ])('give INTERNAL and have no effect: %s', async (_what, body) => {
    const before = await paymentCount();
    const seen = await room.wire.call({ ':path': CreatePayment.path }, body());
    expect(statusOf(seen)).toBe(status.INTERNAL);
    expectContract(seen, 'VALIDATION_FAILED');
    expect(await paymentCount()).toBe(before);
  });

  test('in an unsupported encoding get UNIMPLEMENTED with the supported encodings', async () => {
    const headers = { ':path': GetPayment.path, 'grpc-encoding': 'br' };
    const seen = await room.wire.call(headers, frame(getPayment.subarray(5), 1));
    expect(statusOf(seen)).toBe(status.UNIMPLEMENTED);
    expect(ending(seen)['grpc-accept-encoding']).toBe('identity,deflate,gzip');
    expectContract(seen, 'UNSUPPORTED_MEDIA_TYPE');
  });

  test('that are compressed are read, and malformed compressed ones are refused with the reason', async () => {
    const headers = { ':path': GetPayment.path, 'grpc-encoding': 'gzip' };
    const good = await room.wire.call(headers, frame(gzipSync(getPayment.subarray(5)), 1));
    expect(statusOf(good)).toBe(status.NOT_FOUND);
    const bad = await room.wire.call(headers, frame(Buffer.from('none'), 1));
    expect(statusOf(bad)).toBe(status.INTERNAL);
    expectContract(bad, 'VALIDATION_FAILED');
  });

  test('above the size limit, missing or doubled get the error of the contract', async () => {
    const large = await room.wire.call(
      { ':path': GetPayment.path },
      frame(Buffer.alloc(10), 0, 2 ** 30),
    );
    expect(statusOf(large)).toBe(status.RESOURCE_EXHAUSTED);
    expectContract(large, 'PAYLOAD_TOO_LARGE');
    const none = await room.wire.call({ ':path': GetPayment.path }, Buffer.alloc(0));
    expect(statusOf(none)).toBe(status.UNIMPLEMENTED);
    expectContract(none, 'METHOD_NOT_ALLOWED');
    const two = await room.wire.call(
      { ':path': GetPayment.path },
      Buffer.concat([getPayment, getPayment]),
    );
    expect(statusOf(two)).toBe(status.UNIMPLEMENTED);
    expectContract(two, 'METHOD_NOT_ALLOWED');
  });
});

test('of a refused call leave no stream open even if the client never ends its side', async () => {
  const own = await openWire(room.server.port);
  const headers = { ':path': CreatePayment.path, authorization: '' };
  const cut = frame(Buffer.alloc(10), 0, 2 ** 30);
  const all = await Promise.all(Array.from({ length: 200 }, () => own.call(headers, cut, false)));
  expect(all.map(statusOf)).toEqual(all.map(() => status.RESOURCE_EXHAUSTED));
  expect(all.map(({ rstCode }) => rstCode)).toEqual(all.map(() => constants.NGHTTP2_NO_ERROR));
  const head = await own.call({ ':path': '/none' }, cut, false);
  expect(statusOf(head)).toBe(status.UNIMPLEMENTED);
  own.close();
});

describe('deadlines', () => {
  test.each(['-1S', '1.5S', 'abc1Sxyz', '1 S', '123456789S', '', 'S', '1s', '1'])(
    'are refused by name as grpc-timeout %j',
    async (timeout) => {
      const seen = await room.wire.call(
        { ':path': GetPayment.path, 'grpc-timeout': timeout },
        getPayment,
      );
      expect(statusOf(seen)).toBe(status.INVALID_ARGUMENT);
      expect(decodeURI(String(ending(seen)['grpc-message']))).toContain('grpc-timeout');
      expectContract(seen, 'VALIDATION_FAILED');
    },
  );

  test.each(['1n', '0S', '999u'])(
    'of a call that arrives with %s left give DEADLINE_EXCEEDED and no effect',
    async (timeout) => {
      const before = await paymentCount();
      const headers = { ':path': CreatePayment.path, 'grpc-timeout': timeout };
      const all = await Promise.all(
        Array.from({ length: 20 }, () => room.wire.call(headers, createPayment())),
      );
      for (const seen of all) {
        expect(statusOf(seen)).toBe(status.DEADLINE_EXCEEDED);
        expectContract(seen, 'TIMEOUT');
      }
      expect(await paymentCount()).toBe(before);
    },
  );

  test.each([
    ['waits for its turn', (signal: AbortSignal) => once(signal, 'abort')],
    ['is behind a busy event loop', busyFor],
  ])('that pass while a call %s leave no effect', async (_what, wait) => {
    const before = await paymentCount();
    const invoke = async (name: 'createPayment', caller: Caller, input: unknown) => {
      if (caller.signal) await wait(caller.signal);
      return room.house.core.invoke(name, caller, input);
    };
    // Nothing else is called here.
    const core = { ...room.house.core, invoke } as unknown as Core;
    const around = await startGrpc(core);
    const own = await openWire(around.port);
    const headers = { ':path': CreatePayment.path, 'grpc-timeout': '50m' };
    const seen = await own.call(headers, createPayment());
    expect(statusOf(seen)).toBe(status.DEADLINE_EXCEEDED);
    expectContract(seen, 'TIMEOUT');
    expect(await paymentCount()).toBe(before);
    own.close();
    await around.close();
  });

  test.each(['2592000S', '43200M', '99999999H'])(
    'with %s left let a call finish',
    async (timeout) => {
      const headers = { ':path': GetPayment.path, 'grpc-timeout': timeout };
      expect(statusOf(await room.wire.call(headers, getPayment))).toBe(status.NOT_FOUND);
    },
  );
});

test('any path, content type, timeout and encoding end a call with an error of the contract', async () => {
  const textOf = (...codes: readonly (readonly [number, number])[]) => {
    const code = fc.oneof(...codes.map(([min, max]) => fc.integer({ min, max })));
    return fc.string({ unit: code.map((given) => String.fromCharCode(given)), maxLength: 40 });
  };
  // What HTTP/2 lets through (RFC 9113 §8.2.1), and its library in paths.
  const value = textOf([0x20, 0x7e], [0xa0, 0xff]).map((given) => given.trim());
  const path = textOf([0x21, 0x7e]);
  const name = fc.constantFrom('content-type', 'grpc-timeout', 'grpc-encoding', 'x-request-id');
  const fields = fc.oneof(
    fc.dictionary(name, value, { maxKeys: 2 }),
    path.map((given) => ({ ':path': `/${given}` })),
  );
  await fc.assert(
    fc.asyncProperty(fields, async (given) => {
      const seen = await room.wire.call({ ':path': GetPayment.path, ...given }, getPayment);
      expect(reasonOf(seen)).toMatch(/^[A-Z_]+$/);
      expect(reasonOf(seen)).not.toBe('INTERNAL');
      expect(ending(seen)['x-request-id']).toBeTruthy();
    }),
    { numRuns: 500 },
  );
});
