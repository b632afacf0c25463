import { allItems } from './calls.ts';
import type { Step } from './plan.ts';
import { reasonOf, type Year } from './year.ts';

/** Whether the last resource of this repetition exists, and so all before it. */
export async function isWhole({ calls, nameOf }: Year, steps: readonly Step[]): Promise<boolean> {
  const last = steps.findLast(({ kind }) => kind !== 'rejected');
  if (!last || last.kind === 'rejected') return false;
  const { invoiceNo, at } = last.kind === 'refund' ? last.of : last.row;
  const then = { createdFrom: at, createdBefore: at + 1 };
  for await (const { id, metadata } of allItems(calls, 'listPayments', then)) {
    if (metadata.invoice_no !== nameOf(invoiceNo)) continue;
    if (last.kind === 'payment') return true;
    for await (const { reason } of allItems(calls, 'listRefunds', { payment: id })) {
      if (reason === reasonOf(nameOf(last.row.invoiceNo))) return true;
    }
  }
  return false;
}

/** Counts a repetition that is imported already. */
export function countWhole({ tally, copy }: Year, steps: readonly Step[]): void {
  const customers = new Set<string>();
  for (const step of steps) {
    if (step.kind === 'rejected') tally.rejected(step.row, step.reason, copy);
    else if (step.kind === 'refund') tally.refund(step.row, true);
    else {
      tally.payment(step.row, true);
      if (step.row.customerId !== null) customers.add(step.row.customerId);
    }
  }
  tally.customers(customers.size);
}

/** Finds what an interrupted import has created of this repetition. */
export async function findEarlier({
  calls,
  copy,
  customers,
  payments,
  earlier,
}: Year): Promise<void> {
  const isOurs = (name: string | undefined): name is string =>
    name !== undefined && (copy === 1 ? !name.includes('-') : name.endsWith(`-${copy}`));

  for await (const { id, metadata } of allItems(calls, 'listCustomers', {})) {
    if (isOurs(metadata.customer_id)) customers.set(metadata.customer_id, id);
  }
  for await (const { id, metadata } of allItems(calls, 'listPayments', {})) {
    if (!isOurs(metadata.invoice_no)) continue;
    payments.set(metadata.invoice_no, id);
    earlier.add(metadata.invoice_no);
  }
  for await (const { reason } of allItems(calls, 'listRefunds', {})) {
    const name = reason?.startsWith(reasonOf('')) ? reason.slice(reasonOf('').length) : undefined;
    if (isOurs(name)) earlier.add(name);
  }
}
