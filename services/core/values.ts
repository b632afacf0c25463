import { z } from 'zod';
import { type IdPrefix, idPattern } from './ids.ts';

/** The input fields that several operations share. */

/** An id of a resource: any text, because a malformed id simply names nothing. */
export const anyId = z.string().min(1).max(255);

/** An id inside of an input; a malformed one is reported as a violation. */
export const idOf = (prefix: IdPrefix) =>
  z.string().regex(idPattern(prefix), `expected an id like ${prefix}_ and 26 characters`);

/** 1 to 100 ids at once. */
export const manyIds = z.array(anyId).min(1).max(100);

/** Half of a surrogate pair is not a character: UTF-8 cannot encode it, so it would be replaced. */
const unicode = (text: z.ZodString) =>
  text.refine((value) => value.isWellFormed(), 'expected Unicode, without half of a character');

/** What the contracts say of free text beside its length. */
const rulesOfText = {
  pattern: '^[^\\u0000]*$',
  description: 'Counted in UTF-16 units. Without NUL, and without half of a surrogate pair.',
};

/**
 * Free text of `least` to `most` characters. NUL is refused: not every database and wire can carry
 * it.
 */
export const textOf = (least: number, most: number) =>
  unicode(least > 0 ? z.string().min(least).max(most) : z.string().max(most))
    .refine((text) => !text.includes('\0'), 'expected no NUL character')
    .meta(rulesOfText);

export const textUpTo = (length: number) => textOf(0, length);

const maxPairs = 50;

/** Up to 50 pairs; keys to 40 characters, values to 500. */
export const metadataSchema = z
  .record(textOf(1, 40), textUpTo(500))
  .refine((pairs) => Object.keys(pairs).length <= maxPairs, `expected at most ${maxPairs} pairs`)
  .meta({ maxProperties: maxPairs });

const aTime = 'expected a time such as 2026-01-31T12:00:00Z';

/** Milliseconds since 1970 UTC, of the years that RFC 3339 has: 0001 to 9999. */
export const timeSchema = z
  .int(aTime)
  .min(-62_135_596_800_000, aTime)
  .max(253_402_300_799_999, aTime);
