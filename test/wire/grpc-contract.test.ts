import { randomUUID } from 'node:crypto';
import {
  Metadata,
  Server,
  ServerCredentials,
  type ServerWritableStream,
  type ServiceError,
  status,
} from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PaymentsError } from '../../services/core/errors.ts';
import { createGrpcClient } from '../../services/grpc/client.ts';
import { decodeError } from '../../services/grpc/errors.ts';
import {
  eventService,
  keyService,
  message,
  paymentService,
  refundService,
} from '../../services/wire/protobuf/contract.ts';
import { decodePayment } from '../../services/wire/protobuf/messages.ts';
import { adminKey, otherKey } from '../house.ts';
import { type BadRequest, detailsOf, type Method, violationsOf } from './grpc-peer.ts';
import { type GrpcRoom, openGrpcRoom } from './grpc-room.ts';

let room: GrpcRoom;
beforeAll(async () => {
  room = await openGrpcRoom();
});
afterAll(() => room.close());

const { CreatePayment, ListPayments } = paymentService;
const card = { amount: 1000, currency: 'GBP', paymentMethod: 'pm_card_ok' } as const;

describe('a field of a request', () => {
  const cases: readonly [string, Buffer, string, string][] = [
    [
      'text that is not UTF-8',
      Buffer.from('4206' + '6162fffe6364', 'hex'),
      'description',
      'INVALID_UTF8',
    ],
    [
      'text that is cut short',
      Buffer.from('4232' + '68656c6c6f', 'hex'),
      'description',
      'MALFORMED',
    ],
    [
      'a number that is no safe integer',
      Buffer.from('108180808080808010', 'hex'),
      'amount',
      'OUT_OF_RANGE',
    ],
  ];
  test.each(cases)(
    'with %s is refused by its name, and nothing is stored',
    async (_what, bytes, field, reason) => {
      const good = CreatePayment.requestSerialize({ ...card, requestId: randomUUID() });
      const stored = async () => (await room.peer.ask(ListPayments, {})).message?.payments;
      const before = await stored();
      const violations = await violationsOf(
        room.peer,
        CreatePayment,
        {},
        Buffer.concat([good, bytes]),
      );
      expect(violations).toMatchObject([{ field, reason }]);
      expect(await stored()).toEqual(before);
    },
  );

  test('with a NUL in the names or values of metadata is refused', async () => {
    for (const metadata of [{ order: 'a\0b' }, { 'a\0b': 'x' }]) {
      const [violation] = await violationsOf(room.peer, CreatePayment, {
        ...card,
        requestId: 'n',
        metadata,
      });
      expect(violation?.field).toMatch(/^metadata/);
      expect(violation?.description).toContain('expected no NUL character');
    }
  });
});

