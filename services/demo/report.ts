import { formatNanos, type Nanos } from './amount.ts';
import type { InvoiceRow } from './invoices.ts';
import { type RejectionReason, rejectionReasons } from './plan.ts';

/** Rows and their sum. */
export interface Total {
  readonly count: number;
  readonly amount: Nanos;
}

export interface RejectedRow {
  readonly line: number;
  readonly invoiceNo: string;
  readonly reason: RejectionReason;
  /** Null if it cannot be read. */
  readonly amount: Nanos | null;
  /** What exactly was wrong, if the reason alone does not say. */
  readonly detail: string | null;
  /** Which repetition of the year, from 1. */
  readonly copy: number;
}

/** What became of every row; sums are signed as in the file, so that a refund is negative. */
export interface ImportReport {
  /** How many times the year was repeated. */
  readonly copies: number;
  /** All rows, summed from the file alone. */
  readonly file: Total;
  readonly customers: number;
  readonly payments: Total;
  readonly refunds: Total;
  readonly rejected: Total;
  readonly byReason: Readonly<Partial<Record<RejectionReason, Total>>>;
  readonly rejectedRows: readonly RejectedRow[];
  /** Rows that were not come to, because the import was stopped. */
  readonly left: Total;
  /** Of payments and refunds: how many an earlier import had made. */
  readonly earlier: number;
  /** Whether payments + refunds + rejected + left = file, in rows and in money. */
  readonly reconciles: boolean;
}

/** Counts what becomes of each row. */
export interface Tally {
  payment(row: InvoiceRow, earlier: boolean): void;
  refund(row: InvoiceRow, earlier: boolean): void;
  rejected(
    row: InvoiceRow,
    reason: RejectionReason,
    copy: number,
    detail?: string | undefined,
  ): void;
  /** Rows that are not come to. */
  left(rows: readonly InvoiceRow[]): void;
  customers(count: number): void;
  /** How many rows are accounted for, those left apart. */
  readonly done: number;
  report(): ImportReport;
}

interface Sum {
  count: number;
  amount: Nanos;
}

const noSum = (): Sum => ({ count: 0, amount: 0n });

function add(sum: Sum, { amount }: InvoiceRow): void {
  sum.count += 1;
  sum.amount += amount ?? 0n;
}

export function createTally(rows: readonly InvoiceRow[], copies: number): Tally {
  const payments = noSum();
  const refunds = noSum();
  const rejected = noSum();
  const left = noSum();
  const byReason: Partial<Record<RejectionReason, Sum>> = {};
  const rejectedRows: RejectedRow[] = [];
  let customers = 0;
  let earlierRows = 0;
  const done = () => payments.count + refunds.count + rejected.count;

  return {
    payment(row, earlier) {
      add(payments, row);
      if (earlier) earlierRows += 1;
    },
    refund(row, earlier) {
      add(refunds, row);
      if (earlier) earlierRows += 1;
    },
    rejected(row, reason, copy, detail) {
      add(rejected, row);
      byReason[reason] ??= noSum();
      add(byReason[reason], row);
      rejectedRows.push({
        line: row.line,
        invoiceNo: row.invoiceNo,
        reason,
        amount: row.amount,
        detail: detail ?? ('fault' in row ? row.fault : null),
        copy,
      });
    },
    left(rowsLeft) {
      for (const row of rowsLeft) add(left, row);
    },
    customers(count) {
      customers += count;
    },
    get done() {
      return done();
    },
    report() {
      const year = noSum();
      for (const row of rows) add(year, row);
      const file = { count: year.count * copies, amount: year.amount * BigInt(copies) };
      const parts = [payments, refunds, rejected, left];
      return {
        copies,
        file,
        customers,
        payments,
        refunds,
        rejected,
        byReason,
        rejectedRows,
        left,
        earlier: earlierRows,
        reconciles:
          parts.reduce((sum, { count }) => sum + count, 0) === file.count &&
          parts.reduce((sum, { amount }) => sum + amount, 0n) === file.amount,
      };
    },
  };
}

/** The report as JSON: amounts are texts in pounds, since a number could not hold them exactly. */
export function reportToJson(report: Partial<ImportReport>): unknown {
  return JSON.parse(
    JSON.stringify(report, (_key, value: unknown) =>
      typeof value === 'bigint' ? formatNanos(value) : value,
    ),
  );
}

/** The reconciliation as a table of text. */
export function formatReport(report: ImportReport): string {
  const { payments, refunds, rejected, left, file, byReason } = report;
  const reasons = Object.entries(rejectionReasons).flatMap(([reason, text]) => {
    const total = byReason[reason as RejectionReason];
    return total ? [lineOf(`  ${text}`, total)] : [];
  });
  return [
    `${''.padEnd(labelWidth)}${'rows'.padStart(countWidth)}${'GBP'.padStart(amountWidth)}`,
    lineOf('payments', payments),
    lineOf('refunds', refunds),
    lineOf('rejected', rejected),
    ...reasons,
    ...(left.count > 0 ? [lineOf('not imported yet', left)] : []),
    lineOf('file', file),
  ].join('\n');
}

const labelWidth = 52;
const countWidth = 12;
const amountWidth = 22;

const grouped = (digits: string): string => digits.replace(/\B(?=(\d{3})+(?!\d))/g, ',');

function lineOf(label: string, { count, amount }: Total): string {
  const [whole = '', fraction = ''] = formatNanos(amount).split('.');
  // Padded on the right, so that the decimal points stand in one column.
  const pounds = `${grouped(whole)}.${fraction.padEnd(3)}`;
  const rows = grouped(String(count)).padStart(countWidth);
  return `${label.padEnd(labelWidth)}${rows}${pounds.padStart(amountWidth)}`.trimEnd();
}
