import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Payment } from '../../services/core/payments/payment.ts';
import type { Store } from '../../services/core/store.ts';
import { openStore } from '../../services/storage/open.ts';
import { payments } from '../../services/storage/payments.ts';
import { openConnection } from '../../services/storage/sqlite/connection.ts';
import type { StoreMeasurement } from '../result/result.ts';
import { median } from '../statistics/paired.ts';

const merchantId = 'acct_bench';
const customerId = 'cus_00000000000000000000000001';
const rows = 20_000;
const readsPerRound = 5000;
const readRounds = 21;
const writeRounds = 5;
const writeRoundMs = 300;
const inFlight = 64;

/**
 * Measures in this process, on a new database file that is deleted afterwards.
 *
 * @param folder where the file is made: choose the disk to measure, because a commit waits for it
 */
export async function measureStorage(folder = '.data'): Promise<StoreMeasurement> {
  mkdirSync(folder, { recursive: true });
  const own = mkdtempSync(join(folder, 'storage-'));
  const path = join(own, 'payments.db');
  const store = await openStore(`sqlite:${path}`);
  try {
    await store.write(async (tx) => {
      await tx.insertMerchant({ id: merchantId, name: 'Bench' });
      await tx.of(merchantId).insertCustomer({
        id: customerId,
        name: 'Customer',
        email: null,
        country: 'United Kingdom',
        metadata: {},
        createdAt: 0,
      });
    });
    const writes = await measureWrites(store);
    await store.write(async (tx) => {
      const own = tx.of(merchantId);
      for (let n = 0; n < rows; n += 1) await own.insertPayment(paymentOf('r', n), null);
    });
    return { pointRead: await measurePointRead(store, path), writes };
  } finally {
    await store.close();
    rmSync(own, { recursive: true });
  }
}

async function measurePointRead(
  store: Store,
  path: string,
): Promise<StoreMeasurement['pointRead']> {
  const { database } = openConnection(path);
  const sql = `select ${payments.names} from payments where merchant_id = ? and id = ?`;
  const bare = database.prepare(sql);
  const bareArray = database.prepare(sql, { returnArrays: true });
  // Rows from all over the table: 7919 is prime to their number.
  const idsOf = (round: number) =>
    Array.from({ length: readsPerRound }, (_, n) => {
      const place = ((round * readsPerRound + n) * 7919) % rows;
      return paymentOf('r', place).id;
    });

  const contenders = {
    bare: (ids: readonly string[]) => {
      for (const id of ids) requireRow(bare.get(merchantId, id));
    },
    bareArray: (ids: readonly string[]) => {
      for (const id of ids) requireRow(bareArray.get(merchantId, id));
    },
    store: async (ids: readonly string[]) => {
      for (const id of ids) requireRow(await store.of(merchantId).payment(id));
    },
  };
  const microsOf = async (name: keyof typeof contenders, ids: readonly string[]) => {
    const start = performance.now();
    await contenders[name](ids);
    return ((performance.now() - start) * 1000) / readsPerRound;
  };

  const rounds: { bare: number; bareArray: number; store: number }[] = [];
  // The first rounds warm up.
  for (let round = -4; round < readRounds; round += 1) {
    const ids = idsOf(round + 4);
    const micros = { bare: 0, bareArray: 0, store: 0 };
    const order = ['bare', 'bareArray', 'store'] as const;
    for (const name of round % 2 === 0 ? order : order.toReversed()) {
      micros[name] = await microsOf(name, ids);
    }
    if (round >= 0) rounds.push(micros);
  }
  database.close();
  return {
    rows,
    readsPerRound,
    rounds: readRounds,
    bareMicros: median(rounds.map(({ bare }) => bare)),
    bareArrayMicros: median(rounds.map(({ bareArray }) => bareArray)),
    storeMicros: median(rounds.map(({ store }) => store)),
    overBareMicros: median(rounds.map(({ store, bare }) => store - bare)),
    overBareArrayMicros: median(rounds.map(({ store, bareArray }) => store - bareArray)),
  };
}

async function measureWrites(store: Store): Promise<StoreMeasurement['writes']> {
  let created = 0;
  const create = () => {
    created += 1;
    return createOne(store, created);
  };
  /** Writes a second with `lanes` in flight. */
  const rateWith = async (lanes: number) => {
    const before = created;
    const start = performance.now();
    const lane = async () => {
      while (performance.now() - start < writeRoundMs) await create();
    };
    await Promise.all(Array.from({ length: lanes }, lane));
    return ((created - before) * 1000) / (performance.now() - start);
  };
  await rateWith(inFlight);
  const rounds: { alone: number; together: number }[] = [];
  for (let round = 0; round < writeRounds; round += 1) {
    rounds.push({ alone: await rateWith(1), together: await rateWith(inFlight) });
  }
  return {
    rounds: writeRounds,
    oneByOnePerSecond: median(rounds.map(({ alone }) => alone)),
    inFlight,
    togetherPerSecond: median(rounds.map(({ together }) => together)),
    ratio: median(rounds.map(({ alone, together }) => together / alone)),
  };
}

/** All that the creation of a payment asks of the store. */
const createOne = (store: Store, n: number): Promise<void> =>
  store.write(async (transaction) => {
    const tx = transaction.of(merchantId);
    const payment = paymentOf('w', n);
    const key = `key-${n}`;
    await tx.idempotencyRecord(key, payment.createdAt);
    await tx.customer(customerId);
    await tx.insertPayment(payment, null);
    await tx.appendEvent({
      id: `evt_${n}`,
      type: 'payment.created',
      createdAt: payment.createdAt,
      data: { kind: 'payment', payment },
    });
    await tx.putIdempotencyRecord({
      key,
      fingerprint: 'f'.repeat(64),
      outcome: { ok: true, output: payment },
      resourceId: payment.id,
      leaseUntil: 0,
      expiresAt: payment.createdAt + 86_400_000,
    });
  });

const paymentOf = (series: string, n: number): Payment => ({
  id: `pay_${series}${String(n).padStart(25, '0')}`,
  amount: 1000 + (n % 5000),
  amountCaptured: 0,
  amountRefunded: 0,
  currency: 'GBP',
  status: 'requires_confirmation',
  captureMethod: 'automatic',
  customer: customerId,
  paymentMethod: 'pm_card_ok',
  description: null,
  metadata: { invoice: String(536_365 + n), country: 'United Kingdom' },
  failure: null,
  createdAt: 1_700_000_000_000 + n,
  updatedAt: 1_700_000_000_000 + n,
  version: 1,
});

function requireRow(row: unknown): void {
  if (row === undefined) throw new Error('expected a payment, found none');
}

if (import.meta.main) {
  const { pointRead, writes } = await measureStorage();
  const rounded = (value: number, decimals: number) => Number(value.toFixed(decimals));
  console.table({
    'bare prepared statement, row as object (µs)': rounded(pointRead.bareMicros, 2),
    'bare prepared statement, row as array (µs)': rounded(pointRead.bareArrayMicros, 2),
    'store.of(…).payment (µs)': rounded(pointRead.storeMicros, 2),
    'store over bare object (µs)': rounded(pointRead.overBareMicros, 2),
    'store over bare array (µs)': rounded(pointRead.overBareArrayMicros, 2),
    'creates a second, one by one': rounded(writes.oneByOnePerSecond, 0),
    [`creates a second, ${writes.inFlight} in flight`]: rounded(writes.togetherPerSecond, 0),
    'in flight to one by one': rounded(writes.ratio, 1),
  });
}
