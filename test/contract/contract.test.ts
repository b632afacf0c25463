import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Client } from '../../services/core/client.ts';
import { type ErrorCode, PaymentsError } from '../../services/core/errors.ts';
import type { Event } from '../../services/core/events/event.ts';
import type { InputOf } from '../../services/core/operations.ts';
import type { Page } from '../../services/core/page.ts';
import type { Payment } from '../../services/core/payments/payment.ts';
import type { Refund } from '../../services/core/refunds/refund.ts';
import type { Fivewire } from '../../services/main.ts';
import { adminKey, otherKey, readerKey } from '../house.ts';
import { openServer, streams, subjects } from './subjects.ts';

/** One body of tests for every room, and for the core itself without a protocol. */

let server: Fivewire;
beforeAll(async () => {
  server = await openServer();
});
afterAll(() => server?.close());

const once = () => ({ idempotencyKey: randomUUID() });
const simple = { amount: 1000, currency: 'GBP', paymentMethod: 'pm_card_ok' } as const;

async function failureOf(call: Promise<unknown>): Promise<PaymentsError> {
  const outcome = await call.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if ('error' in outcome && outcome.error instanceof PaymentsError) return outcome.error;
  throw new Error(
    `expected a PaymentsError, got ${JSON.stringify(outcome)} ${'error' in outcome ? outcome.error : ''}`,
  );
}

const codeOf = async (call: Promise<unknown>): Promise<ErrorCode> => (await failureOf(call)).code;

