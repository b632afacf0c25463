import type { IncomingMessage } from 'node:http';
import type { Core, Receipt, StreamCaller } from '../core/invoke.ts';
import type { Observation } from '../core/observe.ts';
import type { AddressOf } from '../wire/address.ts';
import { readCallHeaders } from '../wire/call-headers.ts';

/**
 * Who opens a stream. The key comes in the `Authorization` header alone: a browser's own
 * EventSource cannot send one, but a key in the URL would be kept by every log and history on the
 * way (RFC 6750 §5.3). Pages use fetch, or a library over it.
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
