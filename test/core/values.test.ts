import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createIds, idPattern } from '../../services/core/ids.ts';
import { currencies, parseMajor } from '../../services/core/money.ts';
import { createCursors } from '../../services/core/page.ts';
import { createTokenBuckets } from '../../services/core/token-bucket.ts';
import { toCamel, toSnake } from '../../services/wire/names.ts';

describe('ids', () => {
  test('increase strictly within a millisecond, over many, and when the clock steps back', () => {
    const newId = createIds(() => 2 ** 40 - 1);
    const times = [5, 5, 5, 7, 6, 6, 8];
    const ids = times.map((time) => newId('pay', time));
    expect([...ids].sort()).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(idPattern('pay'));
  });

  test('sort by their time', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 42), fc.nat(2 ** 42), (a, b) => {
        const early = createIds(() => 7)('evt', Math.min(a, b));
        const late = createIds(() => 0)('evt', Math.max(a, b) + 1);
        expect(early < late).toBe(true);
      }),
    );
  });
});

describe('amounts', () => {
  test.each([
    ['139.12', 'GBP', 13912],
    ['22.2', 'GBP', 2220],
    ['204', 'GBP', 20400],
    ['-27.50', 'GBP', -2750],
    ['1.2300', 'GBP', 123],
    ['1.234', 'GBP', undefined],
    ['1.234', 'BHD', 1234],
    ['100', 'JPY', 100],
    ['100.5', 'JPY', undefined],
    ['1e3', 'GBP', undefined],
    ['', 'GBP', undefined],
    ['99999999999999999999', 'GBP', undefined],
  ] as const)('%s %s is %s minor units', (text, currency, minor) => {
    expect(parseMajor(text, currency)).toBe(minor);
  });

  test('every amount survives being written in major units', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 99_999_999_999 }),
        fc.constantFrom(...(Object.keys(currencies) as (keyof typeof currencies)[])),
        (minor, currency) => {
          const decimals = currencies[currency];
          const digits = String(minor).padStart(decimals + 1, '0');
          const cut = digits.length - decimals;
          const text = decimals ? `${digits.slice(0, cut)}.${digits.slice(cut)}` : digits;
          expect(parseMajor(text, currency)).toBe(minor);
        },
      ),
    );
  });
});

describe('cursors', () => {
  const cursors = createCursors(new Uint8Array(32).fill(7));
  const position = { value: 12, id: 'pay_1' };

  test('decode to the position that was encoded', () => {
    expect(cursors.open(cursors.seal(position, 'list'), 'list')).toEqual(position);
  });

  test('are refused if they come from another list or secret or have a changed byte', () => {
    const cursor = cursors.seal(position, 'list');
    const elsewhere = createCursors(new Uint8Array(32).fill(8));
    expect(() => cursors.open(cursor, 'other list')).toThrow('cursor');
    expect(() => elsewhere.open(cursor, 'list')).toThrow('cursor');
    const bytes = Buffer.from(cursor, 'base64url');
    for (let i = 0; i < bytes.length; i += 1) {
      const altered = Buffer.from(bytes);
      altered[i] = (altered[i] ?? 0) ^ 1;
      expect(() => cursors.open(altered.toString('base64url'), 'list')).toThrow('cursor');
    }
  });
});

describe('token buckets', () => {
  const bucket = { id: 'key_1', ratePerSecond: 10, burst: 5 };

  test('allow a burst, refuse the calls above it, and report the time to wait', async () => {
    const limiter = createTokenBuckets(() => 0);
    for (let left = 4; left >= 0; left -= 1) {
      expect(await limiter.take([bucket], 1)).toMatchObject({ allowed: true, remaining: left });
    }
    expect(await limiter.take([bucket], 1)).toEqual({
      allowed: false,
      limit: 5,
      ratePerSecond: 10,
      remaining: 0,
      resetMs: 500,
      retryAfterMs: 100,
    });
  });

  test('gain tokens over time up to the burst, and keep their tokens if they refuse', async () => {
    let now = 0;
    const limiter = createTokenBuckets(() => now);
    await limiter.take([bucket], 5);
    now = 150;
    expect((await limiter.take([bucket], 2)).allowed).toBe(false);
    expect((await limiter.take([bucket], 1)).allowed).toBe(true);
    now = 1_000_000;
    expect(await limiter.take([bucket], 0)).toMatchObject({ remaining: 5 });
  });

  test('take tokens from all buckets of a call or from none, and report the tighter one', async () => {
    const limiter = createTokenBuckets(() => 0);
    const wide = { id: 'acct_1', ratePerSecond: 20, burst: 7 };
    expect(await limiter.take([bucket, wide], 4)).toMatchObject({ limit: 5, remaining: 1 });
    const other = { ...bucket, id: 'key_2' };
    expect(await limiter.take([other, wide], 4)).toMatchObject({
      allowed: false,
      limit: 7,
      remaining: 3,
      retryAfterMs: 50,
    });
    expect(await limiter.take([other, wide], 3)).toMatchObject({ allowed: true, limit: 7 });
    expect(await limiter.take([other], 2)).toMatchObject({ allowed: true, remaining: 0 });
  });

  test('are separate for each key', async () => {
    const limiter = createTokenBuckets(() => 0);
    await limiter.take([bucket], 5);
    expect((await limiter.take([{ ...bucket, id: 'key_2' }], 5)).allowed).toBe(true);
  });
});

describe('field names', () => {
  test('convert to snake_case and back for any name, including unusual ones', () => {
    const name = fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9_]*$/);
    fc.assert(
      fc.property(name, (text) => {
        expect(toSnake(toCamel(text))).toBe(text);
      }),
    );
    expect(toCamel('payment_method')).toBe('paymentMethod');
    expect(toCamel('paymentMethod')).not.toBe('paymentMethod');
  });
});
