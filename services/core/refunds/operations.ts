import { z } from 'zod';
import { notFound } from '../errors.ts';
import { amountSchema } from '../money.ts';
import { readOperation, writeOperation } from '../operation.ts';
import { created, list, one, page } from '../output.ts';
import { type Cursors, pageShape, toPage, weighed } from '../page.ts';
import { changePayment, requirePayment } from '../payments/operations.ts';
import { afterRefund, requireAction } from '../payments/rules.ts';
import { anyId, idOf, manyIds, textUpTo } from '../values.ts';
import type { Refund } from './refund.ts';

const refundPayment = writeOperation({
  name: 'refundPayment',
  summary: 'Refunds captured money of a payment. The amount defaults to all that is left.',
  scope: 'payments:write',
  tokens: 5,
  takesVersion: true,
  input: z.strictObject({
    /** Id of the payment. */
    payment: anyId,
    /** Minor units. Defaults to the amount that is left. */
    amount: amountSchema.optional(),
    reason: textUpTo(500).nullable().default(null),
  }),
  output: created('refund'),
  async run(context, input) {
    const { tx, nowMs } = context;
    const payment = await requirePayment(tx, input.payment);
    requireAction(payment, 'refund');
    const amount = input.amount ?? payment.amountCaptured - payment.amountRefunded;
    const refunded = afterRefund(payment, amount, nowMs);
    const refund: Refund = {
      id: context.newId('re', nowMs),
      payment: payment.id,
      amount,
      currency: payment.currency,
      reason: input.reason,
      createdAt: nowMs,
    };
    await tx.insertRefund(refund);
    await tx.appendEvent({
      id: context.newId('evt', nowMs),
      type: 'refund.created',
      createdAt: nowMs,
      data: { kind: 'refund', refund },
    });
    await changePayment(context, payment, refunded);
    return refund;
  },
});

const getRefund = readOperation({
  name: 'getRefund',
  summary: 'Reads one refund.',
  scope: 'payments:read',
  tokens: 1,
  input: z.strictObject({ id: anyId }),
  output: one('refund'),
  async run({ read }, { id }) {
    const refund = await read.refund(id);
    if (!refund) throw notFound('refund', id);
    return refund;
  },
});

const listRefunds = readOperation({
  name: 'listRefunds',
  summary: 'Lists refunds, newest first, optionally those of one payment.',
  scope: 'payments:read',
  tokens: 1,
  input: z.strictObject({ ...pageShape, payment: idOf('pay').optional() }),
  output: page('refund'),
  async run({ read, size, merchantId, cursors }, input) {
    const { limit, cursor, payment } = input;
    const binding = bindingOf(merchantId, payment);
    const after = cursor === undefined ? undefined : cursors.open(cursor, binding);
    const rows = await read.listRefunds({ payment }, { limit: limit + 1, after });
    return toPage(size, rows, limit, cursorWithin(cursors, binding));
  },
});

/** A cursor is valid for the list of one payment, whichever operation returned it. */
const bindingOf = (merchantId: string, payment: string | undefined) =>
  JSON.stringify(['listRefunds', merchantId, payment]);

const cursorWithin = (cursors: Cursors, binding: string) => (last: Refund) =>
  cursors.seal({ value: last.createdAt, id: last.id }, binding);

/** Refunds of one payment in the batch read; `listRefunds` continues after them. */
export const refundsEach = 20;

const getRefundsByPaymentIds = readOperation({
  name: 'getRefundsByPaymentIds',
  summary:
    'Reads the first page of refunds, newest first, of each of up to 100 payments, in the order of their ids.',
  scope: 'payments:read',
  tokens: 1,
  input: z.strictObject({ payments: manyIds }),
  output: list('refund'),
  async run({ read, size, merchantId, cursors }, { payments }) {
    const refunds = await read.refundsOfPayments(payments, refundsEach + 1);
    const byPayment = Map.groupBy(refunds, (refund) => refund.payment);
    const pageOf = (id: string) =>
      toPage(
        size,
        byPayment.get(id) ?? [],
        refundsEach,
        cursorWithin(cursors, bindingOf(merchantId, id)),
      );
    return weighed(size, payments.map(pageOf));
  },
});

/** The operations on refunds. */
export const refundOperations = {
  refundPayment,
  getRefund,
  listRefunds,
  getRefundsByPaymentIds,
};
