import { EventEmitter } from 'node:events';
import type { ServerHttp2Stream } from 'node:http2';
import zlib from 'node:zlib';
import type { HealthImplementation } from 'grpc-health-check';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { Framing, maxRequestBytes } from '../../services/grpc/framing.ts';
import { createHealth } from '../../services/grpc/health.ts';
import { IncomingCall } from '../../services/grpc/incoming.ts';
import { paymentService } from '../../services/wire/protobuf/contract.ts';
import { type GrpcRoom, openGrpcRoom } from './grpc-room.ts';
import { ending, frame, reasonOf } from './grpc-wire.ts';

let room: GrpcRoom;

beforeAll(async () => {
  room = await openGrpcRoom();
});
afterEach(() => {
  vi.restoreAllMocks();
});
afterAll(() => room.close());

const { GetPayment } = paymentService;
const reflect = '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo';
const empties = (count: number, flag = 0): Buffer =>
  Buffer.concat(Array.from({ length: count }, () => frame(Buffer.alloc(0), flag)));

describe('many messages in one chunk', () => {
  test.each([
    [GetPayment.path, 2],
    [reflect, 20],
  ])('to %s are decompressed only as far as they are used', async (path, most) => {
    const unpack = vi.spyOn(zlib, 'createGunzip');
    const seen = await room.wire.call({ ':path': path, 'grpc-encoding': 'gzip' }, empties(5000, 1));
    expect(reasonOf(seen)).toBeDefined();
    expect(unpack.mock.calls.length).toBeLessThanOrEqual(most);
  });

  test('for a unary call are refused at the second, and the third is not read', async () => {
    const seen = await room.wire.call({ ':path': GetPayment.path }, empties(5000));
    expect(ending(seen)['grpc-status']).toBe('12');
    const framing = new Framing(undefined, 2, () => {});
    expect(framing.write(empties(5000))).toHaveLength(2);
    expect(framing.write(empties(5000))).toHaveLength(0);
  });
});

describe('frames', () => {
  const bytes = Buffer.concat([
    frame(Buffer.from('one')),
    frame(Buffer.alloc(0)),
    frame(Buffer.alloc(70_000, 'x')),
  ]);

  test.each([1, 2, 4, 5, 7, 16_384, bytes.length])(
    'decode to the same messages in chunks of %i bytes',
    (size) => {
      const violations: string[] = [];
      const framing = new Framing(undefined, 10, (violation) => violations.push(violation));
      const messages: Buffer[] = [];
      for (let at = 0; at < bytes.length; at += size) {
        messages.push(...framing.write(bytes.subarray(at, at + size)));
      }
      framing.end();
      expect(violations).toEqual([]);
      expect(messages.map(({ length }) => length)).toEqual([8, 5, 70_005]);
      expect(Buffer.concat(messages).equals(bytes)).toBe(true);
    },
  );

  test('after an invalid one are not read, and the error is reported once', () => {
    const violations: string[] = [];
    const framing = new Framing(undefined, 10, (violation) => violations.push(violation));
    expect(
      framing.write(Buffer.concat([frame(Buffer.alloc(3), 7), frame(Buffer.alloc(3))])),
    ).toEqual([]);
    expect(framing.write(frame(Buffer.alloc(3)))).toEqual([]);
    framing.end();
    expect(violations).toEqual(['expected a Compressed-Flag of 0 or 1, got 7']);
  });

  test('above the maximum size are refused once by their prefix', () => {
    const framing = new Framing(undefined, 10, () => {});
    const prefix = frame(Buffer.alloc(0), 0, maxRequestBytes + 1);
    expect(() => framing.write(prefix)).toThrow(`at most ${maxRequestBytes} bytes`);
    expect(framing.write(frame(Buffer.alloc(3)))).toEqual([]);
  });
});

describe('headers', () => {
  test('may have a value that equals the name of another header', async () => {
    const request = frame(GetPayment.requestSerialize({ id: 'pay_none' }));
    const seen = await room.wire.call(
      { ':path': GetPayment.path, 'x-word': 'authorization' },
      request,
    );
    expect(reasonOf(seen)).toBe('NOT_FOUND');
  });

  test('with an unprintable encoding do not make a compressed message count as plain', async () => {
    const request = frame(GetPayment.requestSerialize({ id: 'pay_none' }), 1);
    const headers = { ':path': GetPayment.path, 'grpc-encoding': 'gzip\u00ff' };
    const seen = await room.wire.call(headers, request);
    expect(reasonOf(seen)).toBe('UNSUPPORTED_MEDIA_TYPE');
  });
});

describe('a server keeps no state of past calls:', () => {
  test('health keeps no service name without a watcher', () => {
    const health = createHealth();
    let watch: ((call: unknown) => void) | undefined;
    health.addToServer({
      addService: (_service, handlers) => {
        ({ watch } = handlers as unknown as { watch: (call: unknown) => void });
      },
    } as Parameters<HealthImplementation['addToServer']>[0]);
    const { watchers } = health as unknown as { watchers: Map<string, unknown> };
    const calls = ['a', 'b', 'a'].map((service) =>
      Object.assign(new EventEmitter(), { request: { service }, write: () => true }),
    );
    for (const call of calls) watch?.(call);
    expect(watchers.size).toBe(2);
    for (const call of calls) call.emit('cancelled');
    expect(watchers.size).toBe(0);
  });

  test('a stream that is blocked repeatedly adds no listeners', () => {
    const stream = Object.assign(new EventEmitter(), { writableNeedDrain: true });
    const incoming = new IncomingCall(
      room.house.core,
      stream as unknown as ServerHttp2Stream,
      {} as IncomingCall['caller'],
      undefined,
    );
    for (let i = 0; i < 20; i += 1) {
      incoming.watchReader();
      expect(stream.listenerCount('close')).toBe(1);
      stream.emit('drain');
    }
    expect(stream.listenerCount('close')).toBe(0);
  });
});
