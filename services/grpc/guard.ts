import type {
  Http2Server,
  IncomingHttpHeaders,
  OutgoingHttpHeaders,
  ServerHttp2Stream,
} from 'node:http2';
import { constants } from 'node:http2';
import {
  type Metadata,
  type Server,
  type ServerInterceptingCall,
  type ServerInterceptor,
  status as statuses,
} from '@grpc/grpc-js';
import type { PaymentsError } from '../core/errors.ts';
import type { Core } from '../core/invoke.ts';
import type { AddressOf } from '../wire/address.ts';
import { answerMetadata, carryCaller, GrpcCaller } from './caller.ts';
import { parseTimeout, timeoutUnits } from './deadline.ts';
import { maxRequestsOfStream } from './framing.ts';
import { closeWhenSent, type Entered, IncomingCall } from './incoming.ts';
import {
  contentTypeError,
  deadlineError,
  httpMethodError,
  metadataError,
  type Status,
  statusOf,
  unknownMethodError,
} from './refusals.ts';

interface Guard {
  /** For grpc-js: sees everything between a handler and the wire, and what grpc-js itself sends. */
  readonly interceptor: ServerInterceptor;
  /** Stands in front of a server that is bound. */
  watch(server: Server): void;
}

type OnStream = (
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  flags: number,
  rawHeaders: string[],
) => void;

/**
 * The one guard in front of grpc-js. It refuses a request that is not a call before grpc-js sees
 * it. Every other failure leaves with `google.rpc.Status`, `ErrorInfo` and request id, wherever it
 * came from, after core has counted it and taken its token.
 *
 * @param paths the methods of the server; may grow until the first request
 */
export function createGuard(core: Core, paths: ReadonlySet<string>, addressOf?: AddressOf): Guard {
  /** The stream for which grpc-js creates a call: it calls its interceptors in the same turn. */
  let entering: IncomingCall | undefined;

  const interceptor: ServerInterceptor = ({ requestStream }, call) => {
    const incoming = entering;
    if (!incoming) throw new Error('Expected a call that came through the guard.');
    // One more than allowed, so that it can be refused.
    const maxMessages = 1 + (requestStream ? maxRequestsOfStream : 1);
    incoming.enter(call as Entered, maxMessages);
    incoming.expireInTime();
    // Not an instance of their class, which they never check.
    return new GuardedCall(call, incoming) as unknown as ServerInterceptingCall;
  };

  function enter(serve: OnStream): OnStream {
    return (stream, headers, flags, rawHeaders) => {
      const timeoutMs = timeoutOf(headers);
      const dueMs = timeoutMs ? performance.now() + timeoutMs : 0;
      const caller = new GrpcCaller(core, stream, headers, dueMs, addressOf);
      const incoming = new IncomingCall(core, stream, caller, encodingOf(headers));
      const violation = violationOf(headers, rawHeaders, paths, timeoutMs);
      if (violation) {
        void refuseStream(incoming, violation);
        return;
      }
      entering = incoming;
      try {
        serve(stream, headersForGrpc(headers, incoming.encoding), flags, rawHeaders);
      } finally {
        entering = undefined;
      }
    };
  }

  return {
    interceptor,
    watch(server) {
      // grpc-js keeps its HTTP/2 servers private, and has no hook in front of a stream.
      const { http2Servers } = server as unknown as { http2Servers: Map<Http2Server, unknown> };
      if (http2Servers.size === 0) throw new Error('Expected a server of grpc-js that is bound.');
      for (const http2Server of http2Servers.keys()) {
        const listeners = http2Server.listeners('stream') as OnStream[];
        http2Server.removeAllListeners('stream');
        for (const serve of listeners) http2Server.on('stream', enter(serve));
      }
    },
  };
}

/** Parts of grpc-js that its types do not name. */
type Call = Parameters<ServerInterceptor>[1];
type Listener = Parameters<ServerInterceptingCall['start']>[0];

/**
 * Passes what a handler does to grpc-js, and what grpc-js makes of a request to the handler. One
 * object of a class for both, because every call creates one.
 */
class GuardedCall implements Call, Listener {
  readonly call: Call;
  readonly incoming: IncomingCall;
  next: Listener | undefined;
  /** Whether metadata were sent. */
  hasSentMetadata = false;

  constructor(call: Call, incoming: IncomingCall) {
    this.call = call;
    this.incoming = incoming;
  }

  start(listener: Listener): void {
    this.next = listener;
    this.call.start(this);
  }

  onReceiveMetadata(metadata: Metadata): void {
    carryCaller(metadata, this.incoming.caller);
    this.next?.onReceiveMetadata(metadata);
  }

  onReceiveMessage(message: unknown): void {
    if (!this.incoming.ended) this.next?.onReceiveMessage(message);
  }

  onReceiveHalfClose(): void {
    this.incoming.halfClosed();
    if (!this.incoming.ended) this.next?.onReceiveHalfClose();
  }

  onCancel(): void {
    this.incoming.closed();
    this.next?.onCancel();
  }

  sendMetadata(metadata: Metadata): void {
    this.hasSentMetadata = true;
    this.call.sendMetadata(metadata);
  }

