import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Customer } from '../../services/core/customers/customer.ts';
import type { Event } from '../../services/core/events/event.ts';
import type { Payment } from '../../services/core/payments/payment.ts';
import type { Ports } from '../../services/core/ports.ts';
import type { Refund } from '../../services/core/refunds/refund.ts';
import type { Store } from '../../services/core/store.ts';
import { formatNanos } from '../../services/demo/amount.ts';
import { type ImportOptions, importDemo, importInvoices } from '../../services/demo/import.ts';
import { type InvoiceRow, parseInvoices } from '../../services/demo/invoices.ts';
import { createDemoMerchants, retailMerchant } from '../../services/demo/merchants.ts';
import { planInvoices } from '../../services/demo/plan.ts';
import { formatReport, type ImportReport, reportToJson } from '../../services/demo/report.ts';
import { createPorts } from '../../services/ports.ts';
import { openStore } from '../../services/storage/open.ts';
import { adminKey } from '../house.ts';

const header = 'invoice_no,invoiced_at,customer_id,country,amount_gbp,line_count';
const fileOf = (...rows: string[]) => [header, ...rows, ''].join('\n');
const rowsOf = (...rows: string[]) => parseInvoices(fileOf(...rows));

/** One row of each kind. */
const mixed = rowsOf(
  '1,2011-01-01 10:00:00,17850,United Kingdom,100,7',
  '2,2011-01-01 11:00:00,,France,20.5,1',
  '3,2011-01-01 12:00:00,17850,United Kingdom,40,2',
  'C4,2011-01-02 09:00:00,17850,United Kingdom,-40,1',
  'C5,2011-01-02 10:00:00,17850,United Kingdom,-30,1',
  'C6,2011-01-02 11:00:00,17850,United Kingdom,-70.01,1',
  'C7,2011-01-02 12:00:00,,France,-20.5,1',
  'C8,2011-01-02 13:00:00,17850,United Kingdom,1,1',
  '9,2011-01-02 14:00:00,17850,United Kingdom,0,1',
  '10,2011-01-02 15:00:00,17850,United Kingdom,-5,1',
  '11,2011-01-02 16:00:00,13952,Norway,2042.761,93',
  '12,2011-01-02 17:00:00,13952,Norway,1000000000,1',
  'A13,2011-01-02 18:00:00,,United Kingdom,11062.06,1',
  '1,2011-01-02 19:00:00,17850,United Kingdom,3,1',
  '14,2011-01-32 20:00:00,17850,United Kingdom,4,1',
  '15,2011-07-02 21:00:00,12345,Norway,0.01,1',
);

let store: Store;
let ports: Ports;

beforeEach(async () => {
  store = await openStore('sqlite::memory:');
  ports = await createPorts(store);
  await createDemoMerchants(ports);
});
afterEach(() => store.close());

const importRows = (rows: readonly InvoiceRow[], options?: ImportOptions): Promise<ImportReport> =>
  importInvoices(ports, rows, adminKey, options);

/** All that the merchant has, oldest first. */
async function everything(): Promise<{
  payments: readonly Payment[];
  refunds: readonly Refund[];
  customers: readonly Customer[];
  events: readonly Event[];
}> {
  const all = { limit: 1_000_000 };
  const { events } = await store.of(retailMerchant).eventsAfter(0, [], all.limit);
  return {
    payments: (await store.of(retailMerchant).listPayments({}, 'created_at', all)).payments,
    refunds: (await store.of(retailMerchant).listRefunds({}, all)).toReversed(),
    customers: (await store.of(retailMerchant).listCustomers({}, all)).toReversed(),
    events,
  };
}

const counts = async () => {
  const { payments, refunds, customers, events } = await everything();
  return [payments.length, refunds.length, customers.length, events.length];
};

