import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { PaymentsError } from '../../core/errors.ts';
import type { Caller, Core } from '../../core/invoke.ts';
import type { AllowsOrigin } from './origin.ts';
import { endWithProblem, problemResponse } from './problem-response.ts';

/** What WebSocket handshakes are refused for, and how. */

/** Why a connection is not opened. */
export interface Refusal {
  readonly error: PaymentsError;
  /** That of the error's code, if omitted. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The server ends: another one, or this one in a moment, takes the connection. */
export const closing = (): Refusal => ({
  error: new PaymentsError('overloaded', 'Expected a server that goes on, got one that ends.', {
    retryAfterMs: 1000,
  }),
});

/** A handshake that `ws` does not take. */
export function malformed(message: string, { method = '', headers }: IncomingMessage): Refusal {
  if (method !== 'GET') {
    const metadata = { method, allow: 'GET' };
    const text = `Expected GET here, got ${method}.`;
    return { error: new PaymentsError('method_not_allowed', text, { metadata }) };
  }
  const text = `Expected a handshake as RFC 6455 §4.2.1 has it, got: ${message}.`;
  const error = new PaymentsError('validation_failed', text);
  // RFC 6455 §4.4: which version is spoken here.
  return headers['sec-websocket-version'] === '13'
    ? { error }
    : { error, status: 426, headers: { upgrade: 'websocket', 'sec-websocket-version': '13' } };
}

/**
 * Refuses pages of other origins. The key is in a message and in no cookie, so that a foreign page
 * has nothing to ride on (RFC 6455 §10.2). It is refused all the same, as REST is without CORS: one
 * rule for browsers.
 */
export function foreignOrigin(
  { headers }: IncomingMessage,
  allowsOrigin: AllowsOrigin,
): Refusal | undefined {
  if (allowsOrigin(headers)) return undefined;
  const text = `Expected no origin, that of ${headers.host} or one that is allowed, got another.`;
  return { error: new PaymentsError('permission_denied', text) };
}

/** Refuses a client that names subprotocols of which none is the room's. */
export function otherSubprotocol(
  { headers }: IncomingMessage,
  subprotocol: string,
): Refusal | undefined {
  const offered = headers['sec-websocket-protocol'];
  if (offered === undefined || offered.split(',').some((name) => name.trim() === subprotocol)) {
    return undefined;
  }
  const text = `Expected the subprotocol ${subprotocol}, got ${offered}.`;
  return { error: new PaymentsError('validation_failed', text) };
}

/** Answers before the handshake, in HTTP (RFC 6455 §4.2.2), with the problem that REST would. */
export async function answerRefusal(
  core: Core,
  caller: Caller,
  socket: Duplex,
  { error, ...meaning }: Refusal,
): Promise<void> {
  const told = await core.refuse(caller, error);
  endWithProblem(socket, problemResponse(told, caller, told === error ? meaning : {}));
}
