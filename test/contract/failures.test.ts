import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Client } from '../../services/core/client.ts';
import type { PaymentsError } from '../../services/core/errors.ts';
import type { Fivewire } from '../../services/main.ts';
import { type Clients, codeOf, failureOf, once, openClients, simple } from './clients.ts';
import { openServer, subjects } from './subjects.ts';

/** How calls fail in every room, and in the core without a protocol. */

let server: Fivewire;
beforeAll(async () => {
  server = await openServer();
});
afterAll(() => server?.close());

describe.each(Object.entries(subjects))('%s', (name, connect) => {
  let clients: Clients;
  beforeAll(async () => {
    clients = await openClients(server, connect);
  });
  afterAll(() => clients?.close());

  describe('failures', () => {
    const bad: Readonly<Record<string, (from: Client) => Promise<unknown>>> = {
      'an amount of zero': (from) => from.createPayment({ ...simple, amount: 0 }, once()),
      'a negative amount': (from) => from.createPayment({ ...simple, amount: -1 }, once()),
      'an amount past the largest': (from) =>
        from.createPayment({ ...simple, amount: 100_000_000_000 }, once()),
      'several violations at once': (from) =>
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

    test.each(Object.entries(bad))('%s fails with the error of the core', async (_what, call) => {
      const expected = await failureOf(call(clients.direct));
      const got = await failureOf(call(clients.client));
      expect({ code: got.code, message: got.message, details: got.details }).toEqual({
        code: expected.code,
        message: expected.message,
        details: expected.details,
      });
    });

    test('a key that is missing, unknown or revoked is refused', async () => {
      const created = await clients.client.createKey(
        { name: 'short', scopes: ['payments:read'] },
        once(),
      );
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
      await clients.client.revokeKey({ id: created.id }, once());
      const revoked = brief.getPayment({ id: 'pay_none' });
      await expect(revoked).rejects.toThrow();
      await brief.close();
    });

    test('the secret of a new key is returned only once', async () => {
      const key = once();
      const input = { name: 'returned once', scopes: ['payments:read'] } as const;
      const first = await clients.client.createKey({ ...input, scopes: [...input.scopes] }, key);
      expect(first.secret).toMatch(/^sk_test_/);
      const replay = await clients.client.createKey({ ...input, scopes: [...input.scopes] }, key);
      expect(replay).toEqual({ ...first, secret: null });
    });

    test('a key without the scope may not write', async () => {
      expect(await codeOf(clients.reader.createPayment(simple, once()))).toBe('permission_denied');
      expect(await codeOf(clients.reader.createCustomer({ name: 'x' }, once()))).toBe(
        'permission_denied',
      );
      expect(await codeOf(clients.reader.revokeKey({ id: 'key_none' }, once()))).toBe(
        'permission_denied',
      );
    });

    test('a call over the rate limit is refused with the time to wait', async () => {
      const { secret, id } = await clients.client.createKey(
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
      await clients.client.revokeKey({ id }, once());
    });
  });

  test('a merchant cannot see, change or find what belongs to another', async () => {
    const { id: customer } = await clients.client.createCustomer({ name: 'Mine' }, once());
    const payment = await clients.client.createPayment(
      { ...simple, customer, confirm: true },
      once(),
    );
    const refund = await clients.client.refundPayment({ payment: payment.id, amount: 1 }, once());
    const manual = await clients.client.createPayment(
      { ...simple, captureMethod: 'manual' },
      once(),
    );
    const { id: keyId } = await clients.client.createKey(
      { name: 'mine', scopes: ['events:read'] },
      once(),
    );
    const events = await clients.client.listEvents({ limit: 100 });

    const hidden = [
      clients.other.getPayment({ id: payment.id }),
      clients.other.confirmPayment({ id: manual.id }, once()),
      clients.other.cancelPayment({ id: manual.id }, once()),
      clients.other.capturePayment({ id: manual.id }, once()),
      clients.other.refundPayment({ payment: payment.id, amount: 1 }, once()),
      clients.other.getRefund({ id: refund.id }),
      clients.other.getCustomer({ id: customer }),
      clients.other.revokeKey({ id: keyId }, once()),
    ];
    expect(await Promise.all(hidden.map(codeOf))).toEqual(hidden.map(() => 'not_found'));
    expect(await codeOf(clients.other.createPayment({ ...simple, customer }, once()))).toBe(
      'validation_failed',
    );
    expect(await clients.other.getPaymentsByIds({ ids: [payment.id] })).toEqual([null]);
    expect(await clients.other.getCustomersByIds({ ids: [customer] })).toEqual([null]);
    expect(await clients.other.getRefundsByPaymentIds({ payments: [payment.id] })).toEqual([
      { items: [], hasMore: false, nextCursor: null },
    ]);
    expect((await clients.other.listPayments({ customer })).items).toEqual([]);
    expect((await clients.other.listRefunds({ payment: payment.id })).items).toEqual([]);
    const mine = new Set(events.items.map((event) => event.id));
    const theirs = await clients.other.listEvents({ limit: 100 });
    expect(theirs.items.filter((event) => mine.has(event.id))).toEqual([]);
    expect(await clients.client.getPayment({ id: payment.id })).toMatchObject({
      amountRefunded: 1,
    });
    expect(await clients.client.getPayment({ id: manual.id })).toEqual(manual);
  });

  test(`${name}: calls with unusual text arrive unchanged`, async () => {
    const description = '☃ "quoted" \\ <b>&amp;</b> \u2028 \ud83d\udc9b';
    const created = await clients.client.createPayment({ ...simple, description }, once());
    expect((await clients.client.getPayment({ id: created.id })).description).toBe(description);
  });
});
