import type { ServerUnaryCall } from '@grpc/grpc-js';

/** What calls of every kind have in common. */
export type ServerCall = Pick<ServerUnaryCall<unknown, unknown>, 'metadata' | 'cancelled' | 'once'>;

const signals = new WeakMap<ServerCall, AbortSignal>();

/**
 * Aborts when the client cancels, is lost, or its deadline passes: grpc-js answers
 * DEADLINE_EXCEEDED by itself then, and cancels the call. One signal a call, made when first
 * asked for.
 */
export function signalOf(call: ServerCall): AbortSignal {
  const known = signals.get(call);
  if (known) return known;
  const controller = new AbortController();
  const end = () =>
    controller.abort(
      new DOMException('The client cancelled or its deadline passed.', 'AbortError'),
    );
  if (call.cancelled) end();
  else call.once('cancelled', end);
  signals.set(call, controller.signal);
  return controller.signal;
}