describe('importing invoices', () => {
  test('creates payments, refunds and customers at the times of their invoices', async () => {
    await importRows(mixed);
    const { payments, refunds, customers, events } = await everything();
    const [first, guest, second, last] = payments;
    const [buyer] = customers;
    expect(payments).toHaveLength(4);
    expect(buyer).toMatchObject({
      name: 'Customer 17850',
      country: 'United Kingdom',
      metadata: { customer_id: '17850' },
      createdAt: Date.UTC(2011, 0, 1, 10),
    });
    expect(customers.map(({ name }) => name)).toEqual(['Customer 17850', 'Customer 12345']);
    expect(first).toMatchObject({
      amount: 10_000,
      amountCaptured: 10_000,
      amountRefunded: 3000,
      currency: 'GBP',
      status: 'partially_refunded',
      customer: buyer?.id,
      description: 'Invoice 1',
      metadata: { invoice_no: '1', country: 'United Kingdom', lines: '7' },
      createdAt: Date.UTC(2011, 0, 1, 10),
      updatedAt: Date.UTC(2011, 0, 2, 10),
    });
    expect(guest).toMatchObject({ amount: 2050, customer: null, status: 'succeeded' });
    expect(guest?.updatedAt).toBe(guest?.createdAt);
    expect(second).toMatchObject({ status: 'refunded', amountRefunded: 4000 });
    expect(last?.createdAt).toBe(Date.UTC(2011, 6, 2, 20));
    expect(refunds).toMatchObject([
      { payment: second?.id, amount: 4000, createdAt: Date.UTC(2011, 0, 2, 9) },
      { payment: first?.id, amount: 3000, reason: 'Cancellation C5' },
    ]);
    expect(events.every(({ createdAt }) => createdAt <= Date.UTC(2011, 6, 2, 20))).toBe(true);
    expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, index) => index + 1));
  });

  test('accounts for every row and every penny, with the line and reason of each row it skips', async () => {
    const report = await importRows(mixed);
    expect(report.rejectedRows.map((row) => [row.line, row.invoiceNo, row.reason])).toEqual([
      [7, 'C6', 'no_match'],
      [8, 'C7', 'no_customer'],
      [9, 'C8', 'positive_cancellation'],
      [10, '9', 'zero'],
      [11, '10', 'negative'],
      [12, '11', 'too_many_decimals'],
      [13, '12', 'too_large'],
      [14, 'A13', 'adjustment'],
      [15, '1', 'duplicate'],
      [16, '14', 'unreadable'],
    ]);
    const { payments, refunds, rejected, file, left } = report;
    expect(payments.count + refunds.count + rejected.count).toBe(mixed.length);
    expect(payments.amount + refunds.amount + rejected.amount).toBe(file.amount);
    expect(formatNanos(file.amount)).toBe('1000013107.821');
    expect(left).toEqual({ count: 0, amount: 0n });
    expect(report.reconciles).toBe(true);
    expect(report.customers).toBe(2);
    expect(report.byReason.too_many_decimals).toEqual({ count: 1, amount: 2_042_761_000_000n });
  });

  test('a second time creates nothing and gives the same report', async () => {
    const first = await importRows(mixed);
    const before = await counts();
    const again = await importRows(mixed);
    expect(await counts()).toEqual(before);
    expect(again).toEqual({ ...first, earlier: 6 });
  });

  test('reports its progress from zero to the last row', async () => {
    const seen: number[] = [];
    await importRows(mixed, { onProgress: ({ done }) => seen.push(done) });
    expect(seen[0]).toBe(0);
    expect(seen.at(-1)).toBe(mixed.length);
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  });

  test('twice as copies doubles rows and sums, with separate customers and invoices', async () => {
    const report = await importRows(mixed, { copies: 2 });
    const { payments, customers } = await everything();
    expect(report.file.count).toBe(2 * mixed.length);
    expect(report).toMatchObject({ customers: 4, reconciles: true, payments: { count: 8 } });
    expect(report.rejectedRows.map(({ copy }) => copy)).toEqual([
      ...Array(10).fill(1),
      ...Array(10).fill(2),
    ]);
    expect(customers.map(({ metadata }) => metadata.customer_id).sort()).toEqual([
      '12345',
      '12345-2',
      '17850',
      '17850-2',
    ]);
    expect(new Set(payments.map(({ metadata }) => metadata.invoice_no)).size).toBe(8);
    expect(payments.reduce((sum, { amount }) => sum + amount, 0)).toBe(2 * 16_051);
  });

  test('as a further copy does not change the earlier copies', async () => {
    await importRows(mixed);
    const report = await importRows(mixed, { copies: 3 });
    expect(report).toMatchObject({ earlier: 6, customers: 6, payments: { count: 12 } });
    expect((await counts())[0]).toBe(12);
  });

  test('reports a row that the core refuses together with the error', async () => {
    const payment = mixed.slice(0, 1);
    await importRows(payment);
    const [made] = (await everything()).payments;
    await store.write(async (tx) => {
      if (made) await tx.of(retailMerchant).updatePayment({ ...made, status: 'canceled' }, null);
    });
    const report = await importRows([
      ...payment,
      ...rowsOf('C2,2011-01-03 10:00:00,17850,UK,-1,1'),
    ]);
    expect(report.rejectedRows).toMatchObject([
      { invoiceNo: 'C2', reason: 'refused', detail: expect.stringContaining('canceled') },
    ]);
    expect(report.reconciles).toBe(true);
  });

  test('stops if the key may not write', async () => {
    const reading = importInvoices(ports, mixed, 'sk_test_retail_reader');
    await expect(reading).rejects.toMatchObject({ code: 'permission_denied' });
  });
});

