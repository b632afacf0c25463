import { addReceipt } from '../wire/call-headers.ts';
import type { RestCaller } from './caller.ts';
import { currentVersion } from './version.ts';

/** Headers in the adapter's cheapest form: a plain object, names in lower case. */
export type OutgoingHeaders = Record<string, string>;

/** What a response of this room depends on, beside the URL (RFC 9110 §12.5.5). */
const vary = 'Accept, Authorization, Payments-Version';

/** The headers of every response to a caller. */
export function headersFor(
  caller: Pick<RestCaller, 'requestId' | 'receipt'>,
  contentType: string,
): OutgoingHeaders {
  const headers: OutgoingHeaders = {
    'content-type': contentType,
    vary,
    'payments-version': currentVersion,
    'x-request-id': caller.requestId,
  };
  addReceipt(headers, caller.receipt);
  return headers;
}
