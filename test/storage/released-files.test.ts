import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { settleDue } from '../../services/core/background.ts';
import { createInProcessClient } from '../../services/core/client.ts';
import { toPaymentsError } from '../../services/core/errors.ts';
import { paymentStatuses } from '../../services/core/payments/payment.ts';
import { retailMerchant } from '../../services/demo/merchants.ts';
import { openStore } from '../../services/storage/open.ts';
import { adminKey, type House, openHouse } from '../house.ts';
import { idsOf } from './resources.ts';

/**
 * Files that released revisions wrote: each opens for ever, with every row that it has. They were
 * made by calling the core of the revision that names them, in process and on a clock of its own,
 * until every table had rows and every status a payment; the process ended in the middle of the
 * last call.
 */
const fixtures = join(import.meta.dirname, 'fixtures');
const revisions = readdirSync(fixtures).map((name) => name.replace('.db.gz', ''));

const tables = [
  ...['merchants', 'api_keys', 'customers', 'payments', 'refunds', 'events'],
  ...['idempotency_records', 'secrets'],
] as const;
/** The columns that tests ask for by name; a row has more. */
type Column =
  | ('id' | 'merchant_id' | 'hash' | 'name' | 'email' | 'customer' | 'status' | 'amount')
  | ('created_at' | 'updated_at' | 'settle_at' | 'revoked_at' | 'sequence' | 'last_sequence')
  | ('key' | 'outcome' | 'resource_id' | 'failure_code' | 'failure_message' | 'value');
type Row = { readonly [Name in Column]?: unknown };
type Rows = Readonly<Record<(typeof tables)[number], readonly Row[]>>;

