import type { Limiter, RateState } from './ports.ts';

const idleBuckets = 100_000;

/**
 * Token buckets in memory: each holds `burst` tokens and gains `ratePerSecond` tokens a second.
 * A call takes its price or is refused and takes nothing.
 *
 * @param nowMs a monotonic clock, milliseconds
 */
export function createTokenBuckets(nowMs: () => number): Limiter {
  const buckets = new Map<string, { tokens: number; atMs: number }>();

  return {
    take({ id, ratePerSecond, burst }, price): RateState {
      const now = nowMs();
      let bucket = buckets.get(id);
      if (!bucket) {
        // A bucket that nobody asked for a while is full again: forgetting it changes nothing.
        if (buckets.size >= idleBuckets) buckets.clear();
        bucket = { tokens: burst, atMs: now };
        buckets.set(id, bucket);
      }
      const perMs = ratePerSecond / 1000;
      bucket.tokens = Math.min(burst, bucket.tokens + (now - bucket.atMs) * perMs);
      bucket.atMs = now;
      const allowed = bucket.tokens >= price;
      if (allowed) bucket.tokens -= price;
      return {
        allowed,
        limit: burst,
        remaining: Math.floor(bucket.tokens),
        resetMs: Math.ceil((burst - bucket.tokens) / perMs),
        retryAfterMs: allowed ? 0 : Math.ceil((price - bucket.tokens) / perMs),
      };
    },
  };
}
