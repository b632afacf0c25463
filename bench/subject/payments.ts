import { randomUUID } from 'node:crypto';
import type { Client } from '../../services/core/client.ts';
import type { InputOf } from '../../services/core/operations.ts';

/** What scenarios do with payments beside what they time, on whatever wire. */

const smallest = { amount: 1999, currency: 'GBP', paymentMethod: 'pm_card_ok' } as const;

/** Creates the smallest payment, with `changes`. */
export const createOne = (
  client: Client,
  changes: Partial<InputOf<'createPayment'>> = {},
  idempotencyKey: string = randomUUID(),
) => client.createPayment({ ...smallest, ...changes }, { idempotencyKey });

export const readOne = (client: Client, id: string) => client.getPayment({ id });

/** The newest payments of a customer; of all, if omitted. */
export const readNewest = (client: Client, limit: number, customer?: string) =>
  client.listPayments({ customer, limit });

/** The page that begins with the largest payment that succeeded. */
export const readLargest = (client: Client) =>
  client.listPayments({ status: 'succeeded', sort: '-amount', limit: 1 });