  /** Services of libraries send no metadata, but each response needs a request id. */
  announce(): void {
    if (!this.hasSentMetadata) this.sendMetadata(answerMetadata(this.incoming.caller));
  }

  sendMessage(message: unknown, callback: () => void): void {
    if (this.incoming.ended) return;
    this.announce();
    this.call.sendMessage(message, callback);
    this.incoming.watchReader();
  }

  sendStatus(status: Status): void {
    if (status.code === statuses.OK && !this.incoming.ended) this.announce();
    this.incoming.finish(status);
  }

  startRead(): void {
    this.call.startRead();
  }

  getPeer(): string {
    return this.call.getPeer();
  }

  getDeadline() {
    return this.call.getDeadline();
  }

  getHost(): string {
    return this.call.getHost();
  }

  getAuthContext() {
    return this.call.getAuthContext();
  }

  getConnectionInfo() {
    return this.call.getConnectionInfo();
  }

  getMetricsRecorder() {
    return this.call.getMetricsRecorder();
  }
}

/**
 * A violation in the header fields, and the HTTP fields of its response that differ from those of
 * 200.
 */
interface HeadViolation {
  readonly error: PaymentsError;
  readonly fields?: OutgoingHttpHeaders;
}

/** RFC 9110 §8.3.1: types are case-insensitive. gRPC itself allows a subtype or parameters. */
const grpcType = /^application\/grpc(?:\+proto)?[ \t]*(?:;.*)?$/i;

function violationOf(
  headers: IncomingHttpHeaders,
  rawHeaders: readonly string[],
  paths: ReadonlySet<string>,
  timeoutMs: number | undefined,
): HeadViolation | undefined {
  const { ':method': method, ':path': path = '', 'content-type': contentType } = headers;
  if (method !== 'POST') {
    return { error: httpMethodError(String(method)), fields: { ':status': 405, allow: 'POST' } };
  }
  if (contentType !== 'application/grpc') {
    if (contentType === undefined || !grpcType.test(contentType)) {
      return { error: contentTypeError(contentType), fields: { ':status': 415 } };
    }
  }
  if (!paths.has(path)) return { error: unknownMethodError(path) };
  if (isDoubled('authorization', rawHeaders)) {
    return { error: metadataError('authorization', 'expected one value, got several') };
  }
  if (timeoutMs === undefined) {
    const expected = `expected up to 8 digits and one of ${Object.keys(timeoutUnits).join(', ')}`;
    const got = `got ${headers['grpc-timeout']}`;
    return { error: metadataError('grpc-timeout', `${expected}, ${got}`) };
  }
  // A timeout below the timer's resolution is over before anything can begin.
  if (timeoutMs < 1) return { error: deadlineError() };
  return undefined;
}

/**
 * Headers that grpc-js needs of an accepted call. It copies and checks each one, and nobody reads
 * the others there. It does not get the deadline, because its timers end at 24.8 days.
 */
function headersForGrpc(
  { ':path': path, ':authority': authority }: IncomingHttpHeaders,
  encoding: string | undefined,
): IncomingHttpHeaders {
  const some = { ':path': path, ':authority': authority, 'content-type': 'application/grpc' };
  return encoding === undefined ? some : { ...some, 'grpc-encoding': encoding };
}

/**
 * A printable encoding: grpc-js would ignore another one, and read compressed bytes as a message.
 */
const encodingOf = ({ 'grpc-encoding': encoding }: IncomingHttpHeaders): string | undefined =>
  encoding?.toString().replace(/[^ -~]/g, '?');

/** Returns the milliseconds that the call may take; undefined if the header is malformed. */
function timeoutOf({ 'grpc-timeout': text }: IncomingHttpHeaders): number | undefined {
  return text === undefined ? Number.POSITIVE_INFINITY : parseTimeout(text.toString());
}

/** Node passes on only the first of several, silently. */
function isDoubled(name: string, rawHeaders: readonly string[]): boolean {
  let count = 0;
  // Names and values alternate, and a value may equal the name of a field.
  for (let i = 0; i < rawHeaders.length; i += 2) if (rawHeaders[i] === name) count += 1;
  return count > 1;
}

/** Responds with trailers only, on a stream that grpc-js never sees. */
async function refuseStream(
  incoming: IncomingCall,
  { error, fields }: HeadViolation,
): Promise<void> {
  const { stream, caller } = incoming;
  incoming.ended = true;
  stream.on('error', () => {});
  stream.once('close', () => incoming.closed());
  try {
    const answered = await incoming.refused(error);
    if (stream.destroyed || stream.closed) return;
    const status = statusOf(answered, { error }, caller.metadata());
    stream.respond(
      {
        ':status': 200,
        'content-type': 'application/grpc',
        'grpc-status': status.code,
        'grpc-message': encodeURI(status.details),
        ...status.metadata.toHttp2Headers(),
        ...(answered === error && fields),
      },
      { endStream: true },
    );
    closeWhenSent(stream);
  } catch {
    stream.close(constants.NGHTTP2_INTERNAL_ERROR);
  }
}