const folder = mkdtempSync(join(tmpdir(), 'released-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A copy of the file that this revision wrote. */
function copyOf(revision: string): string {
  const path = join(mkdtempSync(join(folder, 'copy-')), 'payments.db');
  writeFileSync(path, gunzipSync(readFileSync(join(fixtures, `${revision}.db.gz`))));
  return path;
}

/** Every row by table, as far as it has columns that `before` has too. */
function rowsOf(path: string, before?: Rows): Rows {
  const database = new DatabaseSync(path);
  const rows = tables.map((table) => {
    const columns = Object.keys(before?.[table][0] ?? {}).join() || '*';
    return [table, database.prepare(`select ${columns} from ${table}`).all()] as const;
  });
  database.close();
  return Object.fromEntries(rows) as unknown as Rows;
}

/** A row in the names of the core, its JSON parsed. */
const resourceOf = ({ merchant_id, failure_code, failure_message, ...row }: Row) => ({
  ...Object.fromEntries(
    Object.entries(row).map(([column, value]) => [
      column.replace(/_(.)/g, (_all, letter: string) => letter.toUpperCase()),
      typeof value === 'string' && /^[{[]/.test(value) ? JSON.parse(value) : value,
    ]),
  ),
  ...(failure_code !== undefined && {
    failure: failure_code && { code: failure_code, message: failure_message },
  }),
});
const without = (row: Row, ...names: readonly string[]): Row =>
  Object.fromEntries(Object.entries(row).filter(([name]) => !names.includes(name)));

describe.each(revisions)('a file that revision %s wrote', (revision) => {
  const path = copyOf(revision);
  const before = rowsOf(path);
  const lastMs = Math.max(...before.payments.map(({ updated_at }) => Number(updated_at)));
  let house: House;
  beforeAll(async () => {
    // Shortly after its last call, while its idempotency keys are still kept.
    house = await openHouse(`sqlite:${path}`, { clock: { now: () => lastMs + 60_000 } });
  });
  afterAll(() => house.close());
  const client = () => createInProcessClient(house.core, adminKey);
  const ofRetail = (rows: readonly Row[]) =>
    rows.filter(({ merchant_id }) => merchant_id === retailMerchant);

  test('has rows in every table', () => {
    for (const table of tables) expect(before[table].length).toBeGreaterThan(0);
    const statuses = new Set(before.payments.map(({ status }) => status));
    expect(statuses).toEqual(new Set(paymentStatuses));
    expect(before.payments.some(({ settle_at }) => settle_at !== null)).toBe(true);
    expect(before.api_keys.some(({ revoked_at }) => revoked_at !== null)).toBe(true);
    expect(before.idempotency_records.some(({ outcome }) => outcome === null)).toBe(true);
  });

  test('keeps every row of every table as it was', () => {
    expect(rowsOf(path, before)).toEqual(before);
  });

  test('is read row by row through the store', async () => {
    const { store } = house;
    for (const { id, name } of before.merchants) {
      expect(await store.across.merchant(String(id))).toMatchObject({ id, name });
    }
    for (const row of before.api_keys) {
      const key = await store.across.apiKeyByHash(String(row.hash));
      expect(key).toMatchObject({ ...resourceOf(row), merchantId: row.merchant_id });
    }
    for (const row of before.customers) {
      const customer = await store.of(String(row.merchant_id)).customer(String(row.id));
      expect(customer).toMatchObject(resourceOf(row));
    }
    for (const row of before.payments) {
      const payment = await store.of(String(row.merchant_id)).payment(String(row.id));
      expect(payment).toMatchObject(resourceOf(without(row, 'settle_at')));
    }
    for (const row of before.refunds) {
      const refund = await store.of(String(row.merchant_id)).refund(String(row.id));
      expect(refund).toMatchObject(resourceOf(row));
    }
    for (const { id, last_sequence } of before.merchants) {
      const { events } = await store.of(String(id)).eventsAfter(0, [], 1000);
      const expected = before.events.filter(({ merchant_id }) => merchant_id === id);
      expect(events).toMatchObject(expected.map(resourceOf));
      expect(await store.of(String(id)).lastSequence()).toBe(last_sequence);
    }
    for (const row of before.idempotency_records) {
      const key = String(row.key);
      const record = await store.of(String(row.merchant_id)).idempotencyRecord(key, lastMs);
      expect(record).toMatchObject(resourceOf(row));
    }
    for (const { name, value } of before.secrets) {
      expect(await store.across.secret(String(name))).toEqual(value);
    }
    const due = await store.across.duePayments(Number.MAX_SAFE_INTEGER, 1000);
    expect(idsOf(due.map(({ payment }) => payment)).toSorted()).toEqual(
      before.payments
        .filter(({ settle_at }) => settle_at !== null)
        .map(({ id }) => id)
        .toSorted(),
    );
  });

  test('lists each payment once, by time and by amount of one customer', async () => {
    const all: string[] = [];
    for (let cursor: string | undefined, more = true; more; ) {
      const page = await client().listPayments({ limit: 3, sort: 'created_at', cursor });
      all.push(...idsOf(page.items));
      more = page.nextCursor !== null;
      cursor = page.nextCursor ?? undefined;
    }
    const rows = ofRetail(before.payments);
    const byTime = (a: Row, b: Row) => Number(a.created_at) - Number(b.created_at);
    expect(all).toEqual(rows.toSorted(byTime).map(({ id }) => id));
    const customer = String(rows.find((row) => row.customer)?.customer);
    const page = await client().listPayments({ customer, sort: '-amount' });
    expect(page.items.map(({ amount }) => amount)).toEqual(
      rows
        .filter((row) => row.customer === customer)
        .map(({ amount }) => Number(amount))
        .toSorted((a, b) => b - a),
    );
  });

  test('resumes events after every sequence', async () => {
    const events = ofRetail(before.events);
    for (const { sequence } of events) {
      const after = Number(sequence);
      const { items } = await client().listEvents({ after, limit: 100 });
      expect(idsOf(items)).toEqual(
        events.filter((event) => Number(event.sequence) > after).map(({ id }) => id),
      );
    }
  });

  test('replays its idempotency keys, and refuses them for another input', async () => {
    const customer = ofRetail(before.customers).find(({ email }) => email !== null) ?? {};
    const { name, email, country, metadata } = resourceOf(customer) as never as Parameters<
      ReturnType<typeof client>['createCustomer']
    >[0];
    const record = before.idempotency_records.find(
      ({ resource_id }) => resource_id === customer.id,
    );
    const options = { idempotencyKey: String(record?.key) };
    const replay = await client().createCustomer({ name, email, country, metadata }, options);
    expect(replay).toEqual(resourceOf(customer));
    const reused = await client().createCustomer({ name: 'Other' }, options).catch(toPaymentsError);
    expect(reused).toMatchObject({ code: 'idempotency_key_reused' });
    expect(rowsOf(path, before)).toEqual(before);
  });

  test('stays usable: an open charge is settled, a payment refunded and the event sequence continued', async () => {
    const copy = await openHouse(`sqlite:${copyOf(revision)}`);
    const own = createInProcessClient(copy.core, adminKey);
    const open = before.payments.filter(({ settle_at }) => settle_at !== null);
    expect(await settleDue(copy.ports)).toBe(open.length);
    const paid = ofRetail(before.payments).find(({ status }) => status === 'succeeded') ?? {};
    await own.refundPayment({ payment: String(paid.id) }, { idempotencyKey: 'on' });
    expect(await own.getPayment({ id: String(paid.id) })).toMatchObject({ status: 'refunded' });
    const { items } = await own.listEvents({ after: 0, limit: 100 });
    expect(items.map(({ sequence }) => sequence)).toEqual(items.map((_event, n) => n + 1));
    expect(items.length).toBeGreaterThan(ofRetail(before.events).length + open.length);
    await copy.close();
  });

  test('is migrated once', async () => {
    const copy = copyOf(revision);
    const migrated = () => {
      const database = new DatabaseSync(copy);
      const rows = database.prepare('select * from kysely_migration order by name').all();
      database.close();
      return rows;
    };
    const first = migrated();
    await (await openStore(`sqlite:${copy}`)).close();
    const second = migrated();
    expect(second.slice(0, first.length)).toEqual(first);
    expect(second.length).toBeGreaterThan(first.length);
    await (await openStore(`sqlite:${copy}`)).close();
    expect(migrated()).toEqual(second);
  });
});
