import { describe, expect, test } from 'vitest';
import type { PaymentsError } from '../../services/core/errors.ts';
import type { Refund } from '../../services/core/refunds/refund.ts';
import { codeOf, failureOf, once, simple } from './clients.ts';
import { describeEverySubject } from './every-subject.ts';

/** Payments, refunds and idempotency keys in every room, and in the core without a protocol. */

describeEverySubject((clients) => {
  describe('payments', () => {
    test('a payment waits for confirmation, then succeeds and is captured in full', async () => {
      const created = await clients().client.createPayment(
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
      const confirmed = await clients().client.confirmPayment({ id: created.id }, once());
      expect(confirmed).toMatchObject({ status: 'succeeded', amountCaptured: 1000 });
      expect(confirmed.version).toBeGreaterThan(created.version);
      expect(await clients().client.getPayment({ id: created.id })).toEqual(confirmed);
    });

    test('a manual capture takes part of the amount, and only that part can be refunded', async () => {
      const payment = await clients().client.createPayment(
        { ...simple, captureMethod: 'manual', confirm: true },
        once(),
      );
      expect(payment.status).toBe('requires_capture');
      const tooMuch = clients().client.capturePayment({ id: payment.id, amount: 1001 }, once());
      expect(await codeOf(tooMuch)).toBe('validation_failed');
      const captured = await clients().client.capturePayment(
        { id: payment.id, amount: 400 },
        once(),
      );
      expect(captured).toMatchObject({ status: 'succeeded', amountCaptured: 400 });
      const refund = clients().client.refundPayment({ payment: payment.id, amount: 401 }, once());
      expect(await codeOf(refund)).toBe('refund_exceeds_payment');
    });

    test('a canceled payment cannot be confirmed, captured or refunded', async () => {
      const { id } = await clients().client.createPayment(simple, once());
      expect(await clients().client.cancelPayment({ id }, once())).toMatchObject({
        status: 'canceled',
      });
      expect(await codeOf(clients().client.confirmPayment({ id }, once()))).toBe('invalid_state');
      expect(await codeOf(clients().client.capturePayment({ id }, once()))).toBe('invalid_state');
      expect(await codeOf(clients().client.refundPayment({ payment: id }, once()))).toBe(
        'invalid_state',
      );
    });

    test.each([
      ['pm_card_declined', 'card_declined'],
      ['pm_card_insufficient_funds', 'insufficient_funds'],
      ['pm_card_expired', 'card_expired'],
    ] as const)('%s fails the payment with %s, on a replay too', async (paymentMethod, code) => {
      const key = once();
      const input = { ...simple, paymentMethod, confirm: true };
      const failure = await failureOf(clients().client.createPayment(input, key));
      expect(failure.code).toBe(code);
      const replay = await failureOf(clients().client.createPayment(input, key));
      expect(replay).toMatchObject({ code, message: failure.message, details: failure.details });
      const payment = await clients().client.getPayment({
        id: failure.details.metadata?.payment ?? '',
      });
      expect(payment).toMatchObject({ status: 'failed', failure: { code } });
    });

    test('an unavailable network charges nothing, and a retry with the same key may succeed', async () => {
      const key = once();
      const input = { ...simple, paymentMethod: 'pm_card_unavailable', confirm: true } as const;
      const failure = await failureOf(clients().client.createPayment(input, key));
      expect(failure.code).toBe('processor_unavailable');
      expect(failure.details.retryAfterMs).toBeGreaterThan(0);
      const again = await failureOf(clients().client.createPayment(input, key));
      expect(again.details.metadata).toEqual(failure.details.metadata);
      const payment = await clients().client.getPayment({
        id: failure.details.metadata?.payment ?? '',
      });
      expect(payment.status).toBe('requires_confirmation');
    });

    test('a payment with a slow card stays in processing until it is settled in the background', async () => {
      const payment = await clients().client.createPayment(
        { ...simple, paymentMethod: 'pm_card_slow', confirm: true },
        once(),
      );
      expect(payment.status).toBe('processing');
      expect(await codeOf(clients().client.cancelPayment({ id: payment.id }, once()))).toBe(
        'invalid_state',
      );
      await expect
        .poll(async () => (await clients().client.getPayment({ id: payment.id })).status, {
          timeout: 6000,
        })
        .toBe('succeeded');
    });

    test('a batch of payments keeps the order of its ids, with null for an unknown id', async () => {
      const [a, b] = [await clients().succeeded(1), await clients().succeeded(2)];
      expect(
        await clients().client.getPaymentsByIds({ ids: [b.id, 'pay_none', a.id, b.id] }),
      ).toEqual([b, null, a, b]);
    });
  });

  describe('refunds', () => {
    test('refunds add up to the captured amount at most', async () => {
      const payment = await clients().succeeded(1000);
      const first = await clients().client.refundPayment(
        { payment: payment.id, amount: 300, reason: 'damaged' },
        once(),
      );
      expect(first).toMatchObject({ payment: payment.id, amount: 300, reason: 'damaged' });
      expect(await clients().client.getRefund({ id: first.id })).toEqual(first);
      expect(await clients().client.getPayment({ id: payment.id })).toMatchObject({
        status: 'partially_refunded',
        amountRefunded: 300,
      });
      const tooMuch = await failureOf(
        clients().client.refundPayment({ payment: payment.id, amount: 701 }, once()),
      );
      expect(tooMuch).toMatchObject({
        code: 'refund_exceeds_payment',
        details: { metadata: { left: '700', requested: '701' } },
      });
      const rest = await clients().client.refundPayment({ payment: payment.id }, once());
      expect(rest.amount).toBe(700);
      expect((await clients().client.getPayment({ id: payment.id })).status).toBe('refunded');
      const page = await clients().client.listRefunds({ payment: payment.id });
      expect(page.items).toEqual([rest, first]);
    });

    test('50 concurrent refunds return no more than was captured', async () => {
      const payment = await clients().succeeded(1000);
      const results = await Promise.allSettled(
        Array.from({ length: 50 }, () =>
          clients().client.refundPayment({ payment: payment.id, amount: 30 }, once()),
        ),
      );
      expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(33);
      const refused = results.flatMap((result) =>
        result.status === 'rejected' ? [(result.reason as PaymentsError).code] : [],
      );
      expect(new Set(refused)).toEqual(new Set(['refund_exceeds_payment']));
      expect((await clients().client.getPayment({ id: payment.id })).amountRefunded).toBe(990);
    });

    test('the refunds of many payments are read in one call', async () => {
      const [a, b] = [await clients().succeeded(), await clients().succeeded()];
      const refund = await clients().client.refundPayment({ payment: b.id, amount: 1 }, once());
      const none = { items: [], hasMore: false, nextCursor: null };
      expect(
        await clients().client.getRefundsByPaymentIds({ payments: [a.id, b.id, 'pay_none'] }),
      ).toEqual([none, { ...none, items: [refund] }, none]);
    });

    test('the refunds of a payment in a batch are a page that the list of refunds continues', async () => {
      const payment = await clients().succeeded(1000);
      const refunds: Refund[] = [];
      for (let i = 0; i < 22; i += 1) {
        refunds.unshift(
          await clients().client.refundPayment({ payment: payment.id, amount: 1 }, once()),
        );
      }
      const [page] = await clients().client.getRefundsByPaymentIds({ payments: [payment.id] });
      expect(page?.items).toEqual(refunds.slice(0, 20));
      expect(page?.hasMore).toBe(true);
      const rest = { payment: payment.id, cursor: page?.nextCursor ?? '' };
      expect(await clients().client.listRefunds(rest)).toEqual({
        items: refunds.slice(20),
        hasMore: false,
        nextCursor: null,
      });
    });
  });

  describe('idempotency', () => {
    test('a replay returns the same payment and creates no second one', async () => {
      const key = once();
      const { id: customer } = await clients().client.createCustomer({ name: 'Replay' }, once());
      const first = await clients().client.createPayment(
        { ...simple, customer, confirm: true },
        key,
      );
      expect(
        await clients().client.createPayment({ ...simple, customer, confirm: true }, key),
      ).toEqual(first);
      expect((await clients().client.listPayments({ customer })).items).toHaveLength(1);
    });

    test('a key that was used with another input is refused', async () => {
      const key = once();
      await clients().client.createPayment(simple, key);
      expect(await codeOf(clients().client.createPayment({ ...simple, amount: 2 }, key))).toBe(
        'idempotency_key_reused',
      );
    });

    test('a write without a key is refused and writes nothing', async () => {
      const { id: customer } = await clients().client.createCustomer({ name: 'No key' }, once());
      expect(await codeOf(clients().client.createPayment({ ...simple, customer }))).toBe(
        'idempotency_key_missing',
      );
      expect((await clients().client.listPayments({ customer })).items).toEqual([]);
    });

    test('100 equal concurrent requests create exactly one payment', async () => {
      const key = once();
      const { id: customer } = await clients().client.createCustomer(
        { name: 'Concurrent' },
        once(),
      );
      const results = await Promise.allSettled(
        Array.from({ length: 100 }, () =>
          clients().client.createPayment({ ...simple, customer, confirm: true }, key),
        ),
      );
      const codes = new Set(
        results.map((result) =>
          result.status === 'fulfilled' ? 'ok' : (result.reason as PaymentsError).code,
        ),
      );
      codes.delete('idempotency_in_flight');
      expect([...codes]).toEqual(['ok']);
      expect((await clients().client.listPayments({ customer })).items).toHaveLength(1);
    });

    test('a key belongs to its merchant', async () => {
      const key = once();
      const mine = await clients().client.createPayment(simple, key);
      const theirs = await clients().other.createPayment(simple, key);
      expect(theirs.id).not.toBe(mine.id);
    });
  });
});
