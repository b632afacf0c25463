import { type ServerResponse, STATUS_CODES } from 'node:http';
import type { Http2ServerResponse } from 'node:http2';
import type { Duplex } from 'node:stream';
import type { PaymentsError } from '../../core/errors.ts';
import { encodeProblem, type ProblemOf } from '../problem.ts';

export const problemType = 'application/problem+json';

/** An error as an HTTP response (RFC 9457), before it is written. */
export interface ProblemResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface ProblemRequest extends ProblemOf {
  /** The bearer token that was presented. */
  readonly credential?: string | undefined;
}

/** The HTTP status of an error for which the core has no code of its own. */
export interface HttpMeaning {
  readonly status?: number | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/**
 * Makes the response to an error, with the headers that belong to it.
 *
 * @param meaning its `status` replaces that of the code: the problem then says no more than the
 *   status does (RFC 9457 §4.2.1), beside the closest code
 */
export function problemResponse(
  error: PaymentsError,
  request: ProblemRequest,
  { status, headers }: HttpMeaning = {},
): ProblemResponse {
  const encoded = encodeProblem(error, request);
  const problem =
    status === undefined
      ? encoded
      : { ...encoded, type: 'about:blank', title: STATUS_CODES[status] ?? '', status };
  return {
    status: problem.status,
    headers: {
      'content-type': problemType,
      'cache-control': 'no-store',
      'x-request-id': request.requestId,
      ...errorHeaders(error, request.credential),
      ...headers,
    },
    body: JSON.stringify(problem),
  };
}

/** The headers of some codes. @param credential the bearer token, as presented */
export function errorHeaders(
  { code, details }: PaymentsError,
  credential: string | undefined,
): Record<string, string> {
  const headers: Record<string, string> = {};
  const { retryAfterMs, metadata = {} } = details;
  // Whole seconds (RFC 9110 §10.2.3), rounded up, so that no retry comes too early.
  if (retryAfterMs !== undefined) headers['retry-after'] = String(Math.ceil(retryAfterMs / 1000));
  const { accept, acceptEncoding, scope, allow } = metadata;
  if (code === 'unauthenticated') {
    // RFC 6750 §3.1: no error code if no credential was given.
    const refused = credential === undefined ? '' : ', error="invalid_token"';
    headers['www-authenticate'] = `Bearer realm="payments"${refused}`;
  }
  if (code === 'permission_denied' && scope) {
    headers['www-authenticate'] =
      `Bearer realm="payments", error="insufficient_scope", scope="${scope}"`;
  }
  if (code === 'unsupported_media_type') {
    // RFC 9110 §15.5.16, and the Accept-Post header of the W3C's Linked Data Platform.
    if (acceptEncoding) headers['accept-encoding'] = acceptEncoding;
    if (accept) headers['accept-post'] = accept;
  }
  if (code === 'method_not_allowed' && allow) headers.allow = allow;
  return headers;
}

/** Sends it as the response to a request, unless a response was sent already. */
export function sendProblem(
  response: ServerResponse | Http2ServerResponse,
  { status, headers, body }: ProblemResponse,
): void {
  if (response.headersSent || response.destroyed) return;
  const length = String(Buffer.byteLength(body));
  // The two overloads are the same for headers of this kind.
  (response as ServerResponse).writeHead(status, { ...headers, 'content-length': length });
  response.end(body);
}

/**
 * How long a client may continue to send data that nobody reads, so that it can read the response.
 */
const lingerMs = 1000;

/**
 * Writes it on a connection that has no response object, and ends the connection. What the client
 * still sends is discarded for a moment: closing meanwhile would reset the connection, and the
 * response with it (RFC 9112 §9.6).
 */
export function endWithProblem(socket: Duplex, { status, headers, body }: ProblemResponse): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  socket.on('error', () => socket.destroy());
  const fields = { ...headers, connection: 'close', 'content-length': Buffer.byteLength(body) };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}`);
  socket.end([`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...lines, '', body].join('\r\n'));
  const timer = setTimeout(() => socket.destroy(), lingerMs);
  socket.once('close', () => clearTimeout(timer));
  socket.once('end', () => socket.destroy());
  socket.resume();
}
