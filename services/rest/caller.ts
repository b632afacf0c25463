import type { IncomingMessage } from 'node:http';
import type { Http2ServerRequest } from 'node:http2';
import type { Caller, Core, Receipt, Session } from '../core/invoke.ts';
import type { Observation } from '../core/observe.ts';
import type { AddressOf } from '../wire/address.ts';
import { headerText, readCallHeaders } from '../wire/call-headers.ts';
import { parseIdempotencyKey } from '../wire/idempotency-key.ts';
import { versionsToMatch, versionsToMiss } from './etag.ts';

/** A caller of this room. Its receipt is required, because headers say the rate. */
export interface RestCaller extends Caller {
  readonly receipt: Receipt;
  readonly observation: Observation;
  /** Set once the request is admitted as a whole. */
  session?: Session | undefined;
}

export type IncomingRequest = IncomingMessage | Http2ServerRequest;

/** What all requests of the room share. */
export interface Room {
  readonly core: Core;
  readonly addressOf: AddressOf;
}

/**
 * A class for its getters: the same getter in an object literal gives each object a hidden class of
 * its own, which costs more than the rest of a read.
 */
class CallerOfRequest implements RestCaller {
  readonly credential: string | undefined;
  readonly requestId: string;
  readonly traceparent: string | undefined;
  readonly version: string | undefined;
  readonly receipt: Receipt = {};
  readonly observation: Observation;
  session: Session | undefined;
  readonly #incoming: IncomingRequest;
  readonly #addressOf: AddressOf;
  readonly #request: { readonly signal: AbortSignal };

  constructor(
    { core, addressOf }: Room,
    incoming: IncomingRequest,
    request: { readonly signal: AbortSignal },
  ) {
    const { headers } = incoming;
    const { credential, requestId, traceparent } = readCallHeaders(headers);
    this.credential = credential;
    this.requestId = requestId;
    this.traceparent = traceparent;
    this.version = headerText(headers['payments-version']);
    this.session = undefined;
    this.observation = core.observe(this);
    this.#incoming = incoming;
    this.#addressOf = addressOf;
    this.#request = request;
  }

  /** Only read for a write. @throws PaymentsError if the header is malformed */
  get idempotencyKey(): string | undefined {
    return parseIdempotencyKey(headerText(this.#incoming.headers['idempotency-key']));
  }

  /** Only read for a write, like the next one. */
  get ifVersion(): readonly number[] | undefined {
    return versionsToMatch(this.#incoming.headers['if-match']);
  }

  get unlessVersion(): readonly number[] | 'any' {
    return versionsToMiss(this.#incoming.headers['if-none-match']);
  }

  /** Only read if a call fails before its key is known. */
  get address(): string | undefined {
    return this.#addressOf(this.#incoming);
  }

  /** Created at its first use by an operation that waits; most do not. */
  get signal(): AbortSignal {
    return this.#request.signal;
  }
}

/**
 * Reads who calls from the headers of Node's own request, so that the adapter's `Headers` are never
 * built. Begins the observation of the request.
 *
 * @param request the adapter's request, whose signal aborts when the client goes away
 */
export const callerOf = (
  room: Room,
  incoming: IncomingRequest,
  request: { readonly signal: AbortSignal },
): RestCaller => new CallerOfRequest(room, incoming, request);
