import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { settleDue } from '../../services/core/background.ts';
import { type Client, createInProcessClient } from '../../services/core/client.ts';
import { type Core, createCore } from '../../services/core/invoke.ts';
import { createKeyring } from '../../services/core/merchants/keyring.ts';
import type { Ports } from '../../services/core/ports.ts';
import type { ChargeOutcome, Processor } from '../../services/core/processor/processor.ts';
import type { Store } from '../../services/core/store.ts';
import { createDemoMerchants, retailMerchant } from '../../services/demo/merchants.ts';
import { type CallRecord, recordCalls } from '../../services/observe.ts';
import { createPorts } from '../../services/ports.ts';
import { openStore } from '../../services/storage/open.ts';
import { adminKey } from '../house.ts';

/** What every call guarantees, with a clock and a card network that the test controls. */

let store: Store;
let core: Core;
let client: Client;
let nowMs: number;
let answer: (paymentId: string) => Promise<ChargeOutcome>;
let charged: string[];
let records: CallRecord[];
let ports: Ports;

beforeEach(async () => {
  nowMs = Date.parse('2026-11-01T12:00:00Z');
  charged = [];
  records = [];
  answer = async () => ({ kind: 'approved' });
  store = await openStore('sqlite::memory:');
  const processor: Processor = {
    charge({ paymentId }) {
      charged.push(paymentId);
      return answer(paymentId);
    },
    lookUp: async () => ({ kind: 'approved' }),
  };
  const clock = { now: () => nowMs };
  ports = {
    ...(await createPorts(store, clock)),
    processor,
    observe: recordCalls((call) => records.push(call)),
  };
  await createDemoMerchants(ports);
  core = createCore(ports);
  client = createInProcessClient(core, adminKey);
});
afterEach(() => store.close());

const simple = { amount: 1000, currency: 'GBP', paymentMethod: 'pm_card_ok' } as const;
const key = { idempotencyKey: 'order-1' };
const pay = () => client.createPayment({ ...simple, confirm: true }, key);
const everyPayment = async () => (await client.listPayments({})).items;

describe('a call that the process did not survive', () => {
  beforeEach(() => {
    // The network never responds, so the database looks as it does after a crash.
    answer = () => new Promise(() => {});
    void pay();
  });

  test('keeps its key in use while it may still be running', async () => {
    await expect(pay()).rejects.toMatchObject({
      code: 'idempotency_in_flight',
      details: { retryAfterMs: expect.any(Number) },
    });
  });

  test('is resumed by a retry with its key, with the same payment', async () => {
    await expect.poll(() => charged.length).toBe(1);
    nowMs += 11_000;
    answer = async () => ({ kind: 'approved' });
    const payment = await pay();
    expect(payment).toMatchObject({ status: 'succeeded', amountCaptured: 1000 });
    expect(charged).toEqual([payment.id, payment.id]);
    expect(await everyPayment()).toEqual([payment]);
    expect(await pay()).toEqual(payment);
  });

  test('is settled in the background if no retry comes', async () => {
    await expect.poll(() => charged.length).toBe(1);
    expect(await settleDue(ports)).toBe(0);
    nowMs += 31_000;
    expect(await settleDue(ports)).toBe(1);
    const [payment] = await everyPayment();
    expect(payment).toMatchObject({ status: 'succeeded' });
    answer = async () => ({ kind: 'declined', code: 'card_declined', message: 'no' });
    expect(await pay()).toEqual(payment);
    expect(charged).toHaveLength(1);
  });
});

test('a retry with the same key charges the same payment after an unavailable network', async () => {
  answer = async () => ({ kind: 'unavailable' });
  await expect(pay()).rejects.toMatchObject({ code: 'processor_unavailable' });
  answer = async () => ({ kind: 'approved' });
  const payment = await pay();
  expect(payment.status).toBe('succeeded');
  expect(await everyPayment()).toEqual([payment]);
});

test('an idempotency key is forgotten after a day', async () => {
  const first = await pay();
  nowMs += 24 * 60 * 60 * 1000 - 1;
  expect((await pay()).id).toBe(first.id);
  nowMs += 2;
  expect((await pay()).id).not.toBe(first.id);
});

test('a revocation by another process is noticed within ten seconds', async () => {
  await client.listPayments({});
  const authenticator = createKeyring(store);
  const elsewhere = createInProcessClient(createCore({ ...ports, authenticator }), adminKey);
  const created = await client.createKey({ name: 'shared', scopes: ['payments:read'] }, key);
  const shared = createInProcessClient(core, created.secret ?? '');
  await shared.listPayments({});
  await elsewhere.revokeKey({ id: created.id }, { idempotencyKey: 'revoke' });
  nowMs += 10_001;
  await expect(shared.listPayments({})).rejects.toMatchObject({ code: 'unauthenticated' });
});

test('a failed write leaves no event, no record and no change', async () => {
  const before = await store.of(retailMerchant).lastSequence();
  await expect(client.refundPayment({ payment: 'pay_none' }, key)).rejects.toThrow();
  expect(await store.of(retailMerchant).lastSequence()).toBe(before);
  expect(await store.of(retailMerchant).idempotencyRecord('order-1', nowMs)).toBeUndefined();
});

test('an internal error hides its cause from the caller and writes it to the log', async () => {
  answer = async () => {
    throw new Error('password=hunter2');
  };
  await expect(pay()).rejects.toMatchObject({ code: 'internal' });
  await expect(pay()).rejects.not.toMatchObject({ message: expect.stringContaining('hunter2') });
  expect(String(records[0]?.cause)).toContain('hunter2');
});

test('every call is recorded once with its result, but without its key or input', async () => {
  const description = 'a private remark';
  await client.createPayment({ ...simple, description }, key);
  await expect(client.getPayment({ id: 'pay_none' })).rejects.toThrow();
  expect(records.map(({ operation, code }) => `${operation} ${code}`)).toEqual([
    'createPayment ok',
    'getPayment not_found',
  ]);
  expect(records[0]).toMatchObject({ merchantId: retailMerchant, requestId: 'in-process' });
  const written = JSON.stringify(records);
  expect(written).not.toContain(adminKey);
  expect(written).not.toContain(description);
});

test('an operation that costs more than the burst of its key runs when the bucket is full', async () => {
  const { secret } = await client.createKey(
    { name: 'small', scopes: ['customers:write'], burst: 3, ratePerSecond: 1 },
    key,
  );
  const small = createInProcessClient(core, secret ?? '');
  const first = small.createCustomer({ name: 'Ada' }, { idempotencyKey: 'small-1' });
  expect((await first).name).toBe('Ada');
  const second = small.createCustomer({ name: 'Bob' }, { idempotencyKey: 'small-2' });
  await expect(second).rejects.toMatchObject({ code: 'rate_limited' });
});

test('a document takes its tokens once, and its calls take none', async () => {
  const receipt = {};
  const session = await core.admit(
    { credential: adminKey, requestId: 'r', receipt },
    { tokens: 7 },
  );
  expect(receipt).toMatchObject({ rate: { remaining: 100_000 - 7 } });
  const caller = { session, requestId: 'r', receipt: {} };
  await core.invoke('listPayments', caller, {});
  expect(caller.receipt).toEqual({});
});
