import type { IncomingMessage } from 'node:http';
import type { Http2ServerRequest } from 'node:http2';
import type { Caller, Receipt } from '../core/invoke.ts';
import { bearerToken } from '../wire/bearer.ts';
import { parseIdempotencyKey } from '../wire/idempotency-key.ts';
import { requestIdOf } from '../wire/request-id.ts';

/** A caller of this room; the receipt is always asked for, since its rate is told in headers. */
export interface RestCaller extends Caller {
  readonly receipt: Receipt;
}

export type Incoming = IncomingMessage | Http2ServerRequest;

/** A header's value; repeated ones joined (RFC 9110 §5.3). */
const textOf = (value: string | string[] | undefined): string | undefined =>
  typeof value === 'object' ? value.join(', ') : value;

/**
 * A class for its getters: the same getter in an object literal gives each object a hidden class
 * of its own, which costs more than all the rest of a read.
 */
class CallerOfRequest implements RestCaller {
  readonly credential: string | undefined;
  readonly requestId: string;
  readonly traceparent: string | undefined;
  readonly version: string | undefined;
  readonly receipt: Receipt = {};
  readonly #headers: Incoming['headers'];
  readonly #request: { readonly signal: AbortSignal };

  constructor({ headers }: Incoming, request: { readonly signal: AbortSignal }) {
    this.credential = bearerToken(headers.authorization);
    this.requestId = requestIdOf(textOf(headers['x-request-id']));
    this.traceparent = textOf(headers.traceparent);
    this.version = textOf(headers['payments-version']);
    this.#headers = headers;
    this.#request = request;
  }

  /** Read by a write alone. @throws PaymentsError where the header is malformed */
  get idempotencyKey(): string | undefined {
    return parseIdempotencyKey(textOf(this.#headers['idempotency-key']));
  }

  /** Made when it is first asked for, by an operation that waits: most do not. */
  get signal(): AbortSignal {
    return this.#request.signal;
  }
}

/**
 * Who calls, from the headers of Node's own request: the adapter's `Headers` are never built.
 *
 * @param request the adapter's request, whose signal aborts when the client goes away
 */
export const callerOf = (
  incoming: Incoming,
  request: { readonly signal: AbortSignal },
): RestCaller => new CallerOfRequest(incoming, request);
