import { randomUUID } from 'node:crypto';
import type { Client } from '../../services/core/client.ts';
import { PaymentsError } from '../../services/core/errors.ts';

/** What every capture finds on its server. */
export interface Seed {
  readonly customer: string;
  /** Succeeded, of the customer, not refunded. */
  readonly paid: string;
  /** Of the customer, with one refund. */
  readonly partlyRefunded: string;
  readonly refund: string;
  /** Requires confirmation. */
  readonly draft: string;
  /** Requires capture. */
  readonly held: string;
  /** A key that can do everything, and has no token left. */
  readonly spentKey: string;
  /** A key that may be revoked. */
  readonly spareKey: string;
}

/** Ids of nothing, in the form that ids have. */
export const unknown = {
  payment: 'pay_01KAZZZZZZZZZZZZZZZZZZZZZZ',
  refund: 're_01KAZZZZZZZZZZZZZZZZZZZZZZ',
  customer: 'cus_01KAZZZZZZZZZZZZZZZZZZZZZZ',
  key: 'key_01KAZZZZZZZZZZZZZZZZZZZZZZ',
} as const;

const scopes = [
  'payments:read',
  'payments:write',
  'customers:read',
  'customers:write',
  'events:read',
  'keys:write',
] as const;

/** @param clientOf a client of the core itself, with a key */
export async function plant(admin: Client, clientOf: (key: string) => Client): Promise<Seed> {
  let written = 0;
  const fresh = () => {
    written += 1;
    return { idempotencyKey: `${randomUUID()}-${written}` };
  };
  const { id: customer } = await admin.createCustomer(
    { name: 'Ada Lovelace', email: 'ada@example.com', country: 'GB', metadata: { plan: 'pro' } },
    fresh(),
  );
  const payment = { amount: 4999, currency: 'GBP', paymentMethod: 'pm_card_ok' } as const;
  const paid = await admin.createPayment(
    { ...payment, customer, confirm: true, description: 'Order 1042' },
    fresh(),
  );
  const partly = await admin.createPayment({ ...payment, customer, confirm: true }, fresh());
  const refund = await admin.refundPayment(
    { payment: partly.id, amount: 1500, reason: 'One item was broken' },
    fresh(),
  );
  const draft = await admin.createPayment(payment, fresh());
  const held = await admin.createPayment(
    { ...payment, captureMethod: 'manual', confirm: true },
    fresh(),
  );
  const powers = { scopes: [...scopes], ratePerSecond: 5, burst: 5 };
  const spent = await admin.createKey({ name: 'spent', ...powers }, fresh());
  const spare = await admin.createKey({ name: 'spare', ...powers }, fresh());
  // A secret is only missing from the answer to a key that is used again.
  const spentKey = spent.secret ?? '';
  await spend(clientOf(spentKey), paid.id);
  return {
    customer,
    paid: paid.id,
    partlyRefunded: partly.id,
    refund: refund.id,
    draft: draft.id,
    held: held.id,
    spentKey,
    spareKey: spare.id,
  };
}

/** Calls until no token is left. */
async function spend(client: Client, id: string): Promise<void> {
  try {
    for (;;) await client.getPayment({ id });
  } catch (thrown) {
    if (!(thrown instanceof PaymentsError && thrown.code === 'rate_limited')) throw thrown;
  }
}
