import type { RateState } from '../core/limiter.ts';

/** What a command left of the key's rate-limit tokens, as a member of the frame that answers it. */
export interface Rate {
  /** Tokens of a full bucket. */
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
