import { PaymentsError } from '../core/errors.ts';
import type { Invoice } from './invoices.ts';
import type { Step } from './plan.ts';
import { keyOf, reasonOf, type Year } from './year.ts';

/** Imports a batch of rows: customers first, then payments, then refunds. */
export async function importBatch(year: Year, steps: readonly Step[]): Promise<void> {
  const payments = steps.filter((step) => step.kind === 'payment');
  const refunds = steps.filter((step) => step.kind === 'refund');
  const refused = await createCustomers(year, payments);
  await Promise.all(payments.map((step) => importPayment(year, step, refused)));
  await Promise.all(refunds.map((step) => importRefund(year, step)));
  for (const step of steps) {
    if (step.kind === 'rejected') year.tally.rejected(step.row, step.reason, year.copy);
  }
}

type StepOf<Kind extends Step['kind']> = Extract<Step, { kind: Kind }>;

/**
 * Creates the customers who buy for the first time.
 *
 * @returns the errors of those that were refused, by customer number
 */
async function createCustomers(
  { calls, customers, nameOf }: Year,
  steps: readonly StepOf<'payment'>[],
): Promise<ReadonlyMap<string, PaymentsError>> {
  const first = new Map<string, Invoice>();
  for (const { row } of steps) {
    const { customerId } = row;
    if (customerId === null || customers.has(nameOf(customerId)) || first.has(customerId)) continue;
    first.set(customerId, row);
  }
  const refused = new Map<string, PaymentsError>();
  const create = async ([customerId, { at, country }]: [string, Invoice]) => {
    const name = nameOf(customerId);
    const created = await calls.write('createCustomer', at, keyOf('customer', name), {
      name: `Customer ${name}`,
      country,
      metadata: { customer_id: name },
    });
    if (created instanceof PaymentsError) refused.set(customerId, created);
    else customers.set(name, created.id);
  };
  await Promise.all([...first].map(create));
  return refused;
}

async function importPayment(
  { calls, customers, payments, earlier, nameOf, tally, copy }: Year,
  { row, amountMinor }: StepOf<'payment'>,
  refused: ReadonlyMap<string, PaymentsError>,
): Promise<void> {
  const name = nameOf(row.invoiceNo);
  if (earlier.has(name)) return tally.payment(row, true);
  const { customerId, country, lines } = row;
  const noCustomer = customerId === null ? undefined : refused.get(customerId);
  const payment =
    noCustomer ??
    (await calls.write('createPayment', row.at, keyOf('invoice', name), {
      amount: amountMinor,
      currency: 'GBP',
      customer: customerId === null ? null : (customers.get(nameOf(customerId)) ?? null),
      paymentMethod: 'pm_card_ok',
      confirm: true,
      description: `Invoice ${name}`,
      metadata: { invoice_no: name, country, lines },
    }));
  if (payment instanceof PaymentsError) {
    return tally.rejected(row, 'refused', copy, payment.message);
  }
  // Buyers without an account are never matched to a cancellation.
  if (customerId !== null) payments.set(name, payment.id);
  tally.payment(row, false);
}

async function importRefund(
  { calls, payments, earlier, nameOf, tally, copy }: Year,
  { row, amountMinor, of }: StepOf<'refund'>,
): Promise<void> {
  const name = nameOf(row.invoiceNo);
  if (earlier.has(name)) return tally.refund(row, true);
  const payment = payments.get(nameOf(of.invoiceNo));
  // A refused payment is reported in its own row.
  if (payment === undefined) return tally.rejected(row, 'no_match', copy);
  const refund = await calls.write('refundPayment', row.at, keyOf('invoice', name), {
    payment,
    amount: amountMinor,
    reason: reasonOf(name),
  });
  if (refund instanceof PaymentsError) return tally.rejected(row, 'refused', copy, refund.message);
  tally.refund(row, false);
}
