import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PaymentsError, type Violation } from '../../services/core/errors.ts';
import { message, requestMessage, service } from '../../services/wire/protobuf/contract.ts';

const { CreatePayment, ListPayments } = service('PaymentService');
const { ListEvents } = service('EventService');
const body = requestMessage('payments.v1.CreatePaymentRequest');
const plain = message('payments.v1.CreatePaymentRequest');

const bytesOf = (...parts: readonly (number | string | Buffer)[]): Buffer =>
  Buffer.concat(
    parts.map((part) => (typeof part === 'number' ? Buffer.from([part]) : Buffer.from(part))),
  );
const field = (number: number, value: Buffer | string) => {
  const bytes = Buffer.from(value);
  return bytesOf((number << 3) | 2, bytes.length, bytes);
};
const pair = (name: Buffer | string, value: Buffer | string) =>
  field(9, bytesOf(field(1, name), field(2, value)));

/** What a reader says of bytes that it refuses. */
function violationsOf(read: (bytes: Buffer) => unknown, bytes: Buffer): readonly Violation[] {
  try {
    read(bytes);
  } catch (thrown) {
    if (thrown instanceof PaymentsError) return thrown.details.violations ?? [];
    throw thrown;
  }
  return [];
}
const first = (read: (bytes: Buffer) => unknown, bytes: Buffer) => {
  const [violation] = violationsOf(read, bytes);
  return violation && { path: violation.path.join('.'), code: violation.code };
};

const notUtf8: readonly [string, Buffer][] = [
  ['a byte that begins nothing', bytesOf('ab', 0xff, 0xfe, 'cd')],
  ['an overlong slash', bytesOf(0xc0, 0xaf)],
  ['half of a surrogate pair', bytesOf(0xed, 0xa0, 0x80)],
  ['a character that is cut', bytesOf(0xe2, 0x98)],
  ['past the last code point', bytesOf(0xf4, 0x90, 0x80, 0x80)],
  ['the last byte of a long text', bytesOf('x'.repeat(90), 0x80)],
];

describe('text that is not UTF-8', () => {
  test.each(notUtf8)('%s is refused in every string of a request, by its name', (_what, bytes) => {
    const requests: readonly [string, Buffer][] = [
      ['requestId', field(1, bytes)],
      ['currency', field(3, bytes)],
      ['description', field(8, bytes)],
      ['metadata.order', pair('order', bytes)],
      ['metadata', pair(bytes, 'x')],
    ];
    for (const [path, request] of requests) {
      for (const read of [CreatePayment.requestDeserialize, body.deserialize]) {
        expect(first(read, request)).toEqual({ path, code: 'invalid_utf8' });
      }
    }
  });

  test('is reported for every string of a message together', () => {
    const bytes = bytesOf(field(3, bytesOf(0xff)), pair('a', bytesOf(0xfe)), pair('b', 'fine'));
    const violations = violationsOf(body.deserialize, bytes);
    expect(violations.map(({ path }) => path.join('.'))).toEqual(['currency', 'metadata.a']);
    expect(violations[0]?.message).toBe('expected text in UTF-8, got the bytes ff');
  });
});

const repeated = (count: number, bytes: Buffer) => Buffer.concat(Array(count).fill(bytes));

/** Groups of the unknown number 999 inside of one another. */
const groups = (count: number) =>
  bytesOf(repeated(count, bytesOf(0xbb, 0x3e)), repeated(count, bytesOf(0xbc, 0x3e)));

