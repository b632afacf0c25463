import type { Caller, Session } from '../core/invoke.ts';

/** What every command of a connection has in common. */
export interface Peer {
  readonly session: Session;
  /** Aborts when the connection is lost: nobody waits for an answer any more. */
  readonly signal: AbortSignal;
  readonly traceparent: string | undefined;
}

/** The caller of one command. The key was presented once, in `hello`. */
export const callerOf = (
  peer: Peer,
  requestId: string,
  command: {
    readonly idempotencyKey?: string | undefined;
    readonly traceparent?: string | undefined;
  },
): Caller => ({
  session: peer.session,
  requestId,
  signal: peer.signal,
  traceparent: command.traceparent ?? peer.traceparent,
  idempotencyKey: command.idempotencyKey,
  // Only a write can be a replay, and only a write has a key.
  receipt: command.idempotencyKey === undefined ? undefined : {},
});
