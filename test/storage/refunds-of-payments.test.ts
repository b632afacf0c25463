import { expect, test } from 'vitest';
import { refundQueries } from '../../services/storage/refunds.ts';
import { sqliteDialect } from '../../services/storage/sqlite/dialect.ts';
import { merchantId } from './resources.ts';
import { openCounted } from './steps.ts';

test('the newest refunds of payments are found without reading their older refunds', async () => {
  const counted = await openCounted();
  const { database } = counted;
  database.exec(`insert into merchants values ('${merchantId}', 'One', 0)`);
  const insertPayment = database.prepare(
    `insert into payments values (?, ?, 5000, 5000, 0, 'GBP', 'succeeded', 'automatic', null,
       'pm_card_ok', null, '{}', null, null, 1, 1, 1, null)`,
  );
  const insertRefunds = database.prepare(
    `insert into refunds
     select ?, printf('re_%s_%05d', ?, value), ?, 1, 'GBP', null, value
     from (with recursive n(value) as (select 1 union all select value + 1 from n)
       select value from n limit 3000)`,
  );
  const ids = ['pay_a', 'pay_b', 'pay_c'];
  for (const id of ids) {
    insertPayment.run(merchantId, id);
    insertRefunds.run(merchantId, id, id);
  }
  const { refundsOfPayments } = refundQueries(sqliteDialect);
  const values = { merchantId, ids: sqliteDialect.listOf([...ids, ...ids]), limitEach: 21 };
  // Each once in its index and once as a row; SQLite may look at one more of each payment.
  expect(counted.stepsOf(refundsOfPayments, values)).toBeLessThanOrEqual(3 * (21 + 1 + 21));
  database.close();
});