describe('malformed bytes of a message', () => {
  const cases: readonly [string, Buffer, string][] = [
    ['a string longer than the message', bytesOf(0x42, 50, 'hello'), 'description'],
    ['a value longer than its pair', bytesOf(0x4a, 6, field(1, 'k'), 0x12, 9, 'v'), 'metadata.k'],
    ['a pair longer than the message', bytesOf(0x4a, 60, field(1, 'k')), 'metadata'],
    ['a tag without a value', bytesOf(0x10), 'amount'],
    ['a varint that does not end', bytesOf(0x10, 0x80, 0x80, 0x80, 0x80), 'amount'],
    ['a varint of 11 bytes', bytesOf(0x10, repeated(10, bytesOf(0x80)), 1), 'amount'],
    ['a varint of 65 bits', bytesOf(0x10, repeated(9, bytesOf(0xff)), 2), 'amount'],
    ['a length of 6 bytes', bytesOf(0x42, 0x81, 0x80, 0x80, 0x80, 0x80, 0, 'x'), 'description'],
    ['a tag of 33 bits', bytesOf(0xd0, 0x80, 0x80, 0x80, 0x10, 1), ''],
    ['field number 0', bytesOf(0x00, 1), ''],
    ['another wire type', bytesOf(0x15, 1, 2, 3, 4), 'amount'],
    ['a number where text is due', bytesOf(0x40, 1), 'description'],
    ['wire type 7', bytesOf(0x0f), 'requestId'],
    ['the end of a group that did not begin', bytesOf(0xbc, 0x3e), ''],
    ['a group that another number ends', bytesOf(0xbb, 0x3e, 0xb4, 0x3e), ''],
    ['a group that does not end', bytesOf(0xbb, 0x3e, 0xb8, 0x3e, 1), ''],
    ['an unknown field that is cut', bytesOf(0xb9, 0x3e, 1, 2, 3), ''],
    ['101 groups in one another', groups(101), ''],
    ['1,001 fields', repeated(1001, bytesOf(0x38, 1)), ''],
  ];
  test.each(cases)('are refused and not read: %s', (_what, bytes, path) => {
    for (const read of [CreatePayment.requestDeserialize, body.deserialize]) {
      expect(first(read, bytes)).toEqual({ path, code: 'malformed' });
    }
  });

  test('are refused and not merged if a singular field holds a second message', () => {
    const from = field(5, bytesOf(0x08, 1));
    expect(violationsOf(ListPayments.requestDeserialize, from)).toEqual([]);
    expect(first(ListPayments.requestDeserialize, bytesOf(from, from))).toEqual({
      path: 'createdFrom',
      code: 'malformed',
    });
  });

  test('are refused before they are read if a packed list has too many numbers', () => {
    const run = repeated(1001, bytesOf(1));
    const bytes = bytesOf(0x22, 0xe9, 0x07, run);
    expect(first(ListEvents.requestDeserialize, bytes)?.code).toBe('malformed');
  });
});

describe('numbers out of the range of their field', () => {
  const cases: readonly [string, Buffer, string][] = [
    ['2^53', bytesOf(0x10, repeated(7, bytesOf(0x80)), 0x10), 'amount'],
    ['the least int64', bytesOf(0x10, repeated(9, bytesOf(0x80)), 1), 'amount'],
    ['an enum value of 2^31', bytesOf(0x30, 0x80, 0x80, 0x80, 0x80, 8), 'captureMethod'],
    ['an enum value in 6 bytes', bytesOf(0x30, repeated(5, bytesOf(0x81)), 0), 'captureMethod'],
    ['a bool of 2', bytesOf(0x38, 2), 'confirm'],
    ['a bool of 2^32', bytesOf(0x38, 0x80, 0x80, 0x80, 0x80, 0x10), 'confirm'],
  ];
  test.each(cases)('are refused, and the next field is still checked: %s', (_what, bytes, path) => {
    const violations = violationsOf(body.deserialize, bytesOf(bytes, field(3, bytesOf(0xff))));
    expect(violations.map((violation) => [violation.path.join('.'), violation.code])).toEqual([
      [path, 'out_of_range'],
      ['currency', 'invalid_utf8'],
    ]);
  });

  test('are reported as they were sent', () => {
    const bytes = bytesOf(0x10, 0x81, repeated(6, bytesOf(0x80)), 0x10);
    expect(violationsOf(body.deserialize, bytes)[0]?.message).toBe(
      'expected a number from -9007199254740991 to 9007199254740991, got 9007199254740993',
    );
  });
});

