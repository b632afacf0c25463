import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Client, createInProcessClient } from '../../services/core/client.ts';
import { type Core, createCore, type Receipt } from '../../services/core/invoke.ts';
import { maxAnswerBytes, type Page } from '../../services/core/page.ts';
import type { Store } from '../../services/core/store.ts';
import { createTokenBuckets } from '../../services/core/token-bucket.ts';
import { createDemoMerchants } from '../../services/demo/merchants.ts';
import { createPorts } from '../../services/ports.ts';
import { openStore } from '../../services/storage/open.ts';
import { adminKey } from '../house.ts';

/** The maximum size of one response for any request. */

let store: Store;
let core: Core;
let client: Client;
const ids: string[] = [];

/** The largest that a resource may carry: 50 values of 500 characters of three bytes. */
const metadata = Object.fromEntries(
  Array.from({ length: 50 }, (_, at) => [`${at}`.padStart(40, 'k'), '€'.repeat(500)]),
);

beforeAll(async () => {
  store = await openStore('sqlite::memory:');
  // Time stands still, so that what was taken stays taken.
  const ports = { ...(await createPorts(store)), limiter: createTokenBuckets(() => 0) };
  await createDemoMerchants(ports);
  core = createCore(ports);
  client = createInProcessClient(core, adminKey);
  for (let at = 0; at < 60; at += 1) {
    const { id } = await client.createPayment(
      { amount: 100 + at, currency: 'GBP', paymentMethod: 'pm_card_ok', metadata },
      { idempotencyKey: randomUUID() },
    );
    ids.push(id);
  }
});
afterAll(() => store.close());

async function walk<Item>(list: (cursor: string | undefined) => Promise<Page<Item>>) {
  const pages: Page<Item>[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await list(cursor);
    pages.push(page);
    if (page.nextCursor === null) return pages;
    cursor = page.nextCursor;
  }
}

describe('a page that would exceed the maximum response size ends early', () => {
  test('and each payment is listed once', async () => {
    const pages = await walk((cursor) => client.listPayments({ limit: 100, cursor }));
    expect(pages).toHaveLength(2);
    for (const { items } of pages) {
      expect(Buffer.byteLength(JSON.stringify(items))).toBeLessThan(maxAnswerBytes);
    }
    const found = pages.flatMap(({ items }) => items.map(({ id }) => id));
    expect(found).toEqual(ids.toReversed());
  });

  test('and each event is listed once', async () => {
    const pages = await walk((cursor) => client.listEvents({ limit: 100, cursor }));
    expect(pages.length).toBeGreaterThan(1);
    const sequences = pages.flatMap(({ items }) => items.map(({ sequence }) => sequence));
    expect(sequences).toEqual(sequences.map((_, at) => at + 1));
  });
});

test('a large response takes one more token for every 256 KiB of its metadata', async () => {
  const { secret } = await client.createKey(
    { name: 'large', scopes: ['payments:read'], ratePerSecond: 1, burst: 95 },
    { idempotencyKey: randomUUID() },
  );
  const receipt: Receipt = {};
  const caller = { credential: secret ?? '', requestId: 'req', receipt };
  await core.invoke('getPayment', caller, { id: ids[0] });
  expect(receipt.rate?.remaining).toBe(94);
  const { items } = await core.invoke('listPayments', caller, { limit: 30 });
  const bytes = items.length * Buffer.byteLength(JSON.stringify(metadata));
  expect(receipt.rate?.remaining).toBe(93 - Math.floor(bytes / (256 * 1024)));
  // What it owes is paid before it may call again.
  for (let calls = 0; calls < 10; calls += 1) {
    await core.invoke('listPayments', caller, { limit: 30 });
  }
  expect(receipt.rate?.remaining).toBe(0);
  await expect(core.invoke('getPayment', caller, { id: ids[0] })).rejects.toMatchObject({
    code: 'rate_limited',
  });
});

test('a batch that is refused for its size takes the tokens of the part that fits', async () => {
  const { secret } = await client.createKey(
    { name: 'refused', scopes: ['payments:read'], ratePerSecond: 1, burst: 95 },
    { idempotencyKey: randomUUID() },
  );
  const receipt: Receipt = {};
  const caller = { credential: secret ?? '', requestId: 'req', receipt };
  await core.invoke('getPayment', caller, { id: ids[0] });
  await expect(core.invoke('getPaymentsByIds', caller, { ids })).rejects.toMatchObject({
    code: 'payload_too_large',
  });
  expect(receipt.rate?.remaining).toBeLessThanOrEqual(93 - 10);
});

test('a batch that is too large for one response is refused with the number of items that fit', async () => {
  const refused = await client.getPaymentsByIds({ ids }).catch((error: unknown) => error);
  expect(refused).toMatchObject({ code: 'payload_too_large' });
  const { details } = refused as { readonly details: { metadata: Record<string, string> } };
  const fits = Number(details.metadata.fits);
  expect(await client.getPaymentsByIds({ ids: ids.slice(0, fits) })).toHaveLength(fits);
  const oneMore = client.getPaymentsByIds({ ids: ids.slice(0, fits + 1) });
  await expect(oneMore).rejects.toMatchObject({ code: 'payload_too_large' });
  // The same id again takes its bytes again.
  const [id = ''] = ids;
  const often = client.getPaymentsByIds({ ids: Array.from({ length: 100 }, () => id) });
  await expect(often).rejects.toMatchObject({ code: 'payload_too_large' });
});
