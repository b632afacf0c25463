import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseTime, timeJson } from '../../services/wire/time.ts';

test('a time is formatted as toISOString does it on every valid day', () => {
  const times = fc.oneof(
    fc.nat({ max: 253_402_300_799_999 }),
    fc.nat({ max: 2_932_896 }).map((day) => day * 86_400_000),
    fc.integer({ min: -1e12, max: -1 }),
    fc.constantFrom(0, 253_402_300_799_999, 253_402_300_800_000, 951_782_399_999),
  );
  fc.assert(
    fc.property(times, (ms) => {
      expect(timeJson(ms)).toBe(new Date(ms).toISOString());
    }),
    { numRuns: 2000 },
  );
});

test('a time of RFC 3339 is read as the right instant', () => {
  const instants: readonly [string, string][] = [
    ['2026-01-31T12:00:00Z', '2026-01-31T12:00:00.000Z'],
    ['2026-01-31t12:00:00z', '2026-01-31T12:00:00.000Z'],
    ['2026-01-31T12:00:00.1Z', '2026-01-31T12:00:00.100Z'],
    ['2026-01-31T12:00:00.12399999Z', '2026-01-31T12:00:00.123Z'],
    ['2026-01-31T12:00:00+05:30', '2026-01-31T06:30:00.000Z'],
    ['2026-01-31T23:00:00-23:59', '2026-02-01T22:59:00.000Z'],
    ['2026-01-31T12:00:00-00:00', '2026-01-31T12:00:00.000Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
    ['2000-02-29T00:00:00Z', '2000-02-29T00:00:00.000Z'],
    ['1969-12-31T23:59:59Z', '1969-12-31T23:59:59.000Z'],
    ['0000-01-01T00:00:00Z', '0000-01-01T00:00:00.000Z'],
    ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
  ];
  for (const [text, instant] of instants) {
    expect([text, parseTime(text)]).toEqual([text, Date.parse(instant)]);
  }
});

test('a time that no calendar or clock has is refused', () => {
  for (const text of [
    '2011-02-29T00:00:00Z',
    '2011-02-30T00:00:00Z',
    '2011-02-31T00:00:00Z',
    '1900-02-29T00:00:00Z',
    '2011-04-31T00:00:00Z',
    '2011-00-01T00:00:00Z',
    '2011-13-01T00:00:00Z',
    '2011-01-00T00:00:00Z',
    '2011-01-32T00:00:00Z',
    '2011-01-01T24:00:00Z',
    '2011-01-01T00:60:00Z',
    '2011-01-01T00:00:61Z',
    '2011-01-01T00:00:00+24:00',
    '2011-01-01T00:00:00+00:60',
    '2011-01-01T00:00:00',
    '2011-01-01 00:00:00Z',
    '2011-01-01T00:00Z',
    '2011-01-01T00:00:00.Z',
    '2011-01-01T00:00:00,5Z',
    '2011-01-01',
    '+002011-01-01T00:00:00Z',
    ' 2011-01-01T00:00:00Z',
    '1293840000000',
    '',
  ]) {
    expect([text, parseTime(text)]).toEqual([text, undefined]);
  }
});

test('second 60 is accepted only at the end of June and December in UTC', () => {
  const next = Date.parse('2017-01-01T00:00:00Z');
  expect(parseTime('2016-12-31T23:59:60Z')).toBe(next);
  expect(parseTime('2016-12-31T23:59:60.25Z')).toBe(next + 250);
  expect(parseTime('2016-12-31T15:59:60-08:00')).toBe(next);
  expect(parseTime('2017-01-01T05:29:60+05:30')).toBe(next);
  expect(parseTime('2015-06-30T23:59:60Z')).toBe(Date.parse('2015-07-01T00:00:00Z'));
  for (const text of [
    '2016-12-31T23:59:60+01:00',
    '2016-12-31T22:59:60Z',
    '2016-12-30T23:59:60Z',
    '2016-03-31T23:59:60Z',
    '2016-12-31T23:58:60Z',
  ]) {
    expect([text, parseTime(text)]).toEqual([text, undefined]);
  }
});

test('every instant is read back from its own text, in any offset', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -60_000_000_000_000, max: 253_000_000_000_000 }),
      fc.integer({ min: -1439, max: 1439 }),
      (ms, offset) => {
        const pad = (value: number) => String(Math.floor(value)).padStart(2, '0');
        const wall = new Date(ms + offset * 60_000).toISOString().slice(0, -1);
        const size = Math.abs(offset);
        const text = `${wall}${offset < 0 ? '-' : '+'}${pad(size / 60)}:${pad(size % 60)}`;
        expect(parseTime(text)).toBe(ms);
      },
    ),
    { numRuns: 2000 },
  );
});
