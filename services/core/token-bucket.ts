import type { Bucket, Limiter, RateState } from './limiter.ts';

const rememberedBuckets = 100_000;

interface Level {
  tokens: number;
  atMs: number;
}

/**
 * Token buckets in memory: each holds `burst` tokens and gains `ratePerSecond` tokens a second. A
 * call takes its tokens from all of its buckets, or is refused and takes nothing.
 *
 * @param nowMs a monotonic clock, milliseconds
 */
export function createTokenBuckets(nowMs: () => number): Limiter {
  const levels = new Map<string, Level>();

  /** What the bucket holds now. */
  function levelOf({ id, ratePerSecond, burst }: Bucket, now: number): Level {
    let level = levels.get(id);
    if (!level) {
      if (levels.size >= rememberedBuckets) forgetOldest();
      level = { tokens: burst, atMs: now };
      levels.set(id, level);
      return level;
    }
    level.tokens = Math.min(burst, level.tokens + ((now - level.atMs) * ratePerSecond) / 1000);
    level.atMs = now;
    return level;
  }

  /** Removes a tenth at once, so that the work is spread over calls. */
  function forgetOldest(): void {
    let left = rememberedBuckets / 10;
    for (const id of levels.keys()) {
      if (left === 0) return;
      levels.delete(id);
      left -= 1;
    }
  }

  function spend(buckets: readonly Bucket[], tokens: number, debt: boolean): RateState {
    const now = nowMs();
    const allowed = debt || buckets.every((bucket) => levelOf(bucket, now).tokens >= tokens);
    let tightest: RateState | undefined;
    for (const bucket of buckets) {
      const level = levelOf(bucket, now);
      if (allowed) level.tokens -= tokens;
      const state = stateOf(bucket, level.tokens, allowed, tokens);
      if (!tightest || isTighter(state, tightest)) tightest = state;
    }
    // The list has at least one bucket.
    return tightest as RateState;
  }

  return {
    take: (buckets, tokens) => spend(buckets, tokens, false),
    debit: (buckets, tokens) => spend(buckets, tokens, true),
  };
}

function stateOf(
  { ratePerSecond, burst }: Bucket,
  left: number,
  allowed: boolean,
  tokens: number,
): RateState {
  const perMs = ratePerSecond / 1000;
  return {
    allowed,
    limit: burst,
    ratePerSecond,
    remaining: Math.max(0, Math.floor(left)),
    resetMs: Math.ceil((burst - left) / perMs),
    retryAfterMs: allowed ? 0 : Math.max(0, Math.ceil((tokens - left) / perMs)),
  };
}

const isTighter = (state: RateState, other: RateState): boolean =>
  state.retryAfterMs === other.retryAfterMs
    ? state.remaining < other.remaining
    : state.retryAfterMs > other.retryAfterMs;