describe('refusals use the terms of the contract', () => {
  const cases: readonly [string, Method<never, unknown>, object, RegExp][] = [
    [
      'a status',
      ListPayments,
      { status: 77 },
      /^status: expected one of PAYMENT_STATUS_REQUIRES_CONFIRMATION, .*PAYMENT_STATUS_CANCELED, got 77$/,
    ],
    [
      'a capture method',
      CreatePayment,
      { ...card, requestId: 'w', captureMethod: 9 },
      /^capture_method: expected one of CAPTURE_METHOD_AUTOMATIC, CAPTURE_METHOD_MANUAL, got 9$/,
    ],
    [
      'an event type',
      eventService.ListEvents,
      { types: [1, 99] },
      /^types\[1\]: expected one of EVENT_TYPE_CUSTOMER_CREATED, .*, got 99$/,
    ],
    [
      'a scope',
      keyService.CreateKey,
      { requestId: 'w', name: 'x', scopes: [99] },
      /^scopes\[0\]: expected one of SCOPE_PAYMENTS_READ, .*, got 99$/,
    ],
    [
      'an order',
      ListPayments,
      { orderBy: 'size desc' },
      /^order_by: expected one of created_at, created_at desc, amount, amount desc, got "size desc"$/,
    ],
    ["an order in core's spelling", ListPayments, { orderBy: '-amount' }, /got "-amount"$/],
    [
      'a timestamp of too many nanos',
      ListPayments,
      { createdFrom: { seconds: 1, nanos: 1_000_000_000 } },
      /^created_from: expected seconds from .* and nanos from 0 to 999999999, got 1 and 1000000000$/,
    ],
    [
      'a timestamp after the last year',
      ListPayments,
      { createdBefore: { seconds: 253_402_300_800, nanos: 0 } },
      /^created_before: expected seconds .*, got 253402300800 and 0$/,
    ],
    [
      'an amount past the integers of JavaScript',
      CreatePayment,
      { ...card, requestId: 'w', amount: '9007199254740993' },
      /^amount: .*, got 9007199254740993$/,
    ],
  ];
  test.each(cases)('%s', async (_what, method, request, message) => {
    const { error } = await room.peer.ask(method, request as never);
    expect(error?.code).toBe(status.INVALID_ARGUMENT);
    expect(error?.details).toMatch(message);
    const { BadRequest } = Object.fromEntries(detailsOf(error)) as { BadRequest: BadRequest };
    const [violation] = BadRequest.fieldViolations;
    expect(`${violation?.field}: ${violation?.description}`).toBe(error?.details);
  });

  test('scopes and states in error messages and in ErrorInfo have the names of their enums', async () => {
    const { message: key } = await room.peer.ask(keyService.CreateKey, {
      requestId: randomUUID(),
      name: 'reader',
      scopes: ['SCOPE_PAYMENTS_READ'],
    });
    const metadata = { authorization: `Bearer ${key?.secret}` };
    const denied = await room.peer.ask(eventService.ListEvents, {}, { metadata });
    expect(denied.error?.details).toBe(
      'Expected a key with the scope SCOPE_EVENTS_READ, got one with SCOPE_PAYMENTS_READ.',
    );
    expect(detailsOf(denied.error)[0]?.[1]).toMatchObject({
      metadata: { scope: 'SCOPE_EVENTS_READ', scopes: 'SCOPE_PAYMENTS_READ' },
    });
    const request = { ...card, requestId: randomUUID(), confirm: true };
    const { message: payment } = await room.peer.ask(CreatePayment, request);
    const confirm = { id: payment?.id ?? '', requestId: randomUUID() };
    const { error } = await room.peer.ask(paymentService.ConfirmPayment, confirm);
    expect(error?.details).toContain('its status is PAYMENT_STATUS_SUCCEEDED');
    expect(decodeError(error as ServiceError, 'here').message).toContain('its status is succeeded');
  });

  test('every dynamic value of an error message is in ErrorInfo under a snake_case name', async () => {
    const { message: key } = await room.peer.ask(keyService.CreateKey, {
      requestId: randomUUID(),
      name: 'slow',
      scopes: ['SCOPE_PAYMENTS_READ'],
      ratePerSecond: 1,
      burst: 1,
    });
    const metadata = { authorization: `Bearer ${key?.secret}` };
    // However slow the machine is, some of these meet an empty bucket.
    let error: ServiceError | undefined;
    while (!error) {
      const calls = Array.from({ length: 10 }, () => room.peer.ask(ListPayments, {}, { metadata }));
      error = (await Promise.all(calls)).find((answer) => answer.error)?.error;
    }
    const [[, info] = []] = detailsOf(error);
    const { retry_after_ms: wait, ...others } = (info as { metadata: Record<string, string> })
      .metadata;
    expect(others).toEqual({ limit: '1', rate_per_second: '1' });
    expect(error.details).toContain(`${wait} ms`);
  });

  test('every sort order of the contract is accepted with any space between its words', async () => {
    for (const orderBy of ['', 'created_at', ' amount  desc ', 'amount', 'created_at desc']) {
      expect((await room.peer.ask(ListPayments, { orderBy })).error).toBeUndefined();
    }
  });

  test('violations found by the decoder and by the core are reported together', async () => {
    const request = { pageSize: -1, orderBy: 'size', createdFrom: { seconds: 1, nanos: -1 } };
    const fields = (await violationsOf(room.peer, ListPayments, request)).map(({ field }) => field);
    expect(fields).toEqual(['page_size', 'created_from', 'order_by']);
  });
});

test('the refunds of a payment in a batch are a page whose token continues in ListRefunds', async () => {
  const { CreateRefund, BatchListRefunds, ListRefunds } = refundService;
  const request = { ...card, requestId: randomUUID(), confirm: true };
  const { message: payment } = await room.peer.ask(CreatePayment, request);
  const id = payment?.id ?? '';
  for (let i = 0; i < 25; i += 1) {
    await room.peer.ask(CreateRefund, { requestId: randomUUID(), payment: id, amount: 1 });
  }
  const { message: batch } = await room.peer.ask(BatchListRefunds, { payments: [id, 'pay_none'] });
  const [first, none] = batch?.payments ?? [];
  expect(first?.refunds).toHaveLength(20);
  expect(none).toEqual({ refunds: [], nextPageToken: '' });
  const pageToken = first?.nextPageToken ?? '';
  const { message: rest } = await room.peer.ask(ListRefunds, { payment: id, pageToken });
  const seen = [...(first?.refunds ?? []), ...(rest?.refunds ?? [])].map((refund) => refund.id);
  expect(new Set(seen).size).toBe(25);
  expect(rest?.nextPageToken).toBe('');
});

