import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type GrpcRoom, openGrpcRoom } from './grpc-room.ts';
import { ending, frame, reasonOf } from './grpc-wire.ts';

let room: GrpcRoom;

beforeAll(async () => {
  room = await openGrpcRoom();
});
afterAll(() => room.close());

const reflection = ['v1', 'v1alpha'].map(
  (version) => `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`,
);
const check = '/grpc.health.v1.Health/Check';
const watch = '/grpc.health.v1.Health/Watch';
const list = '/grpc.health.v1.Health/List';
/** A field of text of a reflection request, and the one of a health request. */
const symbol = 0x22;
const name = 0x0a;

const hostile = [
  ['no message at all', [0xff]],
  ['bytes that are not UTF-8', [0, 2, 0xff, 0xfe]],
  ['a text that is cut short', [0, 50, 0x41]],
] as const;

describe('the services for health and reflection', () => {
  const cases = [...reflection.map((path) => [path, symbol]), [check, name], [watch, name]].flatMap(
    ([path, field]) =>
      hostile.map(([what, [first, ...rest]]) => {
        const bytes = Buffer.from([first === 0 ? Number(field) : first, ...rest]);
        return [String(path), what, bytes] as const;
      }),
  );

  test.each(cases)(
    'refuse invalid requests without an internal error: %s, %s',
    async (path, _, bytes) => {
      const seen = await room.wire.call({ ':path': path }, frame(bytes));
      expect(reasonOf(seen)).toBe('VALIDATION_FAILED');
      const requestId = ending(seen)['x-request-id'];
      const records = room.house.records.filter((record) => record.requestId === requestId);
      expect(records.map(({ code }) => code)).toEqual(['validation_failed']);
    },
  );

  test.each([check, list, ...reflection])(
    'send a request id with each response: %s',
    async (path) => {
      const headers = { ':path': path, 'x-request-id': 'my-own' };
      const request = path.includes('reflection') ? Buffer.from([0x3a, 0]) : Buffer.alloc(0);
      const seen = await room.wire.call(headers, frame(request));
      expect(ending(seen)['grpc-status']).toBe('0');
      expect(seen.headers['x-request-id']).toBe('my-own');
    },
  );

  test('send a request id on a reflection stream without a request', async () => {
    const seen = await room.wire.call({ ':path': reflection[0] ?? '' }, Buffer.alloc(0));
    expect(ending(seen)['grpc-status']).toBe('0');
    expect(seen.headers['x-request-id']).toMatch(/^req_/);
  });

  test('still look up an extension', async () => {
    const extension = Buffer.from([0x2a, 5, 0x0a, 1, 0x41, 0x10, 7]);
    const seen = await room.wire.call({ ':path': reflection[0] ?? '' }, frame(extension));
    expect(ending(seen)['grpc-status']).toBe('0');
    expect(seen.bytes).toBeGreaterThan(5);
  });
});
