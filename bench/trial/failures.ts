import { randomUUID } from 'node:crypto';
import type { Client } from '../../services/core/client.ts';
import { type ErrorCode, PaymentsError, type Violation } from '../../services/core/errors.ts';

/** What the failures are provoked on. */
export interface Provocation {
  readonly client: Client;
  /** The same wire without a key. */
  readonly stranger: Client;
  /** A payment that was not confirmed, and cannot be refunded. */
  readonly unconfirmedId: string;
  /** An idempotency key that was used for another amount. */
  readonly usedKey: string;
}

export interface Failure {
  readonly code: ErrorCode;
  readonly provoke: (on: Provocation) => Promise<unknown>;
}

const payment = { amount: 1999, currency: 'GBP', paymentMethod: 'pm_card_ok' } as const;
const fresh = () => ({ idempotencyKey: randomUUID() });
const nobodysId = 'pay_00000000000000000000000000';

/** Six on every wire: bad input, no key, no such thing, wrong state, bad card, reused key. */
export const sixFailures: readonly Failure[] = [
  {
    code: 'validation_failed',
    provoke: ({ client }) => client.createPayment({ ...payment, amount: 0 }, fresh()),
  },
  { code: 'unauthenticated', provoke: ({ stranger }) => stranger.getPayment({ id: nobodysId }) },
  { code: 'not_found', provoke: ({ client }) => client.getPayment({ id: nobodysId }) },
  {
    code: 'invalid_state',
    provoke: ({ client, unconfirmedId }) =>
      client.refundPayment({ payment: unconfirmedId }, fresh()),
  },
  {
    code: 'insufficient_funds',
    provoke: ({ client }) =>
      client.createPayment(
        { ...payment, paymentMethod: 'pm_card_insufficient_funds', confirm: true },
        fresh(),
      ),
  },
  {
    code: 'idempotency_key_reused',
    provoke: ({ client, usedKey }) =>
      client.createPayment({ ...payment, amount: 1 }, { idempotencyKey: usedKey }),
  },
];

/** The good calls that two of the failures are the other side of. */
export const goodCalls = {
  read: (client: Client, id: string) => client.getPayment({ id }),
  create: (client: Client) => client.createPayment(payment, fresh()),
};

/** Prepares the state that the failures need. */
export async function prepareProvocation(
  open: (opening: { key?: string | undefined }) => Promise<Client>,
): Promise<Provocation & { close(): Promise<void> }> {
  const client = await open({});
  const stranger = await open({ key: undefined });
  const usedKey = randomUUID();
  const { id } = await client.createPayment(payment, { idempotencyKey: usedKey });
  return {
    client,
    stranger,
    unconfirmedId: id,
    usedKey,
    async close() {
      await Promise.all([client.close(), stranger.close()]);
    },
  };
}

/** What every wire has to report alike. */
export interface ReportedFailure {
  readonly code: ErrorCode;
  readonly violations: readonly Violation[];
}

/** @returns what the client threw. @throws Error where it did not fail, or fell over otherwise */
export async function reportedBy(failing: Promise<unknown>): Promise<ReportedFailure> {
  let answer: unknown;
  try {
    answer = await failing;
  } catch (thrown) {
    if (!(thrown instanceof PaymentsError)) throw thrown;
    return { code: thrown.code, violations: thrown.details.violations ?? [] };
  }
  throw new Error(`Expected a failure, got ${JSON.stringify(answer).slice(0, 80)}.`);
}