describe.each(Object.entries(subjects))('%s', (name, connect) => {
  let client: Client;
  let other: Client;
  let reader: Client;
  let direct: Client;

  beforeAll(async () => {
    client = await connect(server, adminKey);
    other = await connect(server, otherKey);
    reader = await connect(server, readerKey);
    direct = await (subjects['in-process'] ?? connect)(server, adminKey);
  });
  afterAll(() => Promise.all([client, other, reader].map((each) => each?.close())));

  const succeeded = (amount = 1000) =>
    client.createPayment({ ...simple, amount, confirm: true }, once());

  describe('payments', () => {
    test('a payment waits for confirmation, then succeeds and is captured whole', async () => {
      const created = await client.createPayment(
        { ...simple, description: 'Invoice 536365', metadata: { invoice_no: '536365' } },
        once(),
      );
      expect(created).toMatchObject({
        status: 'requires_confirmation',
        amount: 1000,
        amountCaptured: 0,
        customer: null,
        failure: null,
        version: 1,
        metadata: { invoice_no: '536365' },
      });
      const confirmed = await client.confirmPayment({ id: created.id }, once());
      expect(confirmed).toMatchObject({ status: 'succeeded', amountCaptured: 1000 });
      expect(confirmed.version).toBeGreaterThan(created.version);
      expect(await client.getPayment({ id: created.id })).toEqual(confirmed);
    });

    test('manual capture waits, takes part of the money, and only that can be refunded', async () => {
      const payment = await client.createPayment(
        { ...simple, captureMethod: 'manual', confirm: true },
        once(),
      );
      expect(payment.status).toBe('requires_capture');
      const tooMuch = client.capturePayment({ id: payment.id, amount: 1001 }, once());
      expect(await codeOf(tooMuch)).toBe('validation_failed');
      const captured = await client.capturePayment({ id: payment.id, amount: 400 }, once());
      expect(captured).toMatchObject({ status: 'succeeded', amountCaptured: 400 });
      const refund = client.refundPayment({ payment: payment.id, amount: 401 }, once());
      expect(await codeOf(refund)).toBe('refund_exceeds_payment');
    });

    test('a canceled payment allows nothing more', async () => {
      const { id } = await client.createPayment(simple, once());
      expect(await client.cancelPayment({ id }, once())).toMatchObject({ status: 'canceled' });
      expect(await codeOf(client.confirmPayment({ id }, once()))).toBe('invalid_state');
      expect(await codeOf(client.capturePayment({ id }, once()))).toBe('invalid_state');
      expect(await codeOf(client.refundPayment({ payment: id }, once()))).toBe('invalid_state');
    });

    test.each([
      ['pm_card_declined', 'card_declined'],
      ['pm_card_insufficient_funds', 'insufficient_funds'],
      ['pm_card_expired', 'card_expired'],
    ] as const)(
      '%s fails the payment with %s, and says so again on a replay',
      async (paymentMethod, code) => {
        const key = once();
        const input = { ...simple, paymentMethod, confirm: true };
        const failure = await failureOf(client.createPayment(input, key));
        expect(failure.code).toBe(code);
        const replay = await failureOf(client.createPayment(input, key));
        expect(replay).toMatchObject({ code, message: failure.message, details: failure.details });
        const payment = await client.getPayment({
          id: failure.details.metadata?.payment ?? '',
        });
        expect(payment).toMatchObject({ status: 'failed', failure: { code } });
      },
    );

    test('an unavailable network charges nothing, and the same key may try again', async () => {
      const key = once();
      const input = { ...simple, paymentMethod: 'pm_card_unavailable', confirm: true } as const;
      const failure = await failureOf(client.createPayment(input, key));
      expect(failure.code).toBe('processor_unavailable');
      expect(failure.details.retryAfterMs).toBeGreaterThan(0);
      const again = await failureOf(client.createPayment(input, key));
      expect(again.details.metadata).toEqual(failure.details.metadata);
      const payment = await client.getPayment({ id: failure.details.metadata?.payment ?? '' });
      expect(payment.status).toBe('requires_confirmation');
    });

    test('a slow card stays processing and settles by itself', async () => {
      const payment = await client.createPayment(
        { ...simple, paymentMethod: 'pm_card_slow', confirm: true },
        once(),
      );
      expect(payment.status).toBe('processing');
      expect(await codeOf(client.cancelPayment({ id: payment.id }, once()))).toBe('invalid_state');
      await expect
        .poll(async () => (await client.getPayment({ id: payment.id })).status, { timeout: 6000 })
        .toBe('succeeded');
    });

    test('many payments are read at once, in the order asked, null where there is none', async () => {
      const [a, b] = [await succeeded(1), await succeeded(2)];
      expect(await client.getPaymentsByIds({ ids: [b.id, 'pay_none', a.id, b.id] })).toEqual([
        b,
        null,
        a,
        b,
      ]);
    });
  });

  describe('refunds', () => {
    test('refunds add up to the captured amount and not a penny more', async () => {
      const payment = await succeeded(1000);
      const first = await client.refundPayment(
        { payment: payment.id, amount: 300, reason: 'damaged' },
        once(),
      );
      expect(first).toMatchObject({ payment: payment.id, amount: 300, reason: 'damaged' });
      expect(await client.getRefund({ id: first.id })).toEqual(first);
      expect(await client.getPayment({ id: payment.id })).toMatchObject({
        status: 'partially_refunded',
        amountRefunded: 300,
      });
      const tooMuch = await failureOf(
        client.refundPayment({ payment: payment.id, amount: 701 }, once()),
      );
      expect(tooMuch).toMatchObject({
        code: 'refund_exceeds_payment',
        details: { metadata: { left: '700', requested: '701' } },
      });
      const rest = await client.refundPayment({ payment: payment.id }, once());
      expect(rest.amount).toBe(700);
      expect((await client.getPayment({ id: payment.id })).status).toBe('refunded');
      const page = await client.listRefunds({ payment: payment.id });
      expect(page.items).toEqual([rest, first]);
    });

    test('50 refunds at once give back no more than was captured', async () => {
      const payment = await succeeded(1000);
      const results = await Promise.allSettled(
        Array.from({ length: 50 }, () =>
          client.refundPayment({ payment: payment.id, amount: 30 }, once()),
        ),
      );
      expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(33);
      const refused = results.flatMap((result) =>
        result.status === 'rejected' ? [(result.reason as PaymentsError).code] : [],
      );
      expect(new Set(refused)).toEqual(new Set(['refund_exceeds_payment']));
      expect((await client.getPayment({ id: payment.id })).amountRefunded).toBe(990);
    });

    test('the refunds of many payments are read at once', async () => {
      const [a, b] = [await succeeded(), await succeeded()];
      const refund = await client.refundPayment({ payment: b.id, amount: 1 }, once());
      const none = { items: [], hasMore: false, nextCursor: null };
      expect(await client.getRefundsByPaymentIds({ payments: [a.id, b.id, 'pay_none'] })).toEqual([
        none,
        { ...none, items: [refund] },
        none,
      ]);
    });

    test('the refunds of a payment are a page there, which its list continues', async () => {
      const payment = await succeeded(1000);
      const refunds: Refund[] = [];
      for (let i = 0; i < 22; i += 1) {
        refunds.unshift(await client.refundPayment({ payment: payment.id, amount: 1 }, once()));
      }
      const [page] = await client.getRefundsByPaymentIds({ payments: [payment.id] });
      expect(page?.items).toEqual(refunds.slice(0, 20));
      expect(page?.hasMore).toBe(true);
      const rest = { payment: payment.id, cursor: page?.nextCursor ?? '' };
      expect(await client.listRefunds(rest)).toEqual({
        items: refunds.slice(20),
        hasMore: false,
        nextCursor: null,
      });
    });
  });

  describe('idempotency', () => {
    test('a replay answers the same payment and makes no second one', async () => {
      const key = once();
      const { id: customer } = await client.createCustomer({ name: 'Replay' }, once());
      const first = await client.createPayment({ ...simple, customer, confirm: true }, key);
      expect(await client.createPayment({ ...simple, customer, confirm: true }, key)).toEqual(
        first,
      );
      expect((await client.listPayments({ customer })).items).toHaveLength(1);
    });

    test('the key of another input is refused', async () => {
      const key = once();
      await client.createPayment(simple, key);
      expect(await codeOf(client.createPayment({ ...simple, amount: 2 }, key))).toBe(
        'idempotency_key_reused',
      );
    });

    test('a write without a key is refused and writes nothing', async () => {
      const { id: customer } = await client.createCustomer({ name: 'No key' }, once());
      expect(await codeOf(client.createPayment({ ...simple, customer }))).toBe(
        'idempotency_key_missing',
      );
      expect((await client.listPayments({ customer })).items).toEqual([]);
    });

    test('100 equal requests at once make exactly one payment', async () => {
      const key = once();
      const { id: customer } = await client.createCustomer({ name: 'Concurrent' }, once());
      const results = await Promise.allSettled(
        Array.from({ length: 100 }, () =>
          client.createPayment({ ...simple, customer, confirm: true }, key),
        ),
      );
      const codes = new Set(
        results.map((result) =>
          result.status === 'fulfilled' ? 'ok' : (result.reason as PaymentsError).code,
        ),
      );
      codes.delete('idempotency_in_flight');
      expect([...codes]).toEqual(['ok']);
      expect((await client.listPayments({ customer })).items).toHaveLength(1);
    });

    test('a key belongs to its merchant', async () => {
      const key = once();
      const mine = await client.createPayment(simple, key);
      const theirs = await other.createPayment(simple, key);
      expect(theirs.id).not.toBe(mine.id);
    });
  });

  describe('lists', () => {
    async function customerWith(count: number) {
      const { id: customer } = await client.createCustomer({ name: 'Lists' }, once());
      for (let i = 1; i <= count; i += 1) {
        await direct.createPayment({ ...simple, customer, amount: i * 10 }, once());
      }
      return customer;
    }

    async function walk(
      input: InputOf<'listPayments'>,
      between: () => Promise<unknown> = async () => {},
    ): Promise<Payment[]> {
      const seen: Payment[] = [];
      let cursor: string | undefined;
      do {
        const page: Page<Payment> = await client.listPayments({ ...input, cursor });
        seen.push(...page.items);
        expect(page.hasMore).toBe(page.nextCursor !== null);
        cursor = page.nextCursor ?? undefined;
        await between();
      } while (cursor !== undefined);
      return seen;
    }

    test.each(['-created_at', 'created_at', '-amount', 'amount'] as const)(
      'pages sorted by %s neither skip nor repeat a row while rows arrive',
      async (sort) => {
        const customer = await customerWith(17);
        const before = await walk({ customer, sort, limit: 100 });
        expect(before).toHaveLength(17);
        const seen = await walk({ customer, sort, limit: 5 }, () =>
          direct.createPayment({ ...simple, customer, amount: 5 }, once()),
        );
        const ids = seen.map((payment) => payment.id);
        expect(new Set(ids).size).toBe(ids.length);
        expect(ids.filter((id) => before.some((payment) => payment.id === id))).toEqual(
          before.map((payment) => payment.id),
        );
        const values = seen.map((payment) =>
          sort.endsWith('amount') ? payment.amount : payment.createdAt,
        );
        const ascending = [...values].sort((x, y) => x - y);
        expect(values).toEqual(sort.startsWith('-') ? ascending.reverse() : ascending);
      },
    );

    test('filters by status, amounts and creation time narrow the list', async () => {
      const customer = await customerWith(6);
      const [newest] = (await client.listPayments({ customer, limit: 1 })).items;
      await client.cancelPayment({ id: newest?.id ?? '' }, once());
      const canceled = await client.listPayments({ customer, status: 'canceled' });
      expect(canceled.items.map((payment) => payment.amount)).toEqual([60]);
      const middle = await client.listPayments({ customer, amountMin: 20, amountMax: 40 });
      expect(middle.items.map((payment) => payment.amount)).toEqual([40, 30, 20]);
      const createdAt = newest?.createdAt ?? 0;
      const later = await client.listPayments({ customer, createdFrom: createdAt + 1 });
      expect(later.items).toEqual([]);
      const earlier = await client.listPayments({ customer, createdBefore: createdAt });
      expect(earlier.items.every((payment) => payment.createdAt < createdAt)).toBe(true);
    });

    test('an altered cursor and one of another list are refused', async () => {
      const customer = await customerWith(3);
      const { nextCursor } = await client.listPayments({ customer, limit: 1 });
      const cursor = nextCursor ?? '';
      const altered = `${cursor.slice(0, -2)}${cursor.endsWith('AA') ? 'BB' : 'AA'}`;
      for (const input of [
        { customer, cursor: altered },
        { customer, cursor: 'nonsense' },
        { cursor },
        { customer, sort: 'amount' as const, cursor },
      ]) {
        expect(await codeOf(client.listPayments(input))).toBe('validation_failed');
      }
      expect(await codeOf(other.listPayments({ customer, cursor }))).toBe('validation_failed');
    });

    test('customers are created, read, found by email, and read many at once', async () => {
      const email = `${randomUUID()}@example.com`;
      const customer = await client.createCustomer(
        { name: 'Ada', email, country: 'United Kingdom', metadata: { tier: 'gold' } },
        once(),
      );
      expect(await client.getCustomer({ id: customer.id })).toEqual(customer);
      expect((await client.listCustomers({ email })).items).toEqual([customer]);
      expect(await client.getCustomersByIds({ ids: ['cus_none', customer.id] })).toEqual([
        null,
        customer,
      ]);
    });
  });

  describe('answers', () => {
    test('every read answers what the core answers', async () => {
      const { id: customer } = await client.createCustomer({ name: 'Equal' }, once());
      const payment = await client.createPayment(
        { ...simple, customer, confirm: true, metadata: { größe: '“L” ☃', __proto__x: '1' } },
        once(),
      );
      const refund = await client.refundPayment({ payment: payment.id, amount: 1 }, once());
      const ids = [payment.id];
      const after = 0;
      const reads = (from: Client) =>
        Promise.all([
          from.getPayment({ id: payment.id }),
          from.getPaymentsByIds({ ids }),
          from.listPayments({ customer }),
          from.getRefund({ id: refund.id }),
          from.listRefunds({ payment: payment.id }),
          from.getRefundsByPaymentIds({ payments: ids }),
          from.getCustomer({ id: customer }),
          from.getCustomersByIds({ ids: [customer] }),
          from.listCustomers({ limit: 1 }),
          from.listEvents({ after, limit: 5 }),
          from.listEvents({ after, limit: 2, types: ['refund.created'] }),
        ]);
      expect(await reads(client)).toEqual(await reads(direct));
    });

    const largest = 99_999_999_999;
    test.each([
      ['JPY', 1],
      ['BHD', 1234],
      ['GBP', largest],
    ] as const)('%s %d passes unchanged', async (currency, amount) => {
      const payment = await client.createPayment({ ...simple, currency, amount }, once());
      expect(payment).toMatchObject({ currency, amount });
    });
  });

  describe('failures', () => {
    const bad: Readonly<Record<string, (from: Client) => Promise<unknown>>> = {
      'an amount of zero': (from) => from.createPayment({ ...simple, amount: 0 }, once()),
      'a negative amount': (from) => from.createPayment({ ...simple, amount: -1 }, once()),
      'an amount past the largest': (from) =>
        from.createPayment({ ...simple, amount: 100_000_000_000 }, once()),
      'several faults at once': (from) =>
        from.createPayment(
          { ...simple, amount: -5, customer: 'nobody', description: 'x'.repeat(501) },
          once(),
        ),
      'an unknown customer': (from) =>
        from.createPayment({ ...simple, customer: 'cus_00000000000000000000000000' }, once()),
      'metadata with a value too long': (from) =>
        from.createPayment({ ...simple, metadata: { note: 'x'.repeat(501) } }, once()),
      'a name with NUL': (from) => from.createCustomer({ name: 'a\0b' }, once()),
      'an email that is none': (from) => from.createCustomer({ name: 'A', email: 'a' }, once()),
      'a page of none': (from) => from.listPayments({ limit: 0 }),
      'a page too large': (from) => from.listPayments({ limit: 101 }),
      'no ids': (from) => from.getPaymentsByIds({ ids: [] }),
      'too many ids': (from) =>
        from.getPaymentsByIds({ ids: Array.from({ length: 101 }, (_, i) => `pay_${i}`) }),
      'a negative sequence': (from) => from.listEvents({ after: -1 }),
      'an id that is none': (from) => from.getPayment({ id: 'pay_none' }),
      'an id with odd characters': (from) => from.getPayment({ id: 'a/../b?c#d%2F ☃' }),
      'a refund that does not exist': (from) => from.getRefund({ id: 're_none' }),
      'a customer that does not exist': (from) => from.getCustomer({ id: 'cus_none' }),
      'a refund of no payment': (from) => from.refundPayment({ payment: 'pay_none' }, once()),
      'a key that does not exist': (from) => from.revokeKey({ id: 'key_none' }, once()),
      'an idempotency key too long': (from) =>
        from.createPayment(simple, { idempotencyKey: 'k'.repeat(256) }),
    };

    test.each(Object.entries(bad))('%s fails as it does in the core', async (_what, call) => {
      const expected = await failureOf(call(direct));
      const got = await failureOf(call(client));
      expect({ code: got.code, message: got.message, details: got.details }).toEqual({
        code: expected.code,
        message: expected.message,
        details: expected.details,
      });
    });

    test('a key that is missing, unknown or revoked opens nothing', async () => {
      const created = await client.createKey({ name: 'short', scopes: ['payments:read'] }, once());
      const keys = [undefined, 'sk_test_unknown', 'not a key'];
      for (const key of keys) {
        const stranger = await connect(server, key).catch((error: unknown) => error);
        if (stranger instanceof Error) {
          expect(stranger).toMatchObject({ code: 'unauthenticated' });
          continue;
        }
        const call = (stranger as Client).getPayment({ id: 'pay_none' });
        expect(await codeOf(call)).toBe('unauthenticated');
        await (stranger as Client).close();
      }
      const brief = await connect(server, created.secret ?? '');
      expect(await codeOf(brief.getPayment({ id: 'pay_none' }))).toBe('not_found');
      await client.revokeKey({ id: created.id }, once());
      const revoked = brief.getPayment({ id: 'pay_none' });
      await expect(revoked).rejects.toThrow();
      await brief.close();
    });

    test('the secret of a new key is told once', async () => {
      const key = once();
      const input = { name: 'told once', scopes: ['payments:read'] } as const;
      const first = await client.createKey({ ...input, scopes: [...input.scopes] }, key);
      expect(first.secret).toMatch(/^sk_test_/);
      const replay = await client.createKey({ ...input, scopes: [...input.scopes] }, key);
      expect(replay).toEqual({ ...first, secret: null });
    });

    test('a key without the scope may not write', async () => {
      expect(await codeOf(reader.createPayment(simple, once()))).toBe('permission_denied');
      expect(await codeOf(reader.createCustomer({ name: 'x' }, once()))).toBe('permission_denied');
      expect(await codeOf(reader.revokeKey({ id: 'key_none' }, once()))).toBe('permission_denied');
    });

    test('a key past its rate is told when to come back', async () => {
      const { secret, id } = await client.createKey(
        { name: 'slow', scopes: ['payments:read'], ratePerSecond: 1, burst: 3 },
        once(),
      );
      const slow = await connect(server, secret ?? '');
      const results = await Promise.allSettled(
        Array.from({ length: 6 }, () => slow.listPayments({ limit: 1 })),
      );
      const refused = results.flatMap((result) =>
        result.status === 'rejected' ? [result.reason as PaymentsError] : [],
      );
      expect(refused.length).toBeGreaterThanOrEqual(3);
      for (const error of refused) {
        expect(error.code).toBe('rate_limited');
        expect(error.details.retryAfterMs).toBeGreaterThan(0);
      }
      await slow.close();
      await client.revokeKey({ id }, once());
    });
  });

  test('another merchant sees, changes and finds nothing', async () => {
    const { id: customer } = await client.createCustomer({ name: 'Mine' }, once());
    const payment = await client.createPayment({ ...simple, customer, confirm: true }, once());
    const refund = await client.refundPayment({ payment: payment.id, amount: 1 }, once());
    const manual = await client.createPayment({ ...simple, captureMethod: 'manual' }, once());
    const { id: keyId } = await client.createKey({ name: 'mine', scopes: ['events:read'] }, once());
    const events = await client.listEvents({ limit: 100 });

    const hidden = [
      other.getPayment({ id: payment.id }),
      other.confirmPayment({ id: manual.id }, once()),
      other.cancelPayment({ id: manual.id }, once()),
      other.capturePayment({ id: manual.id }, once()),
      other.refundPayment({ payment: payment.id, amount: 1 }, once()),
      other.getRefund({ id: refund.id }),
      other.getCustomer({ id: customer }),
      other.revokeKey({ id: keyId }, once()),
    ];
    expect(await Promise.all(hidden.map(codeOf))).toEqual(hidden.map(() => 'not_found'));
    expect(await codeOf(other.createPayment({ ...simple, customer }, once()))).toBe(
      'validation_failed',
    );
    expect(await other.getPaymentsByIds({ ids: [payment.id] })).toEqual([null]);
    expect(await other.getCustomersByIds({ ids: [customer] })).toEqual([null]);
    expect(await other.getRefundsByPaymentIds({ payments: [payment.id] })).toEqual([
      { items: [], hasMore: false, nextCursor: null },
    ]);
    expect((await other.listPayments({ customer })).items).toEqual([]);
    expect((await other.listRefunds({ payment: payment.id })).items).toEqual([]);
    const mine = new Set(events.items.map((event) => event.id));
    const theirs = await other.listEvents({ limit: 100 });
    expect(theirs.items.filter((event) => mine.has(event.id))).toEqual([]);
    expect(await client.getPayment({ id: payment.id })).toMatchObject({ amountRefunded: 1 });
    expect(await client.getPayment({ id: manual.id })).toEqual(manual);
  });

  test(`${name}: calls with odd text pass as they are`, async () => {
    const description = '☃ "quoted" \\ <b>&amp;</b> \u2028 \ud83d\udc9b';
    const created = await client.createPayment({ ...simple, description }, once());
    expect((await client.getPayment({ id: created.id })).description).toBe(description);
  });
});

