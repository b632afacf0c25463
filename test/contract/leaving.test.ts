import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Client } from '../../services/core/client.ts';
import { isRetryable, PaymentsError } from '../../services/core/errors.ts';
import type { Payment } from '../../services/core/payments/payment.ts';
import type { Fivewire } from '../../services/main.ts';
import { adminKey } from '../house.ts';
import { openServer, subjects } from './subjects.ts';

/** What remains, on every wire, of a client that disconnects before it has its response. */

let server: Fivewire;
beforeAll(async () => {
  server = await openServer();
});
afterAll(() => server?.close());

/** Before anything is sent, during transfer, and while the card network takes 500 ms. */
const momentsMs = [0, 1, 3, 10, 100];

/** A unique amount, by which the payments of one create are found. */
let amount = 700_000;

const input = (own: number) =>
  ({
    amount: own,
    currency: 'GBP',
    paymentMethod: 'pm_card_timeout',
    confirm: true,
  }) as const;

describe.each(Object.entries(subjects))('%s', (_name, connect) => {
  let staying: Client;
  beforeAll(async () => {
    staying = await connect(server, adminKey);
  });
  afterAll(() => staying.close());

  const paymentsOf = async (own: number): Promise<readonly Payment[]> =>
    (await staying.listPayments({ amountMin: own, amountMax: own })).items;

  /** The result of the key once its first call has ended. */
  async function outcomeOf(own: number, idempotencyKey: string): Promise<Payment> {
    for (;;) {
      try {
        return await staying.createPayment(input(own), { idempotencyKey });
      } catch (error) {
        if (!(error instanceof PaymentsError && isRetryable(error.code))) throw error;
        await sleep(100);
      }
    }
  }

  async function leaveAfter(momentMs: number): Promise<void> {
    amount += 1;
    const own = amount;
    const idempotencyKey = randomUUID();
    const leaving = await connect(server, adminKey);
    const leave = new AbortController();
    const creating = leaving
      .createPayment(input(own), { idempotencyKey, signal: leave.signal })
      .catch((error: unknown) => error);
    await sleep(momentMs);
    leave.abort();
    await Promise.all([creating, leaving.close()]);

    expect((await paymentsOf(own)).length).toBeLessThanOrEqual(1);
    const found = await outcomeOf(own, idempotencyKey);
    const [only, ...more] = await paymentsOf(own);
    expect(more).toEqual([]);
    expect(only).toMatchObject({ id: found.id, status: 'succeeded', amountCaptured: own });
  }

  test('a client that leaves in the middle of a create leaves at most one payment, and the same key finds its outcome', async () => {
    await Promise.all(momentsMs.map(leaveAfter));
  });
});
