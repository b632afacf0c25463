import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { PaymentsError } from '../core/errors.ts';
import type { Core } from '../core/invoke.ts';
import type { AllowsOrigin } from '../wire/origin.ts';
import { endWithProblem, problemResponse } from '../wire/problem-response.ts';
import type { Upgrade } from './connection.ts';
import { subprotocol } from './frames.ts';

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

/** What this room asks of a handshake beside RFC 6455; undefined if it has it. */
export function refusalOf(
  { headers }: IncomingMessage,
  allowsOrigin: AllowsOrigin,
): Refusal | undefined {
  // The key is in the first frame and in no cookie, so that a foreign page has nothing to ride on
  // (RFC 6455 §10.2). It is refused all the same, as REST is without CORS: one rule for browsers.
  if (!allowsOrigin(headers)) {
    const text = `Expected no origin, that of ${headers.host} or one that is allowed, got another.`;
    return { error: new PaymentsError('permission_denied', text) };
  }
  // A client that names no protocol means this one; one that names others would be misunderstood.
  const offered = headers['sec-websocket-protocol'];
  if (offered !== undefined && !offered.split(',').some((name) => name.trim() === subprotocol)) {
    const text = `Expected the subprotocol ${subprotocol}, got ${offered}.`;
    return { error: new PaymentsError('validation_failed', text) };
  }
  return undefined;
}

/** Answers before the handshake, in HTTP (RFC 6455 §4.2.2), with the problem that REST would. */
export async function answerRefusal(
  core: Core,
  { hello, ...upgrade }: Upgrade,
  socket: Duplex,
  { error, ...meaning }: Refusal,
): Promise<void> {
  const caller = { ...upgrade, credential: hello?.key };
  const told = await core.refuse(caller, error);
  endWithProblem(socket, problemResponse(told, caller, told === error ? meaning : {}));
}
