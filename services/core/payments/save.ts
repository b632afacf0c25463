import type { EventType } from '../events/event.ts';
import type { WriteContext } from '../operation.ts';
import type { Payment } from './payment.ts';
import { eventOfStatus } from './rules.ts';

/** How long after it began a charge is looked up if the process ended before its outcome came. */
const abandonedAfterMs = 30_000;

/**
 * Saves a new or changed payment together with its event. Every change of a payment goes through
 * this function, so that its event is never missing.
 *
 * @param before the payment as it is stored; undefined for a new one
 * @param lookUpAtMs when to ask the card network again about an open charge. Defaults to 30 s from
 *   now.
 */
export async function savePayment(
  { tx, newId, nowMs }: Pick<WriteContext, 'tx' | 'newId' | 'nowMs'>,
  before: Payment | undefined,
  payment: Payment,
  lookUpAtMs: number = nowMs + abandonedAfterMs,
): Promise<Payment> {
  const settleAt = payment.status === 'processing' ? lookUpAtMs : null;
  if (before) await tx.updatePayment(payment, settleAt);
  else await tx.insertPayment(payment, settleAt);
  const type = eventOf(before, payment);
  if (type) {
    await tx.appendEvent({
      id: newId('evt', nowMs),
      type,
      createdAt: nowMs,
      data: { kind: 'payment', payment },
    });
  }
  return payment;
}

/** Undefined if nothing changed that a reader could see. */
function eventOf(before: Payment | undefined, payment: Payment): EventType | undefined {
  if (!before) return 'payment.created';
  return before.version === payment.version ? undefined : eventOfStatus[payment.status];
}
