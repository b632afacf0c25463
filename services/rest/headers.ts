import type { RateState } from '../core/ports.ts';
import type { RestCaller } from './caller.ts';
import { currentVersion } from './version.ts';

/** Headers as the adapter takes them at the least cost: a plain object, names in lower case. */
export type OutgoingHeaders = Record<string, string>;

/** What an answer of this room depends on, beside the URL (RFC 9110 §12.5.5). */
const vary = 'Accept, Authorization, Payments-Version';

/**
 * draft-ietf-httpapi-ratelimit-headers-11: `q` the whole quota, `r` what is left of it, `t` seconds
 * until it is whole again. A token bucket has no window, so the policy names none.
 */
function addRate(headers: OutgoingHeaders, rate: RateState): void {
  headers.ratelimit = `"key";r=${rate.remaining};t=${Math.ceil(rate.resetMs / 1000)}`;
  headers['ratelimit-policy'] = `"key";q=${rate.limit}`;
}

/** The headers that every answer to a caller has. */
export function headersFor(caller: RestCaller, contentType: string): OutgoingHeaders {
  const headers: OutgoingHeaders = {
    'content-type': contentType,
    vary,
    'payments-version': currentVersion,
    'x-request-id': caller.requestId,
  };
  const { rate, replayed } = caller.receipt;
  if (rate) addRate(headers, rate);
  if (replayed) headers['idempotency-replayed'] = 'true';
  return headers;
}
