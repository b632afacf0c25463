import { randomUUID } from 'node:crypto';
import { connect } from 'node:http2';
import { Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ErrorDetails, errorCodes, PaymentsError } from '../../services/core/errors.ts';
import { decodeError, encodeError } from '../../services/grpc/errors.ts';
import { eventService, paymentService } from '../../services/wire/protobuf/contract.ts';
import { adminKey, otherKey } from '../house.ts';
import { detailsOf, type Method, violationsOf } from './grpc-peer.ts';
import { type GrpcRoom, openGrpcRoom } from './grpc-room.ts';

let room: GrpcRoom;
beforeAll(async () => {
  room = await openGrpcRoom();
});
afterAll(() => room.close());

const { CreatePayment, ListPayments, BatchGetPayments } = paymentService;
const card = { amount: 1000, currency: 'GBP', paymentMethod: 'pm_card_ok' } as const;

/** Header fields of a failure as they come, counted as HTTP/2 counts them (RFC 9113 §6.5.2). */
async function headerBytesOf(method: { readonly path: string }, message: Buffer): Promise<number> {
  const session = connect(`http://127.0.0.1:${room.server.port}`, {
    settings: { maxHeaderListSize: 65_536 },
  });
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(message.length, 1);
  const stream = session.request({
    ':method': 'POST',
    ':path': method.path,
    'content-type': 'application/grpc',
    te: 'trailers',
    authorization: `Bearer ${adminKey}`,
    'x-request-id': 'r'.repeat(128),
  });
  stream.end(Buffer.concat([prefix, message]));
  const fields = await new Promise<readonly string[]>((resolve, reject) => {
    stream.on('response', (_headers, _flags, raw: readonly string[]) => resolve(raw));
    stream.on('error', reject);
  });
  session.destroy();
  const bytes = fields.reduce((sum, each) => sum + Buffer.byteLength(each, 'latin1'), 0);
  return bytes + (fields.length / 2) * 32;
}

/** What a status costs as header fields. */
function fieldBytes({ details, metadata }: Pick<ServiceError, 'details' | 'metadata'>): number {
  const fields = { ...metadata.toHttp2Headers(), 'grpc-message': encodeURI(details) };
  const bytes = Object.entries(fields).map(([name, value]) => name.length + `${value}`.length + 32);
  // The rest are `:status`, `content-type`, `grpc-status` and `date`.
  return bytes.reduce((sum, each) => sum + each, 250);
}

/** As much metadata as the contract allows, in characters of 3 bytes. */
const fullMetadata = Object.fromEntries(
  Array.from({ length: 50 }, (_, i) => [`${i}`.padEnd(40, '☃'), '☃'.repeat(500)]),
);

describe('a failure fits the header fields of a default client', () => {
  const long = (unit: string) => unit.repeat(Math.floor(500 / unit.length) + 1);
  const cases: readonly [string, Method<never, unknown>, object][] = [
    ['100 empty ids', BatchGetPayments, { ids: Array(100).fill('') }],
    [
      '50 long names in metadata',
      CreatePayment,
      { metadata: Object.fromEntries(Array.from({ length: 50 }, (_, i) => [long(`${i}-k`), 'x'])) },
    ],
    [
      '50 long values that are not ASCII',
      CreatePayment,
      {
        metadata: Object.fromEntries(
          Array.from({ length: 50 }, (_, i) => [`${i}${'☃'.repeat(50)}`, '☃'.repeat(501)]),
        ),
      },
    ],
    ['a long order', ListPayments, { orderBy: '💛'.repeat(9000) }],
    ['a long id', paymentService.GetPayment, { id: '💛'.repeat(120) }],
  ];
  test.each(cases)('with at most 8,192 bytes: %s', async (_what, method, request) => {
    // Each request is one of its own method.
    const message = method.requestSerialize({ requestId: 'f', ...card, ...request } as never);
    expect(await headerBytesOf(method, message)).toBeLessThanOrEqual(8192);
  });

  test('for any code, message and details, and its code arrives', () => {
    const text = '☃💛a'.repeat(1000);
    const path = (i: number) => ['metadata', `${i}${'☃'.repeat(70)}`];
    const violations = Array.from({ length: 100 }, (_, i) => ({
      path: path(i),
      code: 'too_big',
      message: text,
    }));
    const metadata = { id: text, left: text, idempotencyKey: text, payment: text };
    const details: readonly ErrorDetails[] = [
      {},
      { violations },
      { violations, metadata, retryAfterMs: 1500 },
      { metadata, retryAfterMs: 1 },
      { violations: violations.slice(0, 1) },
    ];
    for (const code of errorCodes) {
      for (const given of details) {
        const trailers = new Metadata();
        trailers.set('x-request-id', 'r'.repeat(128));
        const sent = encodeError(new PaymentsError(code, text, given), trailers);
        expect(fieldBytes(sent)).toBeLessThanOrEqual(8192);
        expect(sent.details.isWellFormed()).toBe(true);
        const decoded = decodeError(Object.assign(new Error(), sent), 'here');
        expect(decoded).toMatchObject({ code });
      }
    }
  });

  test('by reporting the first of many violations and the number of the rest', async () => {
    const metadata = Object.fromEntries(
      Array.from({ length: 32 }, (_, i) => [`name-${i}`, 'x'.repeat(501)]),
    );
    const request = { ...card, requestId: 'many', description: 'x'.repeat(501), metadata };
    const violations = await violationsOf(room.peer, CreatePayment, request);
    const few = violations.slice(0, -1);
    expect(few.length).toBeGreaterThan(10);
    expect(few.every(({ field }) => /^metadata\["name-\d+"\]$|^description$/.test(field))).toBe(
      true,
    );
    expect(violations.at(-1)).toEqual({
      field: '',
      description: `and at least ${32 - few.length} more`,
      reason: 'MORE',
    });
  });
});

