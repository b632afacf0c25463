import { expect, test } from 'vitest';
import { parseIdempotencyKey } from '../../services/wire/idempotency-key.ts';

test('a key is the same bare, in quotes, and with parameters after it', () => {
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

test('none and an empty one are none', () => {
  expect(parseIdempotencyKey(undefined)).toBeUndefined();
  expect(parseIdempotencyKey('')).toBe('');
  expect(parseIdempotencyKey('""')).toBe('');
});

test('a string that does not end as one is refused', () => {
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
