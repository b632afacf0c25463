/** Milliseconds of each TimeoutUnit. */
export const timeoutUnits = {
  H: 3_600_000,
  M: 60_000,
  S: 1000,
  m: 1,
  u: 0.001,
  n: 0.000_001,
} as const;

/** `setTimeout` treats a longer pause, above 24.8 days, as 1 ms. */
const longestTimerMs = 2 ** 31 - 1;

/**
 * Returns the milliseconds of a `grpc-timeout`: a TimeoutValue of at most 8 digits and a
 * TimeoutUnit (PROTOCOL-HTTP2.md, Requests); undefined for any other text.
 */
export function parseTimeout(text: string): number | undefined {
  if (!/^\d{1,8}[HMSmun]$/.test(text)) return undefined;
  // The expression allows no other letter.
  return Number(text.slice(0, -1)) * timeoutUnits[text.slice(-1) as keyof typeof timeoutUnits];
}

/**
 * A pause that `setTimeout` can handle, however far away `dueMs` on the clock of `performance` is.
 */
const pauseUntil = (dueMs: number): number =>
  Math.min(longestTimerMs, Math.max(0, Math.ceil(dueMs - performance.now())));

/**
 * Calls `expire` once when `performance.now()` reaches `dueMs`; returns a function that cancels it.
 */
export function whenDue(dueMs: number, expire: () => void): () => void {
  const check = () => {
    if (performance.now() >= dueMs) expire();
    else arm();
  };
  let timer: NodeJS.Timeout;
  const arm = () => {
    timer = setTimeout(check, pauseUntil(dueMs));
    timer.unref();
  };
  arm();
  return () => clearTimeout(timer);
}
