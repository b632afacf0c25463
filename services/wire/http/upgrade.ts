import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { PaymentsError } from '../../core/errors.ts';
import type { Caller, Core } from '../../core/invoke.ts';
import { methodNotAllowed } from './method.ts';
import type { AllowsOrigin } from './origin.ts';
import { endWithProblem } from './problem-response.ts';
import { type HttpRefusal, refusalResponse } from './refusal.ts';

/** Why WebSocket handshakes are refused, and how. */

/** The server shuts down: the client should reconnect to another one, or to this one later. */
export const closing = (): HttpRefusal => ({
  error: new PaymentsError('overloaded', 'Expected a server that goes on, got one that ends.', {
    retryAfterMs: 1000,
  }),
});

/** A handshake that `ws` does not accept. */
export function malformed(message: string, { method = '', headers }: IncomingMessage): HttpRefusal {
  if (method !== 'GET') return { error: methodNotAllowed(method, 'GET') };
  const text = `Expected a handshake as RFC 6455 §4.2.1 has it, got: ${message}.`;
  const error = new PaymentsError('validation_failed', text);
  // RFC 6455 §4.4: the response names the supported version.
  return headers['sec-websocket-version'] === '13'
    ? { error }
    : { error, status: 426, headers: { upgrade: 'websocket', 'sec-websocket-version': '13' } };
}

/**
 * Refuses pages of other origins (RFC 6455 §10.2). They could not use the visitor's key, which is
 * in a message and in no cookie, but browsers refuse them REST too: one rule for all of HTTP.
 */
export function foreignOrigin(
  { headers }: IncomingMessage,
  allowsOrigin: AllowsOrigin,
): HttpRefusal | undefined {
  if (allowsOrigin(headers)) return undefined;
  const text = `Expected no origin, that of ${headers.host} or one that is allowed, got another.`;
  return { error: new PaymentsError('permission_denied', text) };
}

/** Refuses a client whose subprotocols do not include the room's. */
export function otherSubprotocol(
  { headers }: IncomingMessage,
  subprotocol: string,
): HttpRefusal | undefined {
  const offered = headers['sec-websocket-protocol'];
  if (offered === undefined || offered.split(',').some((name) => name.trim() === subprotocol)) {
    return undefined;
  }
  const text = `Expected the subprotocol ${subprotocol}, got ${offered}.`;
  return { error: new PaymentsError('validation_failed', text) };
}

/** Refuses a handshake with an HTTP response (RFC 6455 §4.2.2), as REST refuses a request. */
export async function answerRefusal(
  core: Core,
  caller: Caller,
  socket: Duplex,
  refusal: HttpRefusal,
): Promise<void> {
  endWithProblem(socket, await refusalResponse(core, caller, refusal));
}
