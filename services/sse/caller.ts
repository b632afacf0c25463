import type { IncomingMessage } from 'node:http';
import type { Core, Receipt, StreamCaller } from '../core/invoke.ts';
import type { Observation } from '../core/observe.ts';
import type { AddressOf } from '../wire/address.ts';
import { readCallHeaders } from '../wire/call-headers.ts';

/**
 * Who opens a stream. Only the `Authorization` header carries the key: a browser's own EventSource
 * cannot send it, but logs and histories on the way would keep a key in the URL (RFC 6750 §5.3).
 * Pages use fetch, or a library over it.
 */
export function callerOf(
  core: Pick<Core, 'observe'>,
  request: IncomingMessage,
  signal: AbortSignal,
  addressOf: AddressOf | undefined,
): StreamCaller & { readonly receipt: Receipt; readonly observation: Observation } {
  const headers = readCallHeaders(request.headers);
  return {
    ...headers,
    address: addressOf?.(request),
    signal,
    receipt: {},
    observation: core.observe(headers),
  };
}
