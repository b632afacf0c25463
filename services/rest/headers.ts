import { rateLimitOf, rateLimitPolicyOf } from '../wire/rate-limit.ts';
import type { RestCaller } from './caller.ts';
import { currentVersion } from './version.ts';

/** Headers as the adapter takes them at the least cost: a plain object, names in lower case. */
export type OutgoingHeaders = Record<string, string>;

/** What an answer of this room depends on, beside the URL (RFC 9110 §12.5.5). */
const vary = 'Accept, Authorization, Payments-Version';

/** The headers that every answer to a caller has. */
export function headersFor(caller: RestCaller, contentType: string): OutgoingHeaders {
  const headers: OutgoingHeaders = {
    'content-type': contentType,
    vary,
    'payments-version': currentVersion,
    'x-request-id': caller.requestId,
  };
  const { rate, replayed } = caller.receipt;
  if (rate) {
    headers.ratelimit = rateLimitOf(rate);
    headers['ratelimit-policy'] = rateLimitPolicyOf(rate);
  }
  if (replayed) headers['idempotency-replayed'] = 'true';
  return headers;
}
