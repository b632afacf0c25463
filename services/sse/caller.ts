import type { IncomingMessage } from 'node:http';
import type { Caller } from '../core/invoke.ts';
import { bearerToken } from '../wire/bearer.ts';
import { requestIdOf } from '../wire/request-id.ts';

/**
 * Who opens a stream. The key comes in the `Authorization` header alone: a browser's own
 * EventSource cannot send one, but a key in the URL would be kept by every log and history on the
 * way (RFC 6750 §5.3). Pages use fetch, or a library over it.
 */
export const callerOf = (
  { headers }: IncomingMessage,
  signal: AbortSignal,
): Caller & { readonly signal: AbortSignal } => ({
  credential: bearerToken(headers.authorization),
  requestId: requestIdOf(headers['x-request-id']?.toString()),
  traceparent: headers.traceparent?.toString(),
  signal,
});
