/** How much of a key's allowance is left. */
export interface RateState {
  readonly allowed: boolean;
  /** Tokens of a full bucket. */
  readonly limit: number;
  readonly ratePerSecond: number;
  readonly remaining: number;
  /** Until the bucket is full again, milliseconds. */
  readonly resetMs: number;
  /** Until the call refused would be let through, milliseconds; 0 when allowed. */
  readonly retryAfterMs: number;
}

/** An allowance: `burst` tokens at once, `ratePerSecond` sustained. */
export interface Allowance {
  readonly ratePerSecond: number;
  readonly burst: number;
}

export interface Bucket extends Allowance {
  readonly id: string;
}

export interface Limiter {
  /**
   * Takes `tokens` from every bucket, or from none where one has too few. Answers the state of the
   * bucket that leaves the least.
   */
  take(buckets: readonly [Bucket, ...Bucket[]], tokens: number): RateState | Promise<RateState>;
  /**
   * Takes `tokens` from every bucket for work that is done already: one with too few owes the
   * rest, and lets nothing through until it has gained it.
   */
  debit(buckets: readonly [Bucket, ...Bucket[]], tokens: number): RateState | Promise<RateState>;
}
