import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import { Metadata } from '@grpc/grpc-js';
import { invalid, type PaymentsError } from '../core/errors.ts';
import type { Core, Receipt, StreamCaller } from '../core/invoke.ts';
import type { Observation } from '../core/observe.ts';
import type { OperationName } from '../core/operations.ts';
import type { AddressOf } from '../wire/address.ts';
import { addReceipt, headerText, readCallHeaders } from '../wire/call-headers.ts';
import { parseIdempotencyKey } from '../wire/idempotency-key.ts';
import { deadlineError } from './refusals.ts';

/**
 * Who calls, from the header fields of the call, and until when. A class because its getters are
 * cheap, and most calls never use them.
 */
export class GrpcCaller implements StreamCaller {
  readonly credential: string | undefined;
  readonly requestId: string;
  readonly traceparent: string | undefined;
  readonly receipt: Receipt = {};
  readonly observation: Observation;
  /** The message; its `request_id` is the idempotency key, if it has one. */
  request: object | undefined;
  /** The operation that the handler calls, once it runs. */
  operation: OperationName | undefined;
  /** The deadline, on the clock of `performance`. */
  readonly dueMs: number;
  readonly #stream: ServerHttp2Stream;
  readonly #headers: IncomingHttpHeaders;
  readonly #addressOf: AddressOf | undefined;
  #late: PaymentsError | undefined;
  #left = false;
  #reason: unknown;
  #controller: AbortController | undefined;

  constructor(
    core: Pick<Core, 'observe'>,
    stream: ServerHttp2Stream,
    headers: IncomingHttpHeaders,
    dueMs: number,
    addressOf: AddressOf | undefined,
  ) {
    const { credential, requestId, traceparent } = readCallHeaders(headers);
    this.credential = credential;
    this.requestId = requestId;
    this.traceparent = traceparent;
    this.observation = core.observe(this);
    this.dueMs = dueMs;
    this.#stream = stream;
    this.#headers = headers;
    this.#addressOf = addressOf;
  }

  get address(): string | undefined {
    const socket = this.#stream.session?.socket;
    return socket && this.#addressOf?.({ socket, headers: this.#headers });
  }

  /** @throws PaymentsError if metadata and request name two keys, or the former is malformed */
  get idempotencyKey(): string | undefined {
    const given = parseIdempotencyKey(headerText(this.#headers['idempotency-key']));
    const { request } = this;
    const requestId = request && 'requestId' in request ? request.requestId : '';
    if (typeof requestId !== 'string' || requestId === '') return given;
    if (given !== undefined && given !== requestId) {
      throw invalid({
        path: ['idempotencyKey'],
        code: 'conflict',
        message: 'expected the same key as in the metadata `idempotency-key`, got another',
      });
    }
    return requestId;
  }

  /** Aborts when the client is gone, the deadline has passed or the server shuts down. */
  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      if (this.#reason !== undefined) this.#controller.abort(this.#reason);
      else if (this.#left) this.leave();
    }
    // A busy event loop delays the timer, and a write must not begin meanwhile.
    if (performance.now() >= this.dueMs) this.expire();
    return this.#controller.signal;
  }

  abort(reason: unknown): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    this.#controller?.abort(reason);
  }

  /** The client is gone, or has its response. */
  leave(): void {
    this.#left = true;
    // Most calls never use their signal, and creating a reason costs time.
    if (!this.#controller) return;
    this.abort(new DOMException('The client cancelled or is gone.', 'AbortError'));
  }

  /** Aborts because of the deadline; uses the same error each time, so that it is logged once. */
  expire(): PaymentsError {
    this.#late ??= deadlineError();
    this.abort(this.#late);
    return this.#late;
  }

  /** The metadata of a response or a failure. */
  fields(): Record<string, string> {
    const fields: Record<string, string> = { 'x-request-id': this.requestId };
    addReceipt(fields, this.receipt);
    return fields;
  }

  /** The metadata of a failure, to which the details are added. */
  metadata(): Metadata {
    const metadata = new Metadata();
    for (const [key, value] of Object.entries(this.fields())) metadata.set(key, value);
    return metadata;
  }
}

/**
 * Metadata of a response, sent as it is: grpc-js checks and copies every entry of its own class.
 */
export function answerMetadata(caller: GrpcCaller): Metadata {
  const fields = caller.fields();
  // grpc-js uses nothing else of outgoing metadata.
  return { toHttp2Headers: () => fields } as unknown as Metadata;
}

/** Where a call's metadata, which is all that a handler sees, carries its caller. */
const carried = Symbol('caller');

interface Carrying extends Metadata {
  [carried]?: GrpcCaller;
}

export function carryCaller(metadata: Carrying, caller: GrpcCaller): void {
  metadata[carried] = caller;
}

/** Returns the caller of a call that a handler received. */
export function callerOf(call: { readonly metadata: Carrying }): GrpcCaller {
  const caller = call.metadata[carried];
  if (!caller) throw new Error('Expected a call that came through the guard.');
  return caller;
}
