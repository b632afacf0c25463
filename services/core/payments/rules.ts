import { PaymentsError } from '../errors.ts';
import type { EventType } from '../events/event.ts';
import type { WriteContext } from '../operation.ts';
import type { ChargeOutcome } from '../processor/processor.ts';
import { actionsOf, type Payment, type PaymentAction, type PaymentStatus } from './payment.ts';

/** @throws PaymentsError `invalid_state` unless the payment's state allows `action` now */
export function requireAction(payment: Payment, action: PaymentAction): void {
  const allowed = actionsOf(payment.status);
  if (allowed.includes(action)) return;
  const what = allowed.length > 0 ? `it allows ${allowed.join(' or ')}` : 'it allows nothing more';
  throw new PaymentsError(
    'invalid_state',
    `Cannot ${action} payment '${payment.id}': its status is ${payment.status}, and ${what}.`,
    { metadata: { payment: payment.id, status: payment.status, action } },
  );
}

/**
 * Checks the preconditions. Called last, because a precondition counts only if the change would be
 * made without it (RFC 9110 §13.2.1).
 *
 * @throws PaymentsError `version_mismatch`
 */
export function requireVersion(
  { precondition: { ifVersion, unlessVersion } }: Pick<WriteContext, 'precondition'>,
  { id, version }: Payment,
): void {
  const matches = !ifVersion || ifVersion.includes(version);
  const excluded = unlessVersion === 'any' || unlessVersion?.includes(version);
  if (matches && !excluded) return;
  const named = ifVersion && ifVersion.length > 0 && !matches;
  const expected = named ? `version ${ifVersion.join(' or ')}` : 'another version';
  throw new PaymentsError(
    'version_mismatch',
    `Expected payment '${id}' at ${expected}, and it is at version ${version}.`,
    { metadata: { payment: id, version: String(version) } },
  );
}

/** Returns the payment with `changes` and the next version. */
export const changed = (payment: Payment, nowMs: number, changes: Partial<Payment>): Payment => ({
  ...payment,
  ...changes,
  updatedAt: nowMs,
  version: payment.version + 1,
});

/** Returns a processing payment after the network's outcome; undefined while that is open. */
export function afterCharge(
  payment: Payment,
  outcome: ChargeOutcome,
  nowMs: number,
): Payment | undefined {
  switch (outcome.kind) {
    case 'approved':
      return payment.captureMethod === 'manual'
        ? changed(payment, nowMs, { status: 'requires_capture' })
        : changed(payment, nowMs, { status: 'succeeded', amountCaptured: payment.amount });
    case 'declined':
      return changed(payment, nowMs, {
        status: 'failed',
        failure: { code: outcome.code, message: outcome.message },
      });
    case 'unavailable':
      return changed(payment, nowMs, { status: 'requires_confirmation' });
    case 'pending':
    case 'timeout':
      return undefined;
  }
}

/** @throws PaymentsError `refund_exceeds_payment` if less than `amount` is left */
export function afterRefund(payment: Payment, amount: number, nowMs: number): Payment {
  const left = payment.amountCaptured - payment.amountRefunded;
  if (amount > left) {
    throw new PaymentsError(
      'refund_exceeds_payment',
      `Cannot refund ${amount} of payment '${payment.id}': ${left} is left to refund.`,
      { metadata: { payment: payment.id, requested: String(amount), left: String(left) } },
    );
  }
  const amountRefunded = payment.amountRefunded + amount;
  return changed(payment, nowMs, {
    amountRefunded,
    status: amountRefunded === payment.amountCaptured ? 'refunded' : 'partially_refunded',
  });
}

/** The event that reports a payment's change to `status`. */
export const eventOfStatus: Readonly<Record<PaymentStatus, EventType | undefined>> = {
  // The card network could not be reached, and the payment is as it was before.
  requires_confirmation: undefined,
  processing: 'payment.processing',
  requires_capture: 'payment.authorized',
  succeeded: 'payment.succeeded',
  partially_refunded: 'payment.refunded',
  refunded: 'payment.refunded',
  failed: 'payment.failed',
  canceled: 'payment.canceled',
};
