import { WebSocket } from 'ws';
import { PaymentsError } from '../core/errors.ts';

/**
 * A socket whose owner closes it after a violation of RFC 6455. `ws` itself closes with a code and
 * no reason, so neither the client nor the log would learn what was wrong.
 */
export class StrictSocket extends WebSocket {
  /** The code to close with; set right before the `error` event, which describes the violation. */
  violation: number | undefined;

  override close(code?: number, reason?: string | Buffer): void {
    // A close that echoes the peer's has no code at all, or a reason, which may be empty.
    const isOfViolation = code !== undefined && reason === undefined;
    if (isOfViolation && this.readyState === this.OPEN) this.violation = code;
    else super.close(code, reason);
  }
}

/** Larger than allowed, or in more parts (RFC 6455 §7.4.1). */
const tooLarge = [1008, 1009];

/** A violation of RFC 6455 as an error of the contract. */
export const violationError = (code: number, { message }: Error): PaymentsError =>
  new PaymentsError(
    tooLarge.includes(code) ? 'payload_too_large' : 'validation_failed',
    `Expected frames as RFC 6455 has them, within the limits of welcome, got: ${message}.`,
  );
