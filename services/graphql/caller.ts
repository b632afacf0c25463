import type { IncomingMessage } from 'node:http';
import type { Caller, Receipt, Session } from '../core/invoke.ts';
import { headerText, readCallHeaders } from '../wire/call-headers.ts';
import { requestIdOf } from '../wire/request-id.ts';

/** A caller of this room. The receipt is required, because the response reports its rate. */
export interface GraphqlCaller extends Caller {
  readonly receipt: Receipt;
}

/** Who calls over HTTP: the signal aborts when the client has gone. */
export interface HttpCaller extends GraphqlCaller {
  readonly signal: AbortSignal;
}

/** Who calls, from the headers of Node's own request. */
export const callerOf = (
  { headers }: IncomingMessage,
  address: string | undefined,
  signal: AbortSignal,
): HttpCaller => ({
  ...readCallHeaders(headers),
  address,
  signal,
  receipt: {},
});

/**
 * The caller of one operation on a connection that was authenticated once.
 * @param signal aborts when nobody waits for the operation's response any more
 */
export const callerOnConnection = (
  session: Session | undefined,
  { headers }: IncomingMessage,
  address: string | undefined,
  signal: AbortSignal | undefined,
): GraphqlCaller => ({
  session,
  signal,
  address,
  requestId: requestIdOf(undefined),
  traceparent: headerText(headers.traceparent),
  receipt: {},
});
