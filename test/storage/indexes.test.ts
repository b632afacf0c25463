import { Kysely } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PaymentFilter, PaymentSort } from '../../services/core/payments/store.ts';
import type { Query } from '../../services/storage/query.ts';
import { openConnection, type SqliteConnection } from '../../services/storage/sqlite/connection.ts';
import { nodeSqlite, sqliteDialect } from '../../services/storage/sqlite/dialect.ts';
import { migrateSqlite } from '../../services/storage/sqlite/migrate.ts';
import { createQueries } from '../../services/storage/store.ts';

const queries = createQueries(sqliteDialect);
let connection: SqliteConnection;
beforeAll(async () => {
  connection = openConnection(':memory:');
  const db = new Kysely({ dialect: nodeSqlite(connection.database) });
  await migrateSqlite(connection.database, db);
});
afterAll(() => connection.database.close());

/** The query plan of SQLite (https://sqlite.org/eqp.html), one line per step. */
const planOf = ({ sql }: Query<never, unknown>): readonly string[] =>
  connection.database
    .prepare(`explain query plan ${sql}`)
    .all()
    .map(({ detail }) => String(detail));

/** Steps that go through all rows; those of the list of ids asked, and of what it found, apart. */
const scanned = (plan: readonly string[]) =>
  plan.filter((step) => step.startsWith('SCAN') && !/json_each|subquery|wanted/.test(step));
const sorted = (plan: readonly string[]) => plan.filter((step) => step.includes('TEMP B-TREE'));

const filters: readonly (keyof PaymentFilter)[] = [
  'status',
  'customer',
  'createdFrom',
  'createdBefore',
  'amountMin',
  'amountMax',
];
const subsets = Array.from({ length: 2 ** filters.length }, (_, bits) =>
  filters.filter((_name, place) => bits & (1 << place)),
);
const sorts: readonly PaymentSort[] = ['-created_at', 'created_at', '-amount', 'amount'];

const byKey = String.raw`PRIMARY KEY \(merchant_id=\? AND id=\?\)`;

const indexOf = (sort: PaymentSort, names: readonly (keyof PaymentFilter)[]) => {
  const byAmount = sort.endsWith('amount');
  if (names.includes('customer')) {
    return byAmount ? 'payments_by_customer_amount' : 'payments_by_customer';
  }
  if (byAmount) return 'payments_by_amount';
  return names.includes('status') ? 'payments_by_status' : 'payments_by_time';
};

describe('every list of payments', () => {
  test.each(sorts)('by %s reads an index in its order without sorting', (sort) => {
    for (const after of [false, true]) {
      for (const names of subsets) {
        const plan = planOf(queries.listPayments({ sort, filters: names, after }));
        expect({ names, sorted: sorted(plan) }).toEqual({ names, sorted: [] });
        const found = plan.filter((step) => step.includes('payments'));
        expect(found.length).toBeGreaterThan(0);
        for (const step of found) {
          expect({ names, step }).toEqual({
            names,
            step: expect.stringMatching(
              new RegExp(
                `^SEARCH payments USING ((COVERING )?INDEX ${indexOf(sort, names)} |${byKey})`,
              ),
            ),
          });
        }
      }
    }
  });

  test.each(sorts)('by %s reads no payment that its filters exclude', (sort) => {
    for (const after of [false, true]) {
      for (const names of subsets) {
        const plan = planOf(queries.listPayments({ sort, filters: names, after }));
        const found = plan.filter((step) => step.startsWith('SEARCH payments'));
        if (found.length === 1) continue;
        // In the index: the stretch, and where it stops. By their key: those of the page.
        expect({ names, found }).toEqual({
          names,
          found: [
            expect.stringContaining('COVERING INDEX'),
            expect.stringMatching(new RegExp(byKey)),
            expect.stringContaining('COVERING INDEX'),
          ],
        });
        expect(plan.filter((step) => /CO-ROUTINE|MATERIALIZE/.test(step))).toEqual([
          'CO-ROUTINE stretch',
          'CO-ROUTINE stopped',
        ]);
      }
    }
  });

  test('a later page of payments starts at its position in the index', () => {
    const plan = (sort: PaymentSort, names: readonly (keyof PaymentFilter)[]) =>
      planOf(queries.listPayments({ sort, filters: names, after: true }))[0];
    expect(plan('-created_at', [])).toContain('(created_at,id)<(?,?)');
    expect(plan('created_at', ['status'])).toContain('(created_at,id)>(?,?)');
    expect(plan('-created_at', ['customer'])).toContain('(created_at,id)<(?,?)');
    expect(plan('amount', [])).toContain('(amount,id)>(?,?)');
    expect(plan('-created_at', ['createdFrom', 'createdBefore'])).toContain(
      'created_at>? AND (created_at,id)<(?,?)',
    );
  });
});

test('the lists of customers and refunds read an index in their order', () => {
  for (const after of [false, true]) {
    for (const given of [false, true]) {
      for (const query of [
        queries.listCustomers({ filtered: given, after }),
        queries.listRefunds({ filtered: given, after }),
      ]) {
        const plan = planOf(query);
        expect(plan).toHaveLength(1);
        expect(plan[0]).toMatch(/^SEARCH/);
      }
    }
  }
  expect(planOf(queries.listCustomers({ filtered: true, after: true }))[0]).toContain(
    'customers_by_email',
  );
  expect(planOf(queries.listRefunds({ filtered: true, after: true }))[0]).toContain(
    'refunds_by_payment',
  );
});

test('no query scans a table', () => {
  const { listPayments, listRefunds, listCustomers, ...single } = queries;
  for (const [name, query] of Object.entries(single)) {
    expect({ name, scanned: scanned(planOf(query)) }).toEqual({ name, scanned: [] });
  }
});

test('an update finds its row by its key only', () => {
  for (const query of [queries.updatePayment, queries.replacePayment]) {
    expect(planOf(query)).toEqual(['SEARCH payments USING PRIMARY KEY (merchant_id=? AND id=?)']);
  }
});

test('reads of single rows and of events do not sort', () => {
  for (const name of ['payment', 'customer', 'refund', 'eventsAfter', 'duePayments'] as const) {
    const plan = planOf(queries[name]);
    expect(plan).toHaveLength(1);
    expect(plan[0]).toMatch(/^SEARCH/);
  }
  const plan = planOf(queries.eventsOfTypesAfter);
  // An event that is only stepped over is not read: it may be large.
  expect(plan[1]).toContain(
    'COVERING INDEX events_by_type (merchant_id=? AND sequence>? AND sequence<?)',
  );
  expect(plan.at(-1)).toContain('PRIMARY KEY (merchant_id=? AND sequence=?)');
  expect(sorted(plan)).toEqual([]);
});
