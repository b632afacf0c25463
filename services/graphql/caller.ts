import type { IncomingMessage } from 'node:http';
import type { Caller, Core, Receipt, Session } from '../core/invoke.ts';
import type { Observation } from '../core/observe.ts';
import { headerText, readCallHeaders } from '../wire/call-headers.ts';
import { requestIdOf } from '../wire/request-id.ts';
import type { SocketOperation } from './socket-operations.ts';

/** A caller of this room. The receipt is required, because the response reports its rate. */
export interface GraphqlCaller extends Caller {
  readonly receipt: Receipt;
}

/** Who sends a document: the signal aborts when nobody waits for its answer any more. */
export interface Sender extends GraphqlCaller {
  readonly signal: AbortSignal;
  readonly observation: Observation;
}

/** Who asks for a connection, from the headers of Node's own request. */
export const callerOfUpgrade = (
  { headers }: IncomingMessage,
  address: string | undefined,
): GraphqlCaller => ({ ...readCallHeaders(headers), address, receipt: {} });

/**
 * Begins the observation of a document, one request whatever calls are in it: those are observed
 * one by one besides. It ends with `ok` if the document was answered with data.
 */
function observe(
  core: Pick<Core, 'observe'>,
  request: Pick<Caller, 'requestId' | 'traceparent'>,
  receivedMs?: number,
): Observation {
  const observation = core.observe(request, receivedMs);
  observation.operation = 'document';
  return observation;
}

/** Who sends a document, whose observation begins here; from the headers of Node's own request. */
export function callerOf(
  core: Pick<Core, 'observe'>,
  { headers }: IncomingMessage,
  address: string | undefined,
  signal: AbortSignal,
): Sender {
  const { credential, requestId, traceparent } = readCallHeaders(headers);
  const observation = observe(core, { requestId, traceparent });
  return { credential, requestId, traceparent, address, signal, receipt: {}, observation };
}

/** The caller of a connection, if it is about no operation. */
export const callerOnConnection = (
  session: Session | undefined,
  { headers }: IncomingMessage,
  address: string | undefined,
): GraphqlCaller => ({
  session,
  address,
  requestId: requestIdOf(undefined),
  traceparent: headerText(headers.traceparent),
  receipt: {},
});

/** The caller of one operation on a connection, whose observation began when its message came. */
export function callerOfOperation(
  core: Pick<Core, 'observe'>,
  connection: GraphqlCaller,
  { signal, receivedMs }: Pick<SocketOperation, 'signal' | 'receivedMs'>,
): Sender {
  const observation = observe(core, connection, receivedMs);
  observation.merchantId = connection.session?.principal.merchantId;
  return { ...connection, signal, observation };
}
