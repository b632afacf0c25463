import type { IncomingMessage } from 'node:http';
import type { Http2ServerRequest } from 'node:http2';
import type { Caller, Receipt } from '../core/invoke.ts';
import { bearerToken } from '../wire/bearer.ts';
import { requestIdOf } from '../wire/request-id.ts';

/** A caller of this room; the receipt is always asked for, since its rate is told in headers. */
export interface RestCaller extends Caller {
  readonly receipt: Receipt;
}

/** A header by its lower-case name; repeated ones joined (RFC 9110 §5.3). */
export function headerOf(
  incoming: IncomingMessage | Http2ServerRequest,
  name: string,
): string | undefined {
  const value = incoming.headers[name];
  return typeof value === 'object' ? value.join(', ') : value;
}

const quoted = /^"((?:[^"\\]|\\["\\])*)"$/;

/** A key as a structured-field string (draft-ietf-httpapi-idempotency-key-header) or bare. */
function idempotencyKeyOf(header: string | undefined): string | undefined {
  if (header?.charCodeAt(0) !== 0x22) return header;
  return quoted.exec(header)?.[1]?.replace(/\\(.)/g, '$1') ?? header;
}

/**
 * Who calls, from the headers of Node's own request: the adapter's `Headers` are never built.
 *
 * @param signalOf asked only by operations that wait; making a signal costs more than most reads
 */
export function callerOf(
  incoming: IncomingMessage | Http2ServerRequest,
  signalOf: () => AbortSignal,
): RestCaller {
  return {
    credential: bearerToken(incoming.headers.authorization),
    idempotencyKey: idempotencyKeyOf(headerOf(incoming, 'idempotency-key')),
    requestId: requestIdOf(headerOf(incoming, 'x-request-id')),
    traceparent: headerOf(incoming, 'traceparent'),
    version: headerOf(incoming, 'payments-version'),
    receipt: {},
    get signal() {
      return signalOf();
    },
  };
}