describe('a cancellation refunds', () => {
  const at = (minute: number) => `2011-01-01 10:${String(minute).padStart(2, '0')}:00`;
  const matches = (...rows: string[]) =>
    planInvoices(rowsOf(...rows)).flatMap((step) =>
      step.kind === 'refund' ? [`${step.row.invoiceNo} of ${step.of.invoiceNo}`] : [],
    );

  test('the newest earlier payment whose remaining amount is equal to it', () => {
    const rows = [
      `1,${at(1)},7,France,50,1`,
      `2,${at(2)},7,France,50,1`,
      `3,${at(3)},7,France,90,1`,
      `C4,${at(4)},7,France,-50,1`,
      `C5,${at(5)},7,France,-50,1`,
      `C6,${at(6)},7,France,-50,1`,
    ];
    expect(matches(...rows)).toEqual(['C4 of 2', 'C5 of 1', 'C6 of 3']);
  });

  test('otherwise the newest earlier payment with enough left', () => {
    const rows = [
      `1,${at(1)},7,France,90,1`,
      `2,${at(2)},7,France,60,1`,
      `C3,${at(3)},7,France,-50,1`,
      `C4,${at(4)},7,France,-50,1`,
      `C5,${at(5)},7,France,-10,1`,
    ];
    expect(matches(...rows)).toEqual(['C3 of 2', 'C4 of 1', 'C5 of 2']);
  });

  test('neither a later payment nor one of another customer', () => {
    const rows = [
      `1,${at(1)},8,France,50,1`,
      `C2,${at(2)},7,France,-50,1`,
      `3,${at(9)},7,France,50,1`,
      `C4,${at(4)},7,France,-50,1`,
    ];
    expect(matches(...rows)).toEqual([]);
  });
});

describe('an import that was cut off', () => {
  /** More than a batch: 300 payments of 30 customers, each tenth cancelled. */
  const many = rowsOf(
    ...Array.from({ length: 300 }, (_, index) => {
      const time = new Date(Date.UTC(2011, 0, 1) + index * 60_000).toISOString();
      const local = time.slice(0, 19).replace('T', ' ');
      const customer = 100 + (index % 30);
      return index % 10 === 9
        ? `C${index},${local},${customer - 5},France,-${index - 5}.25,1`
        : `${index},${local},${customer},France,${index}.25,1`;
    }),
  );
  const whole = { payments: { count: 270 }, refunds: { count: 30 }, reconciles: true };

  test('by a signal stops after its batch and reports what is left', async () => {
    const stop = new AbortController();
    const report = await importRows(many, {
      signal: stop.signal,
      onProgress: ({ done }) => done > 0 && stop.abort(),
    });
    expect(report).toMatchObject({ left: { count: 44 }, earlier: 0, reconciles: true });
    expect(formatReport(report)).toContain('not imported yet');

    const rest = await importRows(many);
    expect(rest).toMatchObject({ ...whole, earlier: 256, customers: 27 });
    expect(await counts()).toEqual([270, 30, 27, 27 + 270 * 2 + 30 * 2]);
  });

  test.each([1, 2, 3, 4, 5, 6, 7])('at commit %i continues without a duplicate', async (last) => {
    const { store: open } = ports;
    let commits = 0;
    let written: Promise<unknown> | undefined;
    const failing: Store = {
      ...open,
      write(work) {
        // Writes of one turn share a commit; the first of them counts it.
        if (!written) {
          commits += 1;
          const ours = open.write(async () => {});
          written = ours;
          ours.then(() => {
            written = undefined;
          });
        }
        return commits > last ? Promise.reject(new Error('power cut')) : open.write(work);
      },
    };
    const cut = importInvoices({ ...ports, store: failing }, many, adminKey);
    await expect(cut).rejects.toMatchObject({ code: 'internal' });
    // A server that ran in between has forgotten every idempotency key.
    await store.across.deleteExpiredRecords(Date.now());

    expect(await importRows(many)).toMatchObject(whole);
    const { payments, events } = await everything();
    expect(await counts()).toEqual([270, 30, 27, 27 + 270 * 2 + 30 * 2]);
    expect(payments.every(({ amountCaptured, amount }) => amountCaptured === amount)).toBe(true);
    expect(Math.max(...events.map(({ createdAt }) => createdAt))).toBeLessThan(
      Date.UTC(2011, 0, 2),
    );
  });
});

