import fc from 'fast-check';
import { expect, test } from 'vitest';
import { timeJson } from '../../services/wire/time.ts';

test('a time reads as toISOString writes it, over all the days that there are', () => {
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
