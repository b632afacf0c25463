import type { IncomingHttpHeaders } from 'node:http';
import type { Caller, Receipt } from '../core/invoke.ts';
import { bearerToken } from './bearer.ts';
import { requestIdOf } from './request-id.ts';

/** Headers of HTTP that every call has, as those of a request or the metadata of gRPC. */

/** A header's value; repeated ones joined (RFC 9110 §5.3). */
export const headerText = (value: string | readonly string[] | undefined): string | undefined =>
  typeof value === 'object' ? value.join(', ') : value;

/** Reads who calls, and in what context. The request id is a new one if the client sent none. */
export const readCallHeaders = (
  headers: IncomingHttpHeaders,
): Pick<Caller, 'credential' | 'requestId' | 'traceparent'> => ({
  credential: bearerToken(headers.authorization),
  requestId: requestIdOf(headerText(headers['x-request-id'])),
  traceparent: headerText(headers.traceparent),
});

/** Adds what core reports of the call: the state of the rate limit, and whether it is a replay. */
export function addReceipt(headers: Record<string, string>, { rate, replayed }: Receipt): void {
  if (rate) {
    const { limit, remaining, resetMs } = rate;
    // draft-ietf-httpapi-ratelimit-headers-11, with the seconds until the bucket is full. A token
    // bucket has no window, so the policy names none.
    headers.ratelimit = `"key";r=${remaining};t=${Math.ceil(resetMs / 1000)}`;
    headers['ratelimit-policy'] = `"key";q=${limit}`;
  }
  if (replayed) headers['idempotency-replayed'] = 'true';
}
