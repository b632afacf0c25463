import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ExecutionResult } from 'graphql';
import { maxBodyBytes } from '../wire/http/body.ts';
import { bodyTag, isKnown } from '../wire/http/conditional.ts';
import type { Accepted, ResponseType } from './accept.ts';
import { type Refusal, refusalHeaders } from './errors.ts';
import type { GraphqlRequest } from './request.ts';

/** The response for a result or a refusal (GraphQL over HTTP §6), on either host. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Undefined means an empty body. */
  readonly body: string | undefined;
  /** Bytes of the body. */
  readonly length: number;
}

/** Clients that only read event streams get a refusal by its status, as with the newer type. */
export const mediaTypeOf = ({ json, streams }: Accepted): ResponseType =>
  json ?? (streams ? 'application/graphql-response+json' : 'application/json');

function jsonResponse(
  status: number,
  body: string,
  mediaType: ResponseType,
  headers: Readonly<Record<string, string>>,
): HttpResponse {
  const length = Buffer.byteLength(body);
  return {
    status,
    headers: {
      'content-type': `${mediaType}; charset=utf-8`,
      'content-length': String(length),
      ...headers,
    },
    body,
    length,
  };
}

/** @param requestId is sent as `x-request-id` */
export const resultResponse = (
  result: ExecutionResult,
  mediaType: ResponseType,
  requestId: string,
): HttpResponse =>
  jsonResponse(200, JSON.stringify(result), mediaType, { 'x-request-id': requestId });

/**
 * The response to a GET. A result of a persisted document can be cached: it has no `extensions`,
 * because their throttle state differs at each request. No other response is cached.
 *
 * @param ifNoneMatch the header of that name
 */
export function cacheableResponse(
  { query }: GraphqlRequest,
  result: ExecutionResult,
  ifNoneMatch: string | undefined,
  mediaType: ResponseType,
  requestId: string,
): HttpResponse {
  const id = { 'x-request-id': requestId };
  if (query !== undefined || result.errors !== undefined) {
    const headers = { ...id, 'cache-control': 'no-store' };
    return jsonResponse(200, JSON.stringify(result), mediaType, headers);
  }
  const body = JSON.stringify({ data: result.data });
  const etag = bodyTag(body);
  const vary = 'Accept, Authorization';
  const headers = { ...id, etag, 'cache-control': 'private, no-cache', vary };
  if (isKnown(ifNoneMatch, etag)) return { status: 304, headers, body: undefined, length: 0 };
  return jsonResponse(200, body, mediaType, headers);
}

/** @param wellFormed whether the request was valid GraphQL over HTTP, whatever its document is */
export function refusalResponse(
  refusal: Refusal,
  wellFormed: boolean,
  mediaType: ResponseType,
  requestId: string,
): HttpResponse {
  const tolerant = wellFormed && refusal.wellFormed && mediaType === 'application/json';
  const body = JSON.stringify({ errors: refusal.errors });
  return jsonResponse(tolerant ? 200 : refusal.status, body, mediaType, {
    'x-request-id': requestId,
    ...refusalHeaders(refusal),
  });
}

/**
 * Closes the connection after the response if the body of the request may be endless. Node reads on
 * after a refusal that was sent before the body was read.
 */
export function closeAfterUnread(incoming: IncomingMessage, outgoing: ServerResponse): void {
  const ends = incoming.complete || Number(incoming.headers['content-length']) <= maxBodyBytes;
  if (!ends) outgoing.setHeader('connection', 'close');
}

/** Maximum memory of a response for a client that does not read it, or only slowly. */
const heldBytes = 64 * 1024;

/** Breaks the connection of a client that has not read a large response in time. */
export function requireReader(outgoing: ServerResponse, length: number, readMs: number): void {
  if (length <= heldBytes || outgoing.writableFinished) return;
  const deadline = setTimeout(() => outgoing.destroy(), readMs);
  outgoing.once('close', () => clearTimeout(deadline));
}

/**
 * Aborts when the client has left before the whole response was sent.
 *
 * @param closing aborts when the server shuts down, which ends streams
 */
export function signalOf(
  outgoing: ServerResponse,
  { streams }: Accepted,
  closing: AbortSignal,
): AbortSignal {
  const left = new AbortController();
  outgoing.on('close', () => {
    if (!outgoing.writableFinished) left.abort();
  });
  return streams ? AbortSignal.any([left.signal, closing]) : left.signal;
}
