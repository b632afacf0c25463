import { randomInt } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ErrorCode, PaymentsError } from '../core/errors.ts';
import { createIds, type NewId } from '../core/ids.ts';
import { type Core, createCore } from '../core/invoke.ts';
import type { CallName, InputOf, OutputOf } from '../core/operations.ts';
import type { Ports } from '../core/ports.ts';
import { type Invoice, type InvoiceRow, parseInvoices } from './invoices.ts';
import { demoKeys, retailMerchant } from './merchants.ts';
import { planInvoices, type Step } from './plan.ts';
import { showProgress } from './progress.ts';
import { createTally, type ImportReport, type Tally } from './report.ts';

/**
 * Rows at once: as many writes as share a commit. Customers, payments and refunds of a batch
 * follow each other, so that whatever a row needs is there before it.
 */
const rowsAtOnce = 256;
const pageSize = 100;
/** Longer than a charge whose answer never came stays open. */
const settlementMs = 60_000;
const random40 = () => randomInt(2 ** 40);

/** The core's ports, without those that the importer brings itself: it lives in the file's time. */
export type ImportPorts = Omit<Ports, 'clock' | 'newId' | 'record'>;

export interface Progress {
  readonly done: number;
  readonly total: number;
}

export interface ImportOptions {
  /** Repeats the year for so many shops: same times, other customers and invoice numbers. */
  readonly copies?: number | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /** Stops the import after the current batch; importing again continues there. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Turns invoices into customers, payments and refunds of the merchant whose key is given, through
 * the core's operations. Every resource is made at the time of its invoice.
 *
 * It may be repeated and continued at will: what an earlier import made is found by its invoice
 * number and left alone. (Idempotency keys alone would not do: they are forgotten after a day,
 * which for these invoices was over long ago.)
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
  await settleInterrupted(quiet, steps);

  let untouched = false;
  for (let copy = 1; copy <= copies; copy += 1) {
    const year = await openYear(quiet, key, copy, tally);
    if (!untouched && (await isWhole(year, steps))) {
      countWhole(year, steps);
      onProgress?.({ done: tally.done, total });
      continue;
    }
    // Copies follow each other: where one is not whole, none of those after it was begun.
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

/** The last row that makes something is in a batch of its own: its trace says that all is there. */
function* batchesOf(steps: readonly Step[]): Generator<readonly Step[], void, void> {
  const last = steps.findLastIndex(({ kind }) => kind !== 'rejected');
  for (let start = 0; start < last; start += rowsAtOnce) {
    yield steps.slice(start, Math.min(start + rowsAtOnce, last));
  }
  yield steps.slice(Math.max(last, 0));
}

/**
 * Imports a file for the demo merchant, with its progress on stderr where nobody else takes it.
 *
 * @throws Error when there is no such file, or it holds something else
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

/** One repetition of the year, as far as it is imported. */
interface Year {
  /** The number of an invoice or a customer in this repetition. */
  readonly nameOf: (number: string) => string;
  readonly copy: number;
  readonly calls: Calls;
  readonly tally: Tally;
  /** Ids by customer number. */
  readonly customers: Map<string, string>;
  /** Ids by invoice number. */
  readonly payments: Map<string, string>;
  /** Invoice numbers of what an earlier import made. */
  readonly earlier: Set<string>;
}

async function openYear(
  ports: ImportPorts,
  key: string,
  copy: number,
  tally: Tally,
): Promise<Year> {
  return {
    nameOf: (number) => (copy === 1 ? number : `${number}-${copy}`),
    copy,
    calls: await openCalls(ports, key),
    tally,
    customers: new Map(),
    payments: new Map(),
    earlier: new Set(),
  };
}

/** Calls of the core at a time of the caller's choice. */
interface Calls {
  /** @returns what the operation answers, or the error where the row is to blame */
  write<Name extends CallName>(
    name: Name,
    at: number,
    idempotencyKey: string,
    input: InputOf<Name>,
  ): Promise<OutputOf<Name> | PaymentsError>;
  read<Name extends CallName>(name: Name, input: InputOf<Name>): Promise<OutputOf<Name>>;
}

/** What the core may say against a single row; any other failure ends the import. */
const refusals: ReadonlySet<ErrorCode> = new Set([
  'validation_failed',
  'not_found',
  'invalid_state',
  'idempotency_key_reused',
  'card_declined',
  'refund_exceeds_payment',
]);

function refusalOf(error: unknown): PaymentsError {
  if (error instanceof PaymentsError && refusals.has(error.code)) return error;
  throw error;
}

async function openCalls(ports: ImportPorts, key: string): Promise<Calls> {
  const newId = idsByKind();
  const session = await coreAt(ports, newId, Date.now()).authenticate({
    credential: key,
    requestId: 'import',
  });
  const call = <Name extends CallName>(
    name: Name,
    at: number,
    idempotencyKey: string | undefined,
    input: InputOf<Name>,
  ) =>
    withinRate(() =>
      coreAt(ports, newId, at).invoke(
        name,
        { session, idempotencyKey, requestId: idempotencyKey ?? 'import' },
        input,
      ),
    );
  return {
    write: (name, at, idempotencyKey, input) =>
      call(name, at, idempotencyKey, input).catch(refusalOf),
    read: (name, input) => call(name, Date.now(), undefined, input),
  };
}

/** A core whose clock stands still: what it writes after the network's answer is of `at`, too. */
const coreAt = (ports: ImportPorts, newId: NewId, at: number): Core =>
  createCore({ ...ports, newId, clock: { now: () => at } });

/** Each kind has a generator, so that an id tells the time of its own resource. */
function idsByKind(): NewId {
  const generators: Partial<Record<Parameters<NewId>[0], NewId>> = {};
  return (prefix, nowMs) => {
    generators[prefix] ??= createIds(random40);
    return generators[prefix](prefix, nowMs);
  };
}

async function withinRate<Result>(call: () => Promise<Result>): Promise<Result> {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof PaymentsError) || error.code !== 'rate_limited') throw error;
      await sleep(error.details.retryAfterMs ?? 1000);
    }
  }
}