describe('responses fit a client with the default limit of 4 MiB:', () => {
  // A merchant that no other test here writes as.
  const options = { metadata: { authorization: `Bearer ${otherKey}` } };
  const count = 45;
  let ids: readonly string[];
  beforeAll(async () => {
    const created = Array.from({ length: count }, async () => {
      const request = { ...card, requestId: randomUUID(), currency: 'EUR', metadata: fullMetadata };
      const { message: payment, error } = await room.peer.ask(CreatePayment, request, options);
      expect(error).toBeUndefined();
      return payment?.id ?? '';
    });
    ids = await Promise.all(created);
  });

  test('a page of payments with maximum metadata ends early with a token', async () => {
    const pages: (readonly string[])[] = [];
    let pageToken = '';
    do {
      const { message: page } = await room.peer.ask(
        ListPayments,
        { pageSize: 100, pageToken },
        options,
      );
      pages.push(page?.payments.map(({ id }) => id) ?? []);
      pageToken = page?.nextPageToken ?? '';
    } while (pageToken !== '');
    expect(pages[0]?.length).toBeLessThan(count);
    expect(new Set(pages.flat())).toEqual(new Set(ids));
    expect(pages.flat()).toHaveLength(count);
  });

  test('a page of their events ends early as well', async () => {
    const { message: page, error } = await room.peer.ask(
      eventService.ListEvents,
      { pageSize: 100 },
      options,
    );
    expect(error).toBeUndefined();
    expect(page?.events.length).toBeLessThan(count);
    expect(page?.nextPageToken).not.toBe('');
  });

  test('a batch that is too large is refused with the number of items that fit', async () => {
    const [id = ''] = ids;
    for (const many of [[...ids], Array<string>(100).fill(id)]) {
      const { error } = await room.peer.ask(BatchGetPayments, { ids: many }, options);
      expect(error?.code).toBe(status.RESOURCE_EXHAUSTED);
      const [[, info] = []] = detailsOf(error);
      expect(info).toMatchObject({ reason: 'PAYLOAD_TOO_LARGE' });
      const { fits } = (info as { metadata: { fits: string } }).metadata;
      const { message: batch } = await room.peer.ask(
        BatchGetPayments,
        { ids: many.slice(0, Number(fits)) },
        options,
      );
      expect(batch?.results).toHaveLength(Number(fits));
    }
  });
});

test('a page size above the maximum is reduced to the maximum', async () => {
  const creations = Array.from({ length: 101 }, () =>
    room.peer.ask(CreatePayment, { ...card, requestId: randomUUID() }),
  );
  await Promise.all(creations);
  for (const method of [ListPayments, eventService.ListEvents] as const) {
    const { message: page } = await room.peer.ask<{ pageSize: number }, object>(method, {
      pageSize: 2000,
    });
    const { nextPageToken, ...items } = page as { nextPageToken: string };
    expect(Object.values(items)[0]).toHaveLength(100);
    expect(nextPageToken).not.toBe('');
  }
});