describe.each(Object.entries(streams))('events over %s', (_name, connect) => {
  let direct: Client;
  let watcher: Awaited<ReturnType<typeof connect>>;

  beforeAll(async () => {
    const inProcess = subjects['in-process'];
    if (!inProcess) throw new Error('expected the in-process subject');
    direct = await inProcess(server, adminKey);
    watcher = await connect(server, adminKey);
  });
  afterAll(() => watcher?.close());

  const last = async (): Promise<number> => await server.store.of('acct_retail').lastSequence();

  async function take(
    count: number,
    input: InputOf<'watchEvents'>,
    onOpen: () => Promise<unknown> = async () => {},
  ): Promise<Event[]> {
    const end = new AbortController();
    const events = await watcher.watchEvents(input, { signal: end.signal });
    await onOpen();
    const seen: Event[] = [];
    for await (const event of events) {
      seen.push(event);
      if (seen.length === count) break;
    }
    end.abort();
    return seen;
  }

  const write = (count: number) =>
    Promise.all(
      Array.from({ length: count }, () =>
        direct.createPayment({ ...simple, confirm: true }, once()),
      ),
    );

  test('what is committed after the subscription is delivered, in order, as listed', async () => {
    const before = await last();
    const seen = await take(20, {}, () => write(10));
    expect(seen.map((event) => event.sequence)).toEqual(
      Array.from({ length: 20 }, (_, i) => before + 1 + i),
    );
    const listed = await direct.listEvents({ after: before, limit: 20 });
    expect(seen).toEqual(listed.items);
  });

  test('a stream cut again and again resumes without a gap and without a repeat', async () => {
    const start = await last();
    const total = 120;
    const writing = (async () => {
      for (let i = 0; i < total / 2; i += 4) await write(4);
    })();
    const seen: number[] = [];
    let cut = 1;
    while (seen.length < total) {
      const count = Math.min(cut, total - seen.length);
      const after = seen.at(-1) ?? start;
      seen.push(...(await take(count, { after })).map((event) => event.sequence));
      cut = (cut % 23) + 7;
    }
    await writing;
    expect(seen).toEqual(Array.from({ length: total }, (_, i) => start + 1 + i));
  });

  test('only the types asked for are delivered', async () => {
    const after = await last();
    const [payment] = await write(2);
    await direct.refundPayment({ payment: payment?.id ?? '', amount: 1 }, once());
    const [event] = await take(1, { after, types: ['refund.created'] });
    expect(event).toMatchObject({ type: 'refund.created', data: { kind: 'refund' } });
  });

  test('the stream ends with an error when its key is revoked', async () => {
    const scopes = ['events:read', 'payments:read', 'customers:read'] as const;
    const created = await direct.createKey({ name: 'stream', scopes: [...scopes] }, once());
    const brief = await connect(server, created.secret ?? '');
    const end = new AbortController();
    const events = await brief.watchEvents({}, { signal: end.signal });
    await write(1);
    const ended = (async () => {
      for await (const _event of events) {
        // The first event proves that the stream is open.
        await direct.revokeKey({ id: created.id }, once());
      }
    })();
    await expect(ended).rejects.toThrow();
    end.abort();
    await brief.close();
  });

  test('a watcher without the scope is refused', async () => {
    const created = await direct.createKey(
      { name: 'no events', scopes: ['payments:read'] },
      once(),
    );
    const brief = await connect(server, created.secret ?? '');
    const end = new AbortController();
    const opened = brief.watchEvents({}, { signal: end.signal });
    expect(await codeOf(opened)).toBe('permission_denied');
    end.abort();
    await brief.close();
  });
});
