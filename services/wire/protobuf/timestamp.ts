import type { Violation } from '../../core/errors.ts';

/** `google.protobuf.Timestamp` of milliseconds since 1970 UTC; nanos count up from the second. */
export function encodeTime(ms: number): { seconds: number; nanos: number } {
  const seconds = Math.floor(ms / 1000);
  return { seconds, nanos: (ms - seconds * 1000) * 1_000_000 };
}

export interface Timestamp {
  readonly seconds: number;
  readonly nanos: number;
}

/**
 * Returns the first whole millisecond at or after a timestamp. Times here are whole milliseconds,
 * so "from then on" and "before then" mean the same after the rounding as before it.
 */
export const decodeTime = ({ seconds, nanos }: Timestamp): number =>
  seconds * 1000 + Math.ceil(nanos / 1_000_000);

/** 0001-01-01T00:00:00Z and the last second of 9999: the range of a timestamp. */
const leastSeconds = -62_135_596_800;
const mostSeconds = 253_402_300_799;

/** Converts the time of a request's field; an invalid timestamp becomes one of `violations`. */
export function givenTime(
  field: string,
  time: Timestamp | null,
  violations: Violation[],
): number | undefined {
  if (time === null) return undefined;
  const { seconds, nanos } = time;
  if (seconds < leastSeconds || seconds > mostSeconds || nanos < 0 || nanos >= 1e9) {
    const expected = `seconds from ${leastSeconds} to ${mostSeconds} and nanos from 0 to 999999999`;
    const message = `expected ${expected}, got ${seconds} and ${nanos}`;
    violations.push({ path: [field], code: 'out_of_range', message });
    return undefined;
  }
  return Math.min(decodeTime(time), mostSeconds * 1000 + 999);
}

/** For fields that every output has. */
export function requireTime(time: Timestamp | null): number {
  if (time === null) throw new Error('Expected a timestamp in the answer, got none.');
  return decodeTime(time);
}
