import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync, type SQLOutputValue } from 'node:sqlite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createInProcessClient } from '../../services/core/client.ts';
import { createCore } from '../../services/core/invoke.ts';
import { hashSecret } from '../../services/core/merchants/keyring.ts';
import { createPorts } from '../../services/ports.ts';
import { openStore } from '../../services/storage/open.ts';
import { keyOf, merchantId } from './resources.ts';

const kills = 20;
/** A killed call keeps its key in use for a while, so the next process runs this much later. */
const leaseMs = 60_000;
const apiKey = 'sk_test_kill';
const folder = mkdtempSync(join(tmpdir(), 'kill-'));
const path = join(folder, 'payments.db');
const url = `sqlite:${path}`;
const writer = join(import.meta.dirname, 'killed-writer.ts');

const paymentFields = { currency: 'GBP', paymentMethod: 'pm_card_ok' } as const;

beforeAll(async () => {
  const store = await openStore(url);
  await store.write(async (tx) => {
    await tx.insertMerchant({ id: merchantId, name: 'One' });
    const unlimited = { ratePerSecond: 100_000, burst: 200_000 };
    await tx.of(merchantId).insertApiKey(keyOf(1, { hash: hashSecret(apiKey), ...unlimited }));
  });
  await store.close();
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs the writer for `aliveMs` after it is ready, kills it, and returns what it acknowledged. */
async function killedAfter(
  aliveMs: number,
  firstKey: number,
  aheadMs: number,
): Promise<Map<string, string>> {
  const child = spawn(process.execPath, [writer, url, apiKey, String(firstKey), String(aheadMs)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  let killing = false;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    if (killing || !output.startsWith('ready\n')) return;
    killing = true;
    setTimeout(() => child.kill('SIGKILL'), aliveMs);
  });
  const [, signal] = await once(child, 'close');
  expect(signal).toBe('SIGKILL');
  // The last line may be cut: it was then not acknowledged in full.
  const lines = output.split('\n').slice(1, -1);
  return new Map(lines.map((line) => line.split(' ') as [key: string, id: string]));
}

/** Opens the database as a new process does, and returns what is wrong with it. */
function violations(acknowledged: ReadonlyMap<string, string>): readonly string[] {
  const database = new DatabaseSync(path);
  // With `returnArrays` each row is an array.
  const rowsOf = (sql: string) =>
    database.prepare(sql, { returnArrays: true }).all() as unknown as SQLOutputValue[][];
  /** The first column of the first row. */
  const ask = (sql: string) => rowsOf(sql)[0]?.[0];
  const found: string[] = [];
  const expectThat = (what: string, sql: string, expected: unknown) => {
    const got = ask(sql);
    if (got !== expected) found.push(`${what}: expected ${expected}, got ${got}`);
  };
  expectThat('integrity', 'pragma integrity_check', 'ok');
  const stored = new Set(rowsOf('select id from payments').map((row) => row[0]));
  const records = new Map(
    rowsOf('select key, resource_id from idempotency_records').map((row) => [row[0], row[1]]),
  );
  for (const [key, id] of acknowledged) {
    if (!stored.has(id)) found.push(`${key}: expected payment ${id}, found none`);
    if (records.get(key) !== id) found.push(`${key}: expected ${id}, got ${records.get(key)}`);
  }
  const payments = ask('select count(*) from payments');
  expectThat('keys of payments', 'select count(distinct metadata) from payments', payments);
  expectThat('records', 'select count(*) from idempotency_records', payments);
  const created = `select count(*) from events where type = 'payment.created'`;
  expectThat('payments announced', created, payments);
  const events = ask('select count(*) from events');
  expectThat('last event', 'select coalesce(max(sequence), 0) from events', events);
  expectThat('events counted', 'select last_sequence from merchants', events);
  database.close();
  return found;
}

test(`everything acknowledged is stored exactly once after each of ${kills} kills`, async () => {
  const acknowledged = new Map<string, string>();
  let keys = 0;
  for (let kill = 0; kill < kills; kill += 1) {
    // Retries the newest keys: acknowledged, cut off without a response, or never sent.
    const lines = await killedAfter(Math.random() * 150, Math.max(0, keys - 20), kill * leaseMs);
    for (const [key, id] of lines) {
      expect(acknowledged.get(key) ?? id).toBe(id);
      acknowledged.set(key, id);
      keys = Math.max(keys, Number(key.slice('key-'.length)) + 1);
    }
    expect({ kill, violations: violations(acknowledged) }).toEqual({ kill, violations: [] });
  }
  expect(acknowledged.size).toBeGreaterThan(kills);

  const clock = { now: () => Date.now() + kills * leaseMs };
  const store = await openStore(url);
  const client = createInProcessClient(createCore(await createPorts(store, clock)), apiKey);
  const retry = async (number: number) => {
    const key = `key-${number}`;
    const confirm = number % 2 === 1;
    const { id, status } = await client.createPayment(
      { ...paymentFields, amount: number + 1, confirm, metadata: { key } },
      { idempotencyKey: key },
    );
    expect(id).toBe(acknowledged.get(key) ?? id);
    expect(status).toBe(confirm ? 'succeeded' : 'requires_confirmation');
    acknowledged.set(key, id);
  };
  await Promise.all(Array.from({ length: keys + 20 }, (_, number) => retry(number)));
  await store.close();
  expect(violations(acknowledged)).toEqual([]);
}, 240_000);
