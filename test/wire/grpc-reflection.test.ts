import { once } from 'node:events';
import { constants } from 'node:http2';
import { status } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type GrpcRoom, openGrpcRoom } from './grpc-room.ts';
import { ending, frame, openWire, reasonOf } from './grpc-wire.ts';

let room: GrpcRoom;

beforeAll(async () => {
  room = await openGrpcRoom();
});
afterAll(() => room.close());

interface Answer {
  readonly message_response: string;
  readonly error_response?: { readonly error_code: number };
  readonly list_services_response?: { readonly service: readonly { readonly name: string }[] };
  readonly file_descriptor_response?: { readonly file_descriptor_proto: readonly Buffer[] };
}

const path = '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo';
const proto = import.meta.resolve(
  '@grpc/reflection/build/proto/grpc/reflection/v1/reflection.proto',
);
const loaded = loadSync(new URL(proto).pathname, { keepCase: true, oneofs: true });
const { ServerReflectionInfo } = loaded['grpc.reflection.v1.ServerReflection'] as never as {
  ServerReflectionInfo: {
    requestSerialize(request: object): Buffer;
    responseDeserialize(bytes: Buffer): Answer;
  };
};
const ask = frame(
  ServerReflectionInfo.requestSerialize({ file_containing_symbol: 'payments.v1.EventService' }),
);

test('reflection stops reading requests while its responses are not read', async () => {
  const wire = await openWire(room.server.port, { settings: { initialWindowSize: 0 } });
  const stream = wire.open({ ':path': path });
  stream.on('error', () => {});
  const total = 20_000;
  stream.write(Buffer.concat(Array(total).fill(ask)));
  for (let still = 0, last = 0; still < 30 && stream.writableLength > 0; ) {
    await new Promise((resolve) => wire.session.ping(resolve));
    const { bytesWritten = 0 } = wire.session.socket ?? {};
    still = bytesWritten - last > 200 ? 0 : still + 1;
    last = bytesWritten;
  }
  // The window of the stream, and what lies between the two sides.
  expect(wire.session.socket?.bytesWritten).toBeLessThan(200_000);
  expect(stream.writableLength).toBeGreaterThan(0);
  wire.close();
});

test('reflection responds to a bounded number of requests in one stream', async () => {
  const wire = await openWire(room.server.port);
  const seen = await wire.call({ ':path': path }, Buffer.concat(Array(1001).fill(ask)), false);
  expect(Number(ending(seen)['grpc-status'])).toBe(status.RESOURCE_EXHAUSTED);
  expect(reasonOf(seen)).toBe('RATE_LIMITED');
  expect(ending(seen)['x-request-id']).toMatch(/^req_/);
  expect(seen.rstCode).toBe(constants.NGHTTP2_NO_ERROR);
  wire.close();
});

async function reflect(request: object): Promise<Answer> {
  const wire = await openWire(room.server.port);
  const stream = wire.open({ ':path': path });
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  stream.end(frame(ServerReflectionInfo.requestSerialize(request)));
  await once(stream, 'close');
  wire.close();
  return ServerReflectionInfo.responseDeserialize(Buffer.concat(chunks).subarray(5));
}

test.each(
  [
    '__proto__',
    'constructor',
    'toString',
    'payments.v1.PaymentStatus.PAYMENT_STATUS_FAILED',
  ].flatMap((name) => [
    { file_containing_symbol: name },
    { file_by_filename: name },
    { all_extension_numbers_of_type: name },
  ]),
)('reflection responds with NOT_FOUND to %j', async (request) => {
  const answer = await reflect(request);
  expect(answer.error_response?.error_code).toBe(status.NOT_FOUND);
});

test.each([
  'payments.v1.PAYMENT_STATUS_FAILED',
  'payments.v1.PaymentStatus',
  'payments.v1.PaymentService.CreatePayment',
  'grpc.health.v1.HealthCheckResponse.SERVING',
  'grpc.reflection.v1.ServerReflection',
  'grpc.reflection.v1alpha.ServerReflection',
])('reflection finds %s', async (name) => {
  const answer = await reflect({ file_containing_symbol: name });
  const [file] = answer.file_descriptor_response?.file_descriptor_proto ?? [];
  expect(file?.includes(name.split('.').at(-1) ?? '')).toBe(true);
});

test('reflection lists every service of the port including itself', async () => {
  const answer = await reflect({ list_services: '' });
  const names = answer.list_services_response?.service.map(({ name }) => name) ?? [];
  expect(names).toEqual(
    expect.arrayContaining([
      'payments.v1.PaymentService',
      'grpc.health.v1.Health',
      'grpc.reflection.v1.ServerReflection',
      'grpc.reflection.v1alpha.ServerReflection',
    ]),
  );
});

test('an empty reflection request gets INVALID_ARGUMENT', async () => {
  expect((await reflect({})).error_response?.error_code).toBe(status.INVALID_ARGUMENT);
});
