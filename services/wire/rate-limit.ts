import type { RateState } from '../core/ports.ts';

/** What is left: draft-ietf-httpapi-ratelimit-headers-11, with the seconds until it is full. */
export const rateLimitOf = ({ remaining, resetMs }: RateState): string =>
  `"key";r=${remaining};t=${Math.ceil(resetMs / 1000)}`;

/** The quota in the same syntax. A token bucket has no window, so the policy names none. */
export const rateLimitPolicyOf = ({ limit }: RateState): string => `"key";q=${limit}`;
