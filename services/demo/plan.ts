import { maxAmountMinor, parseMajor } from '../core/money.ts';
import type { Invoice, InvoiceRow } from './invoices.ts';

/** Why a row became neither a payment nor a refund. */
export const rejectionReasons = {
  zero: 'sums to zero',
  negative: 'negative, and no cancellation',
  no_match: 'cancellation: no earlier payment with enough left',
  no_customer: 'cancellation without a customer',
  positive_cancellation: 'cancellation of a positive amount',
  too_many_decimals: 'more than two decimals',
  too_large: 'larger than a payment can be',
  adjustment: 'bad-debt adjustment',
  duplicate: 'invoice number used before',
  unreadable: 'unreadable',
  refused: 'refused by the payments core',
} as const;

export type RejectionReason = keyof typeof rejectionReasons;

/** What is to become of one row. Amounts are pence. */
export type Step =
  | { readonly kind: 'payment'; readonly row: Invoice; readonly amountMinor: number }
  | {
      readonly kind: 'refund';
      readonly row: Invoice;
      readonly amountMinor: number;
      /** The invoice whose payment is refunded. */
      readonly of: Invoice;
    }
  | { readonly kind: 'rejected'; readonly row: InvoiceRow; readonly reason: RejectionReason };

interface OpenPayment {
  readonly row: Invoice;
  left: number;
}

/**
 * Decides of each row, in the order of the file, what becomes of it. Nothing but the rows counts,
 * so that an import that was cut off comes to the same plan again.
 */
export function planInvoices(rows: readonly InvoiceRow[]): readonly Step[] {
  const seen = new Set<string>();
  const openByCustomer = new Map<string, OpenPayment[]>();

  function planRow(row: InvoiceRow): Step {
    const rejected = (reason: RejectionReason): Step => ({ kind: 'rejected', row, reason });
    if ('fault' in row) return rejected('unreadable');
    if (seen.has(row.invoiceNo)) return rejected('duplicate');
    seen.add(row.invoiceNo);

    if (row.invoiceNo.startsWith('A')) return rejected('adjustment');
    if (row.amount === 0n) return rejected('zero');
    const minor = parseMajor(row.amountText, 'GBP');
    if (minor === undefined && row.amount % 10_000_000n !== 0n) {
      return rejected('too_many_decimals');
    }
    if (minor === undefined || Math.abs(minor) > maxAmountMinor) return rejected('too_large');

    if (!row.invoiceNo.startsWith('C')) {
      return minor < 0 ? rejected('negative') : planPayment(row, minor);
    }
    if (minor > 0) return rejected('positive_cancellation');
    if (row.customerId === null) return rejected('no_customer');
    const match = matchOf(openByCustomer.get(row.customerId) ?? [], row, -minor);
    if (!match) return rejected('no_match');
    match.left += minor;
    return { kind: 'refund', row, amountMinor: -minor, of: match.row };
  }

  function planPayment(row: Invoice, amountMinor: number): Step {
    if (row.customerId !== null) {
      const open = openByCustomer.get(row.customerId);
      if (open) open.push({ row, left: amountMinor });
      else openByCustomer.set(row.customerId, [{ row, left: amountMinor }]);
    }
    return { kind: 'payment', row, amountMinor };
  }

  return rows.map(planRow);
}

/**
 * The payment that a cancellation most likely means: the newest with exactly its amount left, else
 * the newest with enough left.
 */
function matchOf(
  payments: readonly OpenPayment[],
  cancellation: Invoice,
  amountMinor: number,
): OpenPayment | undefined {
  const earlier = payments.filter(({ row }) => row.at <= cancellation.at);
  return (
    earlier.findLast(({ left }) => left === amountMinor) ??
    earlier.findLast(({ left }) => left > amountMinor)
  );
}
