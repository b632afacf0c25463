import { randomUUID } from 'node:crypto';
import type { Client } from '../../services/core/client.ts';
import { createOne, readLargest, readNewest } from './payments.ts';

/** What all processes of a run share: ids of things that are in every copy of the database. */
export interface Fixtures {
  readonly paymentId: string;
  /** A customer with at least 20 payments, and refunds among them. */
  readonly customerId: string;
  /** A payment that can be refunded by one minor unit many times. */
  readonly refundableId: string;
  readonly refundId: string;
  /** A customer with 100 payments, each with ten kilobytes of metadata. */
  readonly heavyCustomerId: string;
}

const screenPayments = 20;

/**
 * Ids that the scenarios work on, out of what a server has.
 * @throws Error if it has no customer with 20 payments and a refund
 */
async function pickIds(client: Client): Promise<Omit<Fixtures, 'heavyCustomerId'>> {
  const { items: refunds } = await client.listRefunds({ limit: 100 });
  const payments = await client.getPaymentsByIds({
    ids: [...new Set(refunds.map((refund) => refund.payment))],
  });
  const customers = new Set(payments.flatMap((payment) => payment?.customer ?? []));
  for (const customerId of customers) {
    const page = await readNewest(client, screenPayments, customerId);
    const [first] = page.items;
    if (!page.hasMore || !first) continue;
    const large = await readLargest(client);
    const [[refundable], [refund]] = [large.items, refunds];
    if (!refundable || !refund) break;
    const { id: refundableId } = refundable;
    return { paymentId: first.id, customerId, refundableId, refundId: refund.id };
  }
  throw new Error('Expected a customer with 20 payments and a refund in the data, found none.');
}

const heavyPayments = 100;
/** As much as a payment may carry is 25 kB: 50 values of 500 characters. */
const heavyMetadata = Object.fromEntries(
  Array.from({ length: 20 }, (_, at) => [`line_${at + 1}`, `${at} `.repeat(250).slice(0, 500)]),
);

/** Rows for answers of up to a megabyte, which no shop of the real data has. */
async function createHeavyCustomer(client: Client): Promise<string> {
  const fresh = () => ({ idempotencyKey: randomUUID() });
  const { id } = await client.createCustomer({ name: 'Wholesale', country: 'EIRE' }, fresh());
  const create = (amount: number) =>
    createOne(client, { amount, customer: id, metadata: heavyMetadata });
  await Promise.all(Array.from({ length: heavyPayments }, (_, at) => create(1000 + at)));
  return id;
}

/** What the scenarios work on, out of what the server has or gets now. */
export async function arrangeFixtures(client: Client): Promise<Fixtures> {
  return { ...(await pickIds(client)), heavyCustomerId: await createHeavyCustomer(client) };
}