describe('the real file', () => {
  const path = new URL('../../bench/data/online-retail-invoices.csv', import.meta.url);

  test('is imported completely, and its totals agree', async () => {
    const raw = readFileSync(path, 'utf8')
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => line.split(','));
    const mills = (text = '') => {
      const [, sign, whole, fraction = ''] = /^(-?)(\d+)(?:\.(\d{1,3}))?$/.exec(text) ?? [];
      return Number(`${sign}${whole}${fraction.padEnd(3, '0')}`);
    };
    const sum = (rows: readonly string[][]) =>
      rows.reduce((total, row) => total + mills(row[4]), 0);
    const paid = raw.filter(
      ([number, , , , amount]) =>
        /^\d/.test(number ?? '') && mills(amount) > 0 && mills(amount) % 10 === 0,
    );
    const cancelled = raw.filter(([number]) => number?.startsWith('C'));

    const report = await importDemo(ports, { csvPath: path, onProgress: () => {} });

    const asMills = ({ amount }: { amount: bigint }) => Number(amount) / 1e6;
    expect(report.reconciles).toBe(true);
    expect(report.file.count).toBe(25_900);
    expect(raw).toHaveLength(25_900);
    expect(asMills(report.file)).toBe(sum(raw));
    expect(report.payments.count).toBe(paid.length);
    expect(asMills(report.payments)).toBe(sum(paid));
    const { zero, no_match, no_customer, too_many_decimals, adjustment } = report.byReason;
    expect(zero?.count).toBe(2102);
    expect(too_many_decimals?.count).toBe(4);
    expect(adjustment?.count).toBe(3);
    expect(no_customer?.count).toBe(cancelled.filter(([, , customer]) => customer === '').length);
    expect(report.refunds.count + (no_match?.count ?? 0) + (no_customer?.count ?? 0)).toBe(
      cancelled.length,
    );

    const { payments, refunds, customers } = await everything();
    expect(payments).toHaveLength(19_955);
    expect(refunds).toHaveLength(3434);
    expect(customers).toHaveLength(report.customers);
    const pence = (items: readonly { amount: number }[]) =>
      items.reduce((total, { amount }) => total + amount, 0);
    expect(pence(payments) * 10).toBe(asMills(report.payments));
    expect(pence(refunds) * -10).toBe(asMills(report.refunds));
    expect(payments.reduce((total, { amountRefunded }) => total + amountRefunded, 0)).toBe(
      pence(refunds),
    );
    // Cancelled in full twelve minutes later.
    const largest = payments.find(({ metadata }) => metadata.invoice_no === '581483');
    expect(largest).toMatchObject({ amount: 16_846_960, status: 'refunded' });
    expect(refunds.find(({ payment }) => payment === largest?.id)).toMatchObject({
      amount: 16_846_960,
      createdAt: (largest?.createdAt ?? 0) + 12 * 60_000,
    });
    expect(payments.map(({ id }) => id)).toEqual(payments.map(({ id }) => id).toSorted());
    expect(JSON.stringify(reportToJson(report))).toContain('"amount":"9747747.934"');
  }, 240_000);

  test('causes an error with its expected path if it is missing', async () => {
    const csvPath = new URL('no-such.csv', path);
    await expect(importDemo(ports, { csvPath })).rejects.toThrow(/Expected .*no-such\.csv.*ENOENT/);
  });
});
