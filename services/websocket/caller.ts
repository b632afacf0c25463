import type { Caller, Receipt, Session } from '../core/invoke.ts';

/** What every command of a connection has in common. */
export interface Peer {
  readonly session: Session;
  /** Aborts when the connection is lost: nobody waits for an answer any more. */
  readonly signal: AbortSignal;
  readonly traceparent: string | undefined;
  /** IP address of the client. */
  readonly address: string | undefined;
}

/** The caller of one command. The key was presented once, in `hello`. */
export const callerOf = (
  peer: Peer,
  requestId: string,
  command: {
    readonly idempotencyKey?: string | undefined;
    readonly traceparent?: string | undefined;
  } = {},
): Caller & { readonly receipt: Receipt } => ({
  session: peer.session,
  requestId,
  address: peer.address,
  signal: peer.signal,
  traceparent: command.traceparent ?? peer.traceparent,
  idempotencyKey: command.idempotencyKey,
  receipt: {},
});
