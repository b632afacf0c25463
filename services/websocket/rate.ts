import type { RateState } from '../core/limiter.ts';

/** The state of the key's rate limit after a command, as a member of the response frame. */
export interface Rate {
  /** Capacity of the bucket, tokens. */
  readonly limit: number;
  readonly remaining: number;
  /** Until the bucket is full again. */
  readonly reset_ms: number;
}

export const rateOf = ({ limit, remaining, resetMs }: RateState): Rate => ({
  limit,
  remaining,
  reset_ms: resetMs,
});
