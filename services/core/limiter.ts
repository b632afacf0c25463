/** The state of a key's rate-limit bucket. */
export interface RateState {
  readonly allowed: boolean;
  /** Capacity of the bucket, tokens. */
  readonly limit: number;
  readonly ratePerSecond: number;
  readonly remaining: number;
  /** Milliseconds until the bucket is full again. */
  readonly resetMs: number;
  /** Milliseconds until a refused call would be allowed; 0 if allowed. */
  readonly retryAfterMs: number;
}

/** A rate limit: `burst` tokens at once, `ratePerSecond` sustained. */
export interface Allowance {
  readonly ratePerSecond: number;
  readonly burst: number;
}

export interface Bucket extends Allowance {
  readonly id: string;
}

export interface Limiter {
  /**
   * Takes `tokens` from every bucket, or from none if one of them has too few. Returns the state of
   * the bucket with the fewest tokens left.
   */
  take(buckets: readonly [Bucket, ...Bucket[]], tokens: number): RateState | Promise<RateState>;
  /**
   * Takes `tokens` from every bucket for work that is already done. A bucket with too few goes into
   * debt and allows nothing until the debt is paid.
   */
  debit(buckets: readonly [Bucket, ...Bucket[]], tokens: number): RateState | Promise<RateState>;
}
