import { randomUUID } from 'node:crypto';
import { type Client, createInProcessClient } from '../../services/core/client.ts';
import { type ErrorCode, PaymentsError } from '../../services/core/errors.ts';
import type { Payment } from '../../services/core/payments/payment.ts';
import type { Fivewire } from '../../services/main.ts';
import { adminKey, otherKey, readerKey } from '../house.ts';
import type { Connect } from './subjects.ts';

/** Options of a write with a key of its own. */
export const once = () => ({ idempotencyKey: randomUUID() });
export const simple = { amount: 1000, currency: 'GBP', paymentMethod: 'pm_card_ok' } as const;

/** The error of a call, which must fail. */
export async function failureOf(call: Promise<unknown>): Promise<PaymentsError> {
  const outcome = await call.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if ('error' in outcome && outcome.error instanceof PaymentsError) return outcome.error;
  throw new Error(
    `expected a PaymentsError, got ${JSON.stringify(outcome)} ${'error' in outcome ? outcome.error : ''}`,
  );
}

export const codeOf = async (call: Promise<unknown>): Promise<ErrorCode> =>
  (await failureOf(call)).code;

/** Clients of one way to call the core. */
export interface Clients {
  readonly client: Client;
  /** Of another merchant. */
  readonly other: Client;
  /** Its key reads and nothing else. */
  readonly reader: Client;
  /** The core without a protocol. */
  readonly direct: Client;
  /** Creates a payment that has succeeded. */
  succeeded(amount?: number): Promise<Payment>;
  close(): Promise<void>;
}

export async function openClients(server: Fivewire, connect: Connect): Promise<Clients> {
  const [client, other, reader] = await Promise.all([
    connect(server, adminKey),
    connect(server, otherKey),
    connect(server, readerKey),
  ]);
  return {
    client,
    other,
    reader,
    direct: createInProcessClient(server.core, adminKey),
    succeeded: (amount = 1000) =>
      client.createPayment({ ...simple, amount, confirm: true }, once()),
    async close() {
      await Promise.all([client, other, reader].map((each) => each.close()));
    },
  };
}
