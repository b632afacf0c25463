import { Metadata } from '@grpc/grpc-js';
import { expect, test } from 'vitest';
import { createInProcessClient } from '../../services/core/client.ts';
import { toPaymentsError } from '../../services/core/errors.ts';
import { toFailure } from '../../services/graphql/errors.ts';
import { encodeError } from '../../services/grpc/errors.ts';
import { answerProblem } from '../../services/rest/errors.ts';
import { errorFrame } from '../../services/websocket/errors.ts';
import { parseIdempotencyKey } from '../../services/wire/idempotency-key.ts';
import { adminKey, openHouse } from '../house.ts';

test('an idempotency key is the same bare, in quotes, and with parameters after it', () => {
  for (const sent of [
    'abc',
    '"abc"',
    '"abc" ',
    '"abc";x=1',
    '"abc"; x; y="q;\\"";z',
    '"abc";*a=:AAA=:;b=?1;c=@1;d=1.5;e=tok/en',
  ]) {
    expect([sent, parseIdempotencyKey(sent)]).toEqual([sent, 'abc']);
  }
  expect(parseIdempotencyKey('"a\\"b\\\\c"')).toBe('a"b\\c');
  expect(parseIdempotencyKey('a"b\\c')).toBe('a"b\\c');
});

test('an empty idempotency key counts as omitted', () => {
  expect(parseIdempotencyKey(undefined)).toBeUndefined();
  expect(parseIdempotencyKey('')).toBe('');
  expect(parseIdempotencyKey('""')).toBe('');
});

test('an idempotency key that is an unterminated string is refused', () => {
  for (const sent of [
    '"abc',
    '"',
    '"a"b"',
    '"abc", "abc"',
    '"a\\b"',
    '"abc";',
    '"abc";X=1',
    '"abc" x',
    '"ä"',
    `"${'\\"'.repeat(8000)}`,
    `"a"${';a'.repeat(4000)}!`,
  ]) {
    expect(() => parseIdempotencyKey(sent), sent.slice(0, 20)).toThrow(
      'expected a key, bare or as a string in quotes',
    );
  }
});

test('a write without an idempotency key is refused with the name that its wire gives the key', async () => {
  const house = await openHouse();
  const client = createInProcessClient(house.core, adminKey);
  const thrown: unknown = await client.createCustomer({ name: 'Ada' }).catch((error) => error);
  await house.close();
  const error = toPaymentsError(thrown);
  expect(error.code).toBe('idempotency_key_missing');
  const caller = { requestId: 'req', credential: undefined, receipt: {} };
  const problem = await answerProblem(error, caller).json();
  expect(problem.detail).toMatch(/^Idempotency-Key: expected .*, got nothing$/);
  expect(encodeError(error, new Metadata()).details).toMatch(/^request_id: expected /);
  expect(toFailure(error).message).toMatch(/^idempotencyKey: expected /);
  const frame = JSON.parse(errorFrame(undefined, error, caller));
  expect(frame.error.detail).toMatch(/^idempotencyKey: expected /);
  expect(frame.error.errors[0].pointer).toBe('#/idempotencyKey');
});
