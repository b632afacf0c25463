import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ServiceError, status } from '@grpc/grpc-js';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createGrpcClient, type GrpcClient } from '../../services/grpc/client.ts';
import {
  customerService,
  eventService,
  keyService,
  paymentService,
  refundService,
} from '../../services/wire/protobuf/contract.ts';
import { adminKey, otherKey } from '../house.ts';
import { detailsOf, type Method } from './grpc-peer.ts';
import { type GrpcRoom, openGrpcRoom } from './grpc-room.ts';

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

const card = { amount: 1000, currency: 'GBP', paymentMethod: 'pm_card_ok' } as const;
const { CreatePayment, GetPayment, ListPayments } = paymentService;

const createPayment = () =>
  client.createPayment({ ...card, confirm: true }, { idempotencyKey: randomUUID() });

describe('bad input', () => {
  afterEach(async () => {
    const { id } = await createPayment();
    expect(
      (await room.peer.ask(GetPayment, { id })).message,
      'the server still answers',
    ).toBeDefined();
  });

  test('a message over 128 KiB gets RESOURCE_EXHAUSTED, which the gRPC client reports as payload_too_large', async () => {
    const description = 'x'.repeat(129 * 1024);
    const { error } = await room.peer.ask(CreatePayment, { ...card, description });
    expect(error?.code).toBe(status.RESOURCE_EXHAUSTED);
    const call = client.createPayment({ ...card, description }, { idempotencyKey: 'x' });
    await expect(call).rejects.toMatchObject({ code: 'payload_too_large' });
  });

  test('an unknown enum value is refused with what was expected and what was got', async () => {
    // A newer client's enum: the number is all that the wire carries.
    const captureMethod = 99 as 1;
    const { error } = await room.peer.ask(CreatePayment, {
      requestId: 'e',
      ...card,
      captureMethod,
    });
    expect(error?.code).toBe(status.INVALID_ARGUMENT);
    expect(error?.details).toBe(
      'capture_method: expected one of CAPTURE_METHOD_AUTOMATIC, CAPTURE_METHOD_MANUAL, got 99',
    );
  });

  test('an unspecified enum value counts as omitted', async () => {
    const captureMethod = 'CAPTURE_METHOD_UNSPECIFIED';
    const { message } = await room.peer.ask(CreatePayment, {
      requestId: randomUUID(),
      ...card,
      captureMethod,
    });
    expect(message?.captureMethod).toBe('CAPTURE_METHOD_AUTOMATIC');
  });

  test.each(['9007199254740993', '9223372036854775807', '-9223372036854775808'])(
    'the amount %s, which exceeds a safe integer, is refused',
    async (amount) => {
      const { error } = await room.peer.ask(CreatePayment, { requestId: 'l', ...card, amount });
      expect(error?.code).toBe(status.INVALID_ARGUMENT);
      expect(JSON.stringify(detailsOf(error))).toContain('"field":"amount"');
    },
  );

  test.each([-1, 1_000_000_000, 2 ** 31 - 1])(
    'a timestamp of %i nanos is refused',
    async (nanos) => {
      const { error } = await room.peer.ask(ListPayments, { createdFrom: { seconds: 1, nanos } });
      expect(error?.code).toBe(status.INVALID_ARGUMENT);
      expect(JSON.stringify(detailsOf(error))).toContain('"field":"created_from"');
    },
  );

  test('malformed messages get INVALID_ARGUMENT on calls and streams', async () => {
    // A field of wire type 7, which there is not.
    const bytes = Buffer.from([0x0f]);
    const methods: readonly Method<object, unknown>[] = [GetPayment, CreatePayment, ListPayments];
    for (const method of methods) {
      const { error } = await room.peer.ask(method, {}, { bytes });
      expect(error?.code).toBe(status.INVALID_ARGUMENT);
    }
    const watch = { ...eventService.WatchEvents, requestSerialize: () => bytes };
    const stream = room.peer.open(watch, {});
    const error = await new Promise<ServiceError>((resolve) => stream.on('error', resolve));
    expect(error.code).toBe(status.INVALID_ARGUMENT);
  });

  test('random bytes as any request never get INTERNAL', async () => {
    const services = [customerService, keyService, paymentService, refundService];
    for (const service of services) {
      for (const method of Object.values(service)) {
        const { error } = await room.peer.ask(method, {}, { bytes: randomBytes(40) });
        expect(error?.code).not.toBe(status.INTERNAL);
        expect(error?.code).not.toBe(status.UNKNOWN);
      }
    }
  });

  test.each([
    ['one violation of great length', { ['k'.repeat(60_000)]: 'x' }],
    ['one violation of great length, not in ASCII', { ['☃'.repeat(20_000)]: 'x' }],
    [
      'many violations',
      Object.fromEntries(Array.from({ length: 110 }, (_, i) => [i, 'x'.repeat(501)])),
    ],
  ])('%s is reported as far as header fields can hold it', async (_what, metadata) => {
    const { error } = await room.peer.ask(CreatePayment, { requestId: 'm', ...card, metadata });
    expect(error?.code).toBe(status.INVALID_ARGUMENT);
    expect(detailsOf(error)[1]?.[0]).toBe('BadRequest');
    const [bytes] = error?.metadata.get('grpc-status-details-bin') ?? [];
    expect(bytes?.length).toBeLessThan(8 * 1024);
  });

  test('an unknown method gets UNIMPLEMENTED', async () => {
    const path = '/payments.v1.PaymentService/StealPayment';
    const { error } = await room.peer.ask({ ...GetPayment, path }, { id: 'x' });
    expect(error?.code).toBe(status.UNIMPLEMENTED);
  });

  test.each([
    ['noise', randomBytes(500)],
    ['HTTP/1.1', Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n')],
    [
      'an HTTP/2 preface and noise',
      Buffer.concat([Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), randomBytes(300)]),
    ],
  ])('%s on the gRPC port closes the connection', async (_what, bytes) => {
    const socket = connect(room.server.port, '127.0.0.1');
    socket.on('error', () => {});
    socket.resume();
    socket.write(bytes);
    await Promise.race([once(socket, 'close'), sleep(200)]);
    socket.destroy();
  });
});