describe('unknown fields', () => {
  const unknown = bytesOf(0xb8, 0x3e, 1);
  const nested = field(9, bytesOf(field(1, 'k'), 0x18, 1, field(2, 'v')));

  test('are skipped on gRPC, including groups and fields of map entries', () => {
    const group = bytesOf(0xbb, 0x3e, 0x0a, 1, 'x', 0xbc, 0x3e);
    const bytes = bytesOf(unknown, field(3, 'GBP'), group, groups(100), nested);
    expect(CreatePayment.requestDeserialize(bytes)).toMatchObject({
      currency: 'GBP',
      metadata: { k: 'v' },
    });
  });

  test('are refused by their numbers in an HTTP body, 32 at most', () => {
    const bytes = bytesOf(unknown, nested);
    expect(violationsOf(body.deserialize, bytes)).toEqual([
      { path: ['999'], code: 'unknown_field', message: 'expected no field of this number' },
      {
        path: ['metadata', 'k'],
        code: 'unknown_field',
        message: 'expected no field of this number',
      },
    ]);
    expect(violationsOf(body.deserialize, repeated(500, unknown))).toHaveLength(32);
  });
});

const text = fc.string({ unit: 'binary', maxLength: 80 });
const request = fc.record(
  {
    requestId: text,
    amount: fc.maxSafeInteger(),
    currency: text,
    customer: text,
    paymentMethod: text,
    captureMethod: fc.oneof(fc.constantFrom(0, 1, 2), fc.integer()),
    confirm: fc.boolean(),
    description: text,
    metadata: fc.dictionary(text, text, { maxKeys: 5 }),
  },
  { requiredKeys: [] },
);
const seed = 20261127;

describe('the output of official encoders', () => {
  test('is accepted for every message and read as protobufjs reads it', () => {
    fc.assert(
      fc.property(request, (given) => {
        // A number is an enum value that the type does not name.
        const bytes = plain.serialize(given as never);
        expect(body.deserialize(bytes)).toEqual(plain.deserialize(bytes));
        expect(CreatePayment.requestDeserialize(bytes)).toEqual(plain.deserialize(bytes));
      }),
      { seed, numRuns: 500 },
    );
  });

  test('is accepted for packed and unpacked lists of numbers', () => {
    const types = (bytes: Buffer) => ListEvents.requestDeserialize(bytes).types;
    const wanted = ['EVENT_TYPE_CUSTOMER_CREATED', 'EVENT_TYPE_REFUND_CREATED'];
    expect(types(bytesOf(0x22, 2, 1, 9))).toEqual(wanted);
    expect(types(bytesOf(0x20, 1, 0x20, 9))).toEqual(wanted);
    expect(types(bytesOf(0x20, 1, 0x22, 1, 9))).toEqual(wanted);
  });

  test('is read by the rule that the last value of a field or map key wins', () => {
    const bytes = bytesOf(field(3, 'GBP'), field(3, 'EUR'), pair('k', '1'), pair('k', '2'));
    expect(body.deserialize(bytes)).toMatchObject({ currency: 'EUR', metadata: { k: '2' } });
  });
});

test('accepted bytes are read by protobufjs without an exception or a replaced byte', () => {
  let accepted = 0;
  const change = fc.record({ at: fc.nat(400), byte: fc.nat(255), cut: fc.boolean() });
  fc.assert(
    fc.property(request, fc.array(change, { minLength: 1, maxLength: 3 }), (given, changes) => {
      let bytes = plain.serialize(given as never);
      for (const { at, byte, cut } of changes) {
        if (bytes.length === 0) continue;
        if (cut) bytes = bytes.subarray(0, at % (bytes.length + 1));
        else bytes[at % bytes.length] = byte;
      }
      if (violationsOf(CreatePayment.requestDeserialize, bytes).length > 0) return;
      accepted += 1;
      const read = plain.deserialize(bytes);
      const texts = [read.currency, read.description ?? '', ...Object.values(read.metadata)];
      for (const each of texts) {
        if (each.includes('\ufffd')) expect(bytes.includes('\ufffd')).toBe(true);
      }
      // What protobufjs understood, written again and read again, is the same.
      expect(plain.deserialize(plain.serialize(read))).toEqual(read);
    }),
    { seed, numRuns: 3000 },
  );
  expect(accepted).toBeGreaterThan(100);
});
