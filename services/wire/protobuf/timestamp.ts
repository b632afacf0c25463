/** `google.protobuf.Timestamp` of milliseconds since 1970 UTC; nanos count up from the second. */
export function encodeTime(ms: number): { seconds: number; nanos: number } {
  const seconds = Math.floor(ms / 1000);
  return { seconds, nanos: (ms - seconds * 1000) * 1_000_000 };
}

/**
 * The first whole millisecond at or after a timestamp: times here are whole milliseconds, so that
 * "from then on" and "before then" mean the same after the rounding as before it. NaN, which every
 * operation refuses, where the nanos are more than a second or count backwards.
 */
export const decodeTime = (time: { readonly seconds: number; readonly nanos: number }): number =>
  time.nanos >= 0 && time.nanos < 1e9
    ? time.seconds * 1000 + Math.ceil(time.nanos / 1_000_000)
    : Number.NaN;

/** For fields that every answer has. */
export function requireTime(
  time: { readonly seconds: number; readonly nanos: number } | null,
): number {
  if (time === null) throw new Error('Expected a timestamp in the answer, got none.');
  return decodeTime(time);
}