describe('resources', () => {
  test('have the default page size at zero, and an empty token at the end of a list', async () => {
    for (let i = 0; i < 21; i += 1) await createPayment();
    const first = await room.peer.ask(ListPayments, { pageSize: 0 });
    expect(first.message?.payments).toHaveLength(20);
    const pageToken = first.message?.nextPageToken ?? '';
    const second = await room.peer.ask(ListPayments, { pageSize: 100, pageToken });
    expect(second.message?.payments[0]?.id).not.toBe(first.message?.payments[19]?.id);
    expect(second.message?.nextPageToken).toBe('');
    const other = await room.peer.ask(ListPayments, { pageToken, orderBy: 'amount desc' });
    expect(JSON.stringify(detailsOf(other.error))).toContain('"field":"page_token"');
  });

  test('of events are listed by page token, and an invalid token is refused', async () => {
    const first = await room.peer.ask(eventService.ListEvents, { pageSize: 2 });
    expect(first.message?.events.map(({ sequence }) => sequence)).toEqual([1, 2]);
    const pageToken = first.message?.nextPageToken ?? '';
    const second = await room.peer.ask(eventService.ListEvents, { pageSize: 2, pageToken });
    expect(second.message?.events.map(({ sequence }) => sequence)).toEqual([3, 4]);
    const bad = await room.peer.ask(eventService.ListEvents, { pageToken: 'x' });
    expect(bad.error?.code).toBe(status.INVALID_ARGUMENT);
  });

  test('are sent again to a reader with an etag only if they have changed', async () => {
    const key = { idempotencyKey: randomUUID() };
    const payment = await client.createPayment({ ...card }, key);
    const first = await client.getPaymentConditionally(payment.id);
    expect(first).toEqual({ etag: '"1"', payment });
    expect(await client.getPaymentConditionally(payment.id, first.etag)).toEqual({
      etag: '"1"',
      payment: undefined,
    });
    await client.cancelPayment({ id: payment.id }, { idempotencyKey: randomUUID() });
    const changed = await client.getPaymentConditionally(payment.id, first.etag);
    expect(changed.payment?.status).toBe('canceled');
    expect(changed.etag).not.toBe(first.etag);
    const { error } = await room.peer.ask(
      paymentService.GetPaymentIfChanged,
      { id: payment.id, etag: first.etag },
      { metadata: { authorization: `Bearer ${otherKey}` } },
    );
    expect(error?.code).toBe(status.NOT_FOUND);
  });
});
