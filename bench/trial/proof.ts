import { isDeepStrictEqual } from 'node:util';

/** Where two values first differ, as a path; undefined if they are equal. */
export function firstDifference(
  got: unknown,
  expected: unknown,
  path = 'answer',
): string | undefined {
  if (isDeepStrictEqual(got, expected)) return undefined;
  if (typeof got !== 'object' || typeof expected !== 'object' || !got || !expected) {
    return `${path}: expected ${excerpt(expected)}, got ${excerpt(got)}`;
  }
  for (const key of new Set([...Object.keys(expected), ...Object.keys(got)])) {
    // Any key may be asked of any object; what is not there is undefined.
    const inner = firstDifference(
      (got as Record<string, unknown>)[key],
      (expected as Record<string, unknown>)[key],
      `${path}.${key}`,
    );
    if (inner !== undefined) return inner;
  }
  return `${path}: equal fields, but not equal objects`;
}

const excerpt = (value: unknown): string => String(JSON.stringify(value)).slice(0, 80);

/** Proves before a contender is timed that its result is the reference. */
export function proveEqual(got: unknown, reference: unknown): void {
  const difference = firstDifference(got, reference);
  if (difference !== undefined)
    throw new Error(`Answers differ from the baseline's: ${difference}.`);
}