describe('page tokens of events', () => {
  const { ListEvents } = eventService;
  const types = ['EVENT_TYPE_PAYMENT_CREATED' as const];
  beforeAll(async () => {
    for (let i = 0; i < 6; i += 1)
      await room.peer.ask(CreatePayment, { ...card, requestId: `e${i}` });
  });
  const tokenOf = async (request: object) => {
    const { message: page } = await room.peer.ask(ListEvents, { pageSize: 2, ...request });
    return page?.nextPageToken ?? '';
  };

  test('continue where the page ended, with `after` omitted or unchanged', async () => {
    const pageToken = await tokenOf({ after: 1 });
    for (const after of [0, 1]) {
      const { message: page } = await room.peer.ask(ListEvents, { pageSize: 2, pageToken, after });
      expect(page?.events.map(({ sequence }) => sequence)).toEqual([4, 5]);
    }
  });

  test('are opaque and bound to merchant and types, and a sequence is not accepted instead', async () => {
    const pageToken = await tokenOf({});
    const typed = await tokenOf({ types });
    expect(pageToken).not.toMatch(/^\d*$/);
    const flipped = `${pageToken.slice(0, 3)}${pageToken[3] === 'A' ? 'B' : 'A'}${pageToken.slice(4)}`;
    const asOther = { metadata: { authorization: `Bearer ${otherKey}` } };
    const cases: readonly [object, object][] = [
      [{ pageToken: '2' }, {}],
      [{ pageToken: flipped }, {}],
      [{ pageToken, types }, {}],
      [{ pageToken: typed }, {}],
      [{ pageToken, after: 3 }, {}],
      [{ pageToken }, asOther],
    ];
    for (const [request, options] of cases) {
      const { error } = await room.peer.ask(ListEvents, request, options);
      expect(error?.details).toMatch(/^page_token: /);
    }
  });
});

/** Serves WatchEvents with these messages without checking them. */
async function serveEvents(messages: readonly Buffer[]) {
  const { WatchEvents } = eventService;
  const of = new Server();
  const asBytes = { ...WatchEvents, responseSerialize: (bytes: Buffer) => bytes };
  of.addService(
    { WatchEvents: asBytes },
    {
      WatchEvents(call: ServerWritableStream<unknown, Buffer>) {
        call.sendMetadata(new Metadata());
        for (const bytes of messages) call.write(bytes);
        call.end();
      },
    },
  );
  const port = await new Promise<number>((resolve, reject) => {
    of.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  return { port, close: () => of.forceShutdown() };
}

describe('a client of this contract at a newer server', () => {
  const createdAt = { seconds: 1, nanos: 0 };
  const refund = { id: 're_1', payment: 'pay_1', amount: 1, currency: 'GBP', createdAt };
  const Event = message('payments.v1.Event');

  test('continues its stream past an unknown event type and an unknown resource', async () => {
    // Field 8 of `data`, which this contract does not have, and nothing else in it.
    const dispute = Buffer.from([0x42, 2, 0x0a, 0]);
    const newer = { id: 'evt_1', sequence: 1, type: 99 as never, createdAt };
    const known = {
      id: 'evt_2',
      sequence: 2,
      type: 'EVENT_TYPE_REFUND_CREATED',
      createdAt,
      refund,
    };
    const fake = await serveEvents([
      Buffer.concat([Event.serialize(newer), dispute]),
      Event.serialize(known as never),
    ]);
    const client = await createGrpcClient({ target: `127.0.0.1:${fake.port}`, key: adminKey });
    const events = await client.watchEvents({}, { signal: new AbortController().signal });
    const seen: unknown[] = [];
    for await (const { type, data } of events) seen.push([type, data.kind]);
    expect(seen).toEqual([
      ['99', 'unknown'],
      ['refund.created', 'refund'],
    ]);
    await client.close();
    fake.close();
  });

  test('passes unknown enum values through as numbers', () => {
    const { serialize, deserialize } = message('payments.v1.Payment');
    const failure = { code: 77 as never, message: 'x' };
    const newer = { status: 88 as never, captureMethod: 99 as never, failure };
    const bytes = serialize({ ...newer, createdAt, updatedAt: createdAt });
    expect(decodePayment(deserialize(bytes))).toMatchObject({
      status: '88',
      captureMethod: '99',
      failure: { code: '77' },
    });
  });
});

test('the gRPC client refuses a text that UTF-8 would change and names its field', async () => {
  const client = await createGrpcClient({ target: `127.0.0.1:${room.server.port}`, key: adminKey });
  // protobufjs replaces the half in text of this length.
  const half = 'a\ud800b'.padEnd(40, '.');
  const calls: readonly [string, () => Promise<unknown>][] = [
    [
      'description',
      () => client.createPayment({ ...card, description: half }, { idempotencyKey: 'u' }),
    ],
    [
      'metadata',
      () => client.createPayment({ ...card, metadata: { [half]: 'x' } }, { idempotencyKey: 'u' }),
    ],
    ['id', () => client.getPayment({ id: half })],
    ['ids', () => client.getPaymentsByIds({ ids: [half] })],
  ];
  for (const [field, call] of calls) {
    const error = await call().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'validation_failed' });
    expect((error as PaymentsError).details.violations?.[0]?.path[0]).toBe(field);
  }
  await client.close();
});
