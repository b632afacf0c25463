import { CsvError } from 'csv-parse';
import { parse } from 'csv-parse/sync';
import { type Nanos, parseNanos } from './amount.ts';

const columns = [
  'invoice_no',
  'invoiced_at',
  'customer_id',
  'country',
  'amount_gbp',
  'line_count',
] as const;

type Fields = Readonly<Partial<Record<(typeof columns)[number], string>>>;

/** An invoice as the shop wrote it. */
export interface Invoice {
  /** Line of the file, from 1, the header being the first. */
  readonly line: number;
  readonly invoiceNo: string;
  /** Milliseconds since 1970 UTC. */
  readonly at: number;
  /** Null: the buyer had no account. */
  readonly customerId: string | null;
  readonly country: string;
  /** Pounds as in the file; negative: money back. */
  readonly amountText: string;
  readonly amount: Nanos;
  /** How many invoice lines it sums. */
  readonly lines: string;
}

/** A row that is no invoice. */
export interface UnreadableRow {
  readonly line: number;
  readonly invoiceNo: string;
  /** Null if not even the amount can be read. */
  readonly amount: Nanos | null;
  /** What was expected, and what was got. */
  readonly fault: string;
}

export type InvoiceRow = Invoice | UnreadableRow;

/**
 * The rows of a file of invoices, in its order. A row that cannot be read is one of them, too.
 *
 * @throws Error when the text as a whole is no such file
 */
export function parseInvoices(csv: string | Uint8Array): readonly InvoiceRow[] {
  let headed = false;
  try {
    const rows = parse<InvoiceRow, Fields>(csv, {
      bom: true,
      skip_empty_lines: true,
      relax_quotes: true,
      relax_column_count: true,
      columns(header) {
        headed = true;
        return requireHeader(header);
      },
      on_record: (fields, { lines, error }) => toRow(fields, lines, error !== undefined),
    });
    if (!headed) requireHeader([]);
    return rows;
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new Error(`Expected a CSV file of invoices: ${error.message}`);
  }
}

function requireHeader(header: string[]): string[] {
  if (header.join() === columns.join()) return header;
  const got = header.join().slice(0, 120) || 'nothing';
  throw new Error(`Expected a CSV file with the header ${columns.join()}, got ${got}`);
}

function toRow(fields: Fields, line: number, misaligned: boolean): InvoiceRow {
  const invoiceNo = fields.invoice_no ?? '';
  const amountText = fields.amount_gbp ?? '';
  const amount = parseNanos(amountText) ?? null;
  const at = shopTime(fields.invoiced_at ?? '');
  const customerId = fields.customer_id ?? '';
  const country = fields.country ?? '';
  const lines = fields.line_count ?? '';
  const unreadable = (column: string, expected: string, got: string): UnreadableRow => ({
    line,
    invoiceNo: invoiceNo.slice(0, 40),
    amount: misaligned ? null : amount,
    fault: `${column}: expected ${expected}, got '${got.slice(0, 40)}'`,
  });

  if (misaligned) {
    return unreadable('row', `${columns.length} fields`, Object.values(fields).join());
  }
  // These go into idempotency keys, and a repetition of the year adds to them after a hyphen.
  if (!/^[A-Za-z0-9]{1,40}$/.test(invoiceNo)) {
    return unreadable('invoice_no', '1 to 40 letters and digits', invoiceNo);
  }
  if (!/^[A-Za-z0-9]{0,40}$/.test(customerId)) {
    return unreadable('customer_id', 'up to 40 letters and digits', customerId);
  }
  if (at === undefined) {
    return unreadable('invoiced_at', 'YYYY-MM-DD HH:MM:SS', fields.invoiced_at ?? '');
  }
  if (!/^[^\0]{1,100}$/.test(country)) {
    return unreadable('country', '1 to 100 characters', country);
  }
  if (amount === null) {
    return unreadable('amount_gbp', 'a number with up to 9 decimals', amountText);
  }
  if (!/^\d{1,9}$/.test(lines)) return unreadable('line_count', 'an integer', lines);
  return {
    line,
    invoiceNo,
    at,
    customerId: customerId === '' ? null : customerId,
    country,
    amountText,
    amount,
    lines,
  };
}

/**
 * The shop's local time as milliseconds since 1970 UTC. Of a time that the clocks showed twice,
 * the first; a time that they skipped in spring counts on from before the change (RFC 5545
 * §3.3.5).
 */
export function shopTime(local: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(local)) return undefined;
  try {
    const { epochMilliseconds } =
      Temporal.PlainDateTime.from(local).toZonedDateTime('Europe/London');
    return epochMilliseconds >= 0 ? epochMilliseconds : undefined;
  } catch {
    return undefined;
  }
}
