import type { ServerHttp2Stream } from 'node:http2';
import { constants } from 'node:http2';
import { Metadata, type ServerInterceptingCall, status } from '@grpc/grpc-js';
import type { PaymentsError } from '../core/errors.ts';
import type { Core } from '../core/invoke.ts';
import type { GrpcCaller } from './caller.ts';
import { whenDue } from './deadline.ts';
import { detailsKey } from './errors.ts';
import { Framing } from './framing.ts';
import { framingRefusal, type GrpcRefusal, refusalOf, type Status, statusOf } from './refusals.ts';

/** How long a failure waits for a client that does not read, before its stream is reset. */
const flushMs = 1000;
/** How long a response waits for a client that does not read. */
const blockedMs = 30_000;

/** How often to check whether a stream's trailers were sent on a slow connection. */
const sentPollMs = 20;

/** A call of grpc-js, with its private members. */
export interface Entered extends Pick<ServerInterceptingCall, 'sendStatus'> {
  decoder?: Pick<Framing, 'write'>;
}

/** Trailers with only the status; grpc-js would create two objects for each such call. */
class NoMetadata extends Metadata {
  override clone(): Metadata {
    return this;
  }

  override toHttp2Headers(): Record<string, never> {
    return {};
  }
}

/** The status of most calls. */
const plainOk: Status = { code: status.OK, details: 'OK', metadata: new NoMetadata() };

/**
 * How one call ends, by any cause: handler, grpc-js, deadline or a client that does not read.
 */
export class IncomingCall {
  /** True once a status is chosen: nothing else is sent after that. */
  ended = false;
  readonly stream: ServerHttp2Stream;
  readonly caller: GrpcCaller;
  /** The call's `grpc-encoding` as grpc-js gets it. */
  readonly encoding: string | undefined;
  readonly #core: Pick<Core, 'refuse'>;
  #framing: Framing | undefined;
  #halfClosed = false;
  #call: Entered | undefined;
  /** The method of `#call` as grpc-js made it. */
  #sendStatus: Entered['sendStatus'] | undefined;
  #disarm: (() => void) | undefined;

  constructor(
    core: Pick<Core, 'refuse'>,
    stream: ServerHttp2Stream,
    caller: GrpcCaller,
    encoding: string | undefined,
  ) {
    this.#core = core;
    this.encoding = encoding;
    this.stream = stream;
    this.caller = caller;
  }

  /**
   * Replaces methods of the call that grpc-js made, which then sends and reads nothing by itself.
   *
   * @param maxMessages as in `Framing`
   */
  enter(call: Entered, maxMessages: number): void {
    if (!call.decoder) throw new Error('Expected a call of grpc-js that has a decoder.');
    this.#call = call;
    this.#sendStatus = call.sendStatus;
    // Assigned, because grpc-js calls this method of its own call.
    call.sendStatus = (status) => this.finish(status);
    const refuse = (violation: string) => this.refuse(framingRefusal(violation));
    this.#framing = new Framing(this.encoding, maxMessages, refuse);
    call.decoder = this.#framing;
  }

  /** Ends the call at its deadline, however far away that is. */
  expireInTime(): void {
    const { caller } = this;
    if (caller.dueMs === Number.POSITIVE_INFINITY) return;
    this.#disarm = whenDue(caller.dueMs, () => this.refuse({ error: caller.expire() }));
  }

  /** Called when the stream is closed, whichever side closed it. */
  closed(): void {
    this.#disarm?.();
    const { caller } = this;
    caller.leave();
    // The room's handlers end the observation of their own calls, also after the client has left.
    if (!this.ended && caller.operation === undefined) caller.observation.end('ok');
  }

  /** The client has sent everything; the call may end because of that. */
  halfClosed(): void {
    this.#halfClosed = true;
    this.#framing?.end();
  }

  /** Returns core's error for a failure that did not come from it. */
  refused(error: PaymentsError): Promise<PaymentsError> {
    return this.#core.refuse(this.caller, error, this.caller.operation);
  }

  /** Ends the call with a failure that core may not have seen yet. */
  refuse(refusal: GrpcRefusal): void {
    if (this.ended) return;
    this.ended = true;
    const { caller, stream } = this;
    this.refused(refusal.error)
      .then((error) => this.#end(statusOf(error, refusal, caller.metadata())))
      .catch(() => stream.close(constants.NGHTTP2_INTERNAL_ERROR));
  }

  /** Ends the call as its handler or grpc-js requests. */
  finish(given: Status): void {
    if (this.ended) return;
    if (given.code !== status.OK && !given.metadata?.get(detailsKey).length) {
      this.refuse(refusalOf(given));
      return;
    }
    this.ended = true;
    if (given.code === status.OK) this.caller.observation.end('ok');
    this.#end(given.metadata ? given : plainOk);
  }

  /** Call after a write: stops waiting for a client that does not read. */
  watchReader(): void {
    const { stream } = this;
    if (!stream.writableNeedDrain) return;
    const timer = setTimeout(() => stream.close(constants.NGHTTP2_CANCEL), blockedMs);
    timer.unref();
    // A stream may be blocked any number of times.
    const done = () => {
      clearTimeout(timer);
      stream.off('drain', done).off('close', done);
    };
    stream.on('drain', done).on('close', done);
  }

  #end(given: Status): void {
    this.#disarm?.();
    const { stream } = this;
    this.#sendStatus?.call(this.#call, given);
    if (given.code !== status.OK && stream.writableLength > 0) {
      const timer = setTimeout(() => stream.close(constants.NGHTTP2_CANCEL), flushMs);
      stream.once('close', () => clearTimeout(timer));
    }
    if (!this.#halfClosed) closeWhenSent(stream);
  }
}

/**
 * A stream whose client has not ended its side stays open after the trailers, and counts against
 * the streams of its connection (PROTOCOL-HTTP2.md, Responses: RST_STREAM with NO_ERROR).
 */
export function closeWhenSent(stream: ServerHttp2Stream): void {
  const close = () => {
    if (stream.destroyed) return;
    // Node does not report when trailers were sent, and a reset before that discards them.
    if (stream.state.localClose === 1) stream.close(constants.NGHTTP2_NO_ERROR);
    else setTimeout(close, sentPollMs).unref();
  };
  setImmediate(close);
}