async function importBatch(year: Year, steps: readonly Step[]): Promise<void> {
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

/** Creates those who buy for the first time; returns why some could not be, by their number. */
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
  // That the payment was refused is told where it was.
  if (payment === undefined) return tally.rejected(row, 'no_match', copy);
  const refund = await calls.write('refundPayment', row.at, keyOf('invoice', name), {
    payment,
    amount: amountMinor,
    reason: reasonOf(name),
  });
  if (refund instanceof PaymentsError) return tally.rejected(row, 'refused', copy, refund.message);
  tally.refund(row, false);
}

const keyOf = (what: 'customer' | 'invoice', name: string): string => `import:${what}:${name}`;

const reasonOf = (name: string): string => `Cancellation ${name}`;

/** Settles payments whose import was cut off while they were charged, at the time they were due. */
async function settleInterrupted(ports: ImportPorts, steps: readonly Step[]): Promise<void> {
  const lastAt = steps.reduce((last, { row }) => ('at' in row ? Math.max(last, row.at) : last), 0);
  for (;;) {
    const dueAt = await ports.store.nextSettlementAt();
    if (dueAt === undefined || dueAt > lastAt + settlementMs) return;
    if ((await coreAt(ports, createIds(random40), dueAt).settleDue()) === 0) return;
  }
}

/** Whether the last thing that this repetition makes is there, and so all before it. */
async function isWhole({ calls, nameOf }: Year, steps: readonly Step[]): Promise<boolean> {
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

function countWhole({ tally, copy }: Year, steps: readonly Step[]): void {
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

/** Finds what an import that was cut off has made of this repetition. */
async function findEarlier({ calls, copy, customers, payments, earlier }: Year): Promise<void> {
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

type ListName = 'listCustomers' | 'listPayments' | 'listRefunds';

/** The items of all pages of a list. */
async function* allItems<Name extends ListName>(
  { read }: Calls,
  name: Name,
  filter: InputOf<Name>,
): AsyncGenerator<OutputOf<Name>['items'][number], void, void> {
  let cursor: string | null = null;
  do {
    const page: OutputOf<Name> = await read(name, {
      ...filter,
      limit: pageSize,
      ...(cursor !== null && { cursor }),
    });
    yield* page.items;
    cursor = page.nextCursor;
  } while (cursor !== null);
}
