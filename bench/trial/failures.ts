import { randomUUID } from 'node:crypto';
import type { Client } from '../../services/core/client.ts';
import { type ErrorCode, PaymentsError, type Violation } from '../../services/core/errors.ts';
import { createOne, readOne } from '../subject/payments.ts';

/** What the failures are provoked on. */
interface Provocation {
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

const fresh = () => ({ idempotencyKey: randomUUID() });
const nobodysId = 'pay_00000000000000000000000000';

/** Six on every wire: bad input, no key, no such thing, wrong state, bad card, reused key. */
export const sixFailures: readonly Failure[] = [
  {
    code: 'validation_failed',
    provoke: ({ client }) => createOne(client, { amount: 0 }),
  },
  { code: 'unauthenticated', provoke: ({ stranger }) => readOne(stranger, nobodysId) },
  { code: 'not_found', provoke: ({ client }) => readOne(client, nobodysId) },
  {
    code: 'invalid_state',
    provoke: ({ client, unconfirmedId }) =>
      client.refundPayment({ payment: unconfirmedId }, fresh()),
  },
  {
    code: 'insufficient_funds',
    provoke: ({ client }) =>
      createOne(client, { paymentMethod: 'pm_card_insufficient_funds', confirm: true }),
  },
  {
    code: 'idempotency_key_reused',
    provoke: ({ client, usedKey }) => createOne(client, { amount: 1 }, usedKey),
  },
];

/** Prepares the state that the failures need. */
export async function prepareProvocation(
  open: (opening: { key?: string | undefined }) => Promise<Client>,
): Promise<Provocation & { close(): Promise<void> }> {
  const client = await open({});
  const stranger = await open({ key: undefined });
  const usedKey = randomUUID();
  const { id } = await createOne(client, {}, usedKey);
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

/** @returns what the client threw. @throws Error if it did not fail, or fell over otherwise */
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
