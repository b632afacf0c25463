import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Client } from '../../services/core/client.ts';
import type { InputOf } from '../../services/core/operations.ts';
import type { Page } from '../../services/core/page.ts';
import type { Payment } from '../../services/core/payments/payment.ts';
import { codeOf, once, simple } from './clients.ts';
import { describeEverySubject } from './every-subject.ts';

/** Lists and other outputs in every room, and in the core without a protocol. */

describeEverySubject((clients) => {
  describe('lists', () => {
    async function customerWith(count: number) {
      const { id: customer } = await clients().client.createCustomer({ name: 'Lists' }, once());
      for (let i = 1; i <= count; i += 1) {
        await clients().direct.createPayment({ ...simple, customer, amount: i * 10 }, once());
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
        const page: Page<Payment> = await clients().client.listPayments({ ...input, cursor });
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
          clients().direct.createPayment({ ...simple, customer, amount: 5 }, once()),
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
      const [newest] = (await clients().client.listPayments({ customer, limit: 1 })).items;
      await clients().client.cancelPayment({ id: newest?.id ?? '' }, once());
      const canceled = await clients().client.listPayments({ customer, status: 'canceled' });
      expect(canceled.items.map((payment) => payment.amount)).toEqual([60]);
      const middle = await clients().client.listPayments({
        customer,
        amountMin: 20,
        amountMax: 40,
      });
      expect(middle.items.map((payment) => payment.amount)).toEqual([40, 30, 20]);
      const createdAt = newest?.createdAt ?? 0;
      const later = await clients().client.listPayments({ customer, createdFrom: createdAt + 1 });
      expect(later.items).toEqual([]);
      const earlier = await clients().client.listPayments({ customer, createdBefore: createdAt });
      expect(earlier.items.every((payment) => payment.createdAt < createdAt)).toBe(true);
    });

    test('an altered cursor and one of another list are refused', async () => {
      const customer = await customerWith(3);
      const { nextCursor } = await clients().client.listPayments({ customer, limit: 1 });
      const cursor = nextCursor ?? '';
      const altered = `${cursor.slice(0, -2)}${cursor.endsWith('AA') ? 'BB' : 'AA'}`;
      for (const input of [
        { customer, cursor: altered },
        { customer, cursor: 'nonsense' },
        { cursor },
        { customer, sort: 'amount' as const, cursor },
      ]) {
        expect(await codeOf(clients().client.listPayments(input))).toBe('validation_failed');
      }
      expect(await codeOf(clients().other.listPayments({ customer, cursor }))).toBe(
        'validation_failed',
      );
    });

    test('customers are created, read, found by email, and read many at once', async () => {
      const email = `${randomUUID()}@example.com`;
      const customer = await clients().client.createCustomer(
        { name: 'Ada', email, country: 'United Kingdom', metadata: { tier: 'gold' } },
        once(),
      );
      expect(await clients().client.getCustomer({ id: customer.id })).toEqual(customer);
      expect((await clients().client.listCustomers({ email })).items).toEqual([customer]);
      expect(await clients().client.getCustomersByIds({ ids: ['cus_none', customer.id] })).toEqual([
        null,
        customer,
      ]);
    });
  });

  describe('responses', () => {
    test('of every read equal those of the core', async () => {
      const { id: customer } = await clients().client.createCustomer({ name: 'Equal' }, once());
      const payment = await clients().client.createPayment(
        { ...simple, customer, confirm: true, metadata: { größe: '“L” ☃', __proto__x: '1' } },
        once(),
      );
      const refund = await clients().client.refundPayment(
        { payment: payment.id, amount: 1 },
        once(),
      );
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
      expect(await reads(clients().client)).toEqual(await reads(clients().direct));
    });

    const largest = 99_999_999_999;
    test.each([
      ['JPY', 1],
      ['BHD', 1234],
      ['GBP', largest],
    ] as const)('contain %s %d unchanged', async (currency, amount) => {
      const payment = await clients().client.createPayment({ ...simple, currency, amount }, once());
      expect(payment).toMatchObject({ currency, amount });
    });
  });
});
