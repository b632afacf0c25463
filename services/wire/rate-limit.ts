import type { RateState } from '../core/limiter.ts';

/** What is left: draft-ietf-httpapi-ratelimit-headers-11, with the seconds until it is full. */
export const rateLimitOf = ({ remaining, resetMs }: RateState): string =>
  `"key";r=${remaining};t=${Math.ceil(resetMs / 1000)}`;

/** The quota in the same syntax. A token bucket has no window, so the policy names none. */
export const rateLimitPolicyOf = ({ limit }: RateState): string => `"key";q=${limit}`;

/** Both as headers of HTTP; none if no tokens were taken. */
export const rateLimitHeaders = (rate: RateState | undefined): Record<string, string> =>
  rate ? { ratelimit: rateLimitOf(rate), 'ratelimit-policy': rateLimitPolicyOf(rate) } : {};
