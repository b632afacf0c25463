import type { Caller, Core, Receipt, Session } from '../core/invoke.ts';
import type { Observation } from '../core/observe.ts';

/** What every command of a connection has in common. */
export interface Peer {
  readonly session: Session;
  /** Aborts when the connection is lost: nobody waits for a response any more. */
  readonly signal: AbortSignal;
  readonly traceparent: string | undefined;
  /** IP address of the client. */
  readonly address: string | undefined;
}

/**
 * The caller of one command, whose observation begins here. The key was presented once, in `hello`.
 *
 * @param receivedMs when the frame arrived, on the clock of `performance`. Defaults to now.
 */
export function callerOf(
  core: Pick<Core, 'observe'>,
  peer: Peer,
  requestId: string,
  command: {
    readonly idempotencyKey?: string | undefined;
    readonly traceparent?: string | undefined;
  } = {},
  receivedMs?: number,
): Caller & { readonly receipt: Receipt; readonly observation: Observation } {
  const traceparent = command.traceparent ?? peer.traceparent;
  return {
    session: peer.session,
    requestId,
    address: peer.address,
    signal: peer.signal,
    traceparent,
    idempotencyKey: command.idempotencyKey,
    receipt: {},
    observation: core.observe({ requestId, traceparent }, receivedMs),
  };
}
