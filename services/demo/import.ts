import { readFile } from 'node:fs/promises';
import { importBatch } from './batch.ts';
import { type ImportPorts, settleInterrupted } from './calls.ts';
import { countWhole, findEarlier, isWhole } from './earlier.ts';
import { type InvoiceRow, parseInvoices } from './invoices.ts';
import { demoKeys, retailMerchant } from './merchants.ts';
import { planInvoices, type Step } from './plan.ts';
import { type ImportProgress, showProgress } from './progress.ts';
import { createTally, type ImportReport } from './report.ts';
import { openYear } from './year.ts';

/**
 * Rows at once: as many writes as share a commit. Customers, payments and refunds of a batch
 * follow each other, so that whatever a row needs is there before it.
 */
const rowsAtOnce = 256;

export interface ImportOptions {
  /** Repeats the year for so many shops: same times, other customers and invoice numbers. */
  readonly copies?: number | undefined;
  readonly onProgress?: ((progress: ImportProgress) => void) | undefined;
  /** Stops the import after the current batch; importing again continues there. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Creates customers, payments and refunds from invoices, for the merchant whose key is given,
 * through the core's operations. Every resource has the time of its invoice.
 *
 * It can be repeated and continued at any time: what an earlier import created is found by its
 * invoice number and skipped. Idempotency keys would not do, because they expire after a day.
 *
 * @param key secret of an API key that may read and write customers and payments
 * @throws PaymentsError when the core fails for a reason that is not the row's
 */
export async function importInvoices(
  ports: ImportPorts,
  rows: readonly InvoiceRow[],
  key: string,
  { copies = 1, onProgress, signal }: ImportOptions = {},
): Promise<ImportReport> {
  const steps = planInvoices(rows);
  const tally = createTally(rows, copies);
  const total = rows.length * copies;
  // Nobody watches events here, and a store cannot forget a listener.
  const quiet = { ...ports, store: { ...ports.store, onCommit() {} } };
  onProgress?.({ done: 0, total });
  const lastAt = rows.reduce((last, row) => ('at' in row ? Math.max(last, row.at) : last), 0);
  await settleInterrupted(quiet, lastAt);

  let untouched = false;
  for (let copy = 1; copy <= copies; copy += 1) {
    const year = await openYear(quiet, key, copy, tally);
    if (!untouched && (await isWhole(year, steps))) {
      countWhole(year, steps);
      onProgress?.({ done: tally.done, total });
      continue;
    }
    // Copies are imported one after another: if one is incomplete, no later one was begun.
    if (!untouched) await findEarlier(year);
    untouched = true;
    for (const batch of batchesOf(steps)) {
      if (signal?.aborted) tally.left(batch.map(({ row }) => row));
      else await importBatch(year, batch);
      onProgress?.({ done: tally.done, total });
    }
    tally.customers(year.customers.size);
  }
  return tally.report();
}

/** The last row that creates something has a batch of its own: if it exists, all before it do. */
function* batchesOf(steps: readonly Step[]): Generator<readonly Step[], void, void> {
  const last = steps.findLastIndex(({ kind }) => kind !== 'rejected');
  for (let start = 0; start < last; start += rowsAtOnce) {
    yield steps.slice(start, Math.min(start + rowsAtOnce, last));
  }
  yield steps.slice(Math.max(last, 0));
}

/**
 * Imports a file for the demo merchant. Shows its progress on stderr, unless `onProgress` is given.
 *
 * @throws Error if there is no such file, or it is not a file of invoices
 */
export async function importDemo(
  ports: ImportPorts,
  { csvPath, ...options }: ImportOptions & { readonly csvPath: string | URL },
): Promise<ImportReport> {
  const key = demoKeys.find(
    ({ merchant, name }) => merchant === retailMerchant && name === 'admin',
  );
  if (!key) throw new Error(`expected a demo key 'admin' of ${retailMerchant}, found none`);
  const rows = parseInvoices(await readInvoices(csvPath));
  if (options.onProgress) return importInvoices(ports, rows, key.secret, options);

  const progress = showProgress();
  try {
    const report = await importInvoices(ports, rows, key.secret, {
      ...options,
      onProgress: progress.update,
    });
    progress.end(report);
    return report;
  } finally {
    progress.close();
  }
}

async function readInvoices(csvPath: string | URL): Promise<Uint8Array> {
  try {
    return await readFile(csvPath);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`Expected a CSV file of invoices at ${csvPath}: ${why}`);
  }
}
