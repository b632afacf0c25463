import { z } from 'zod';
import { andThen } from '../awaitable.ts';
import { invalid, notFound, PaymentsError } from '../errors.ts';
import { amountSchema, currencySchema, maxAmountMinor } from '../money.ts';
import {
  readOperation,
  type Settled,
  type Settlement,
  type WriteContext,
  writeOperation,
} from '../operation.ts';
import { batch, created, one, page } from '../output.ts';
import { inOrder, pageShape, toPage } from '../page.ts';
import type { Charge, ChargeOutcome } from '../processor/processor.ts';
import { anyId, idOf, manyIds, metadataSchema, textUpTo, timeSchema } from '../values.ts';
import { captureMethods, type Payment, paymentMethods, paymentStatuses } from './payment.ts';
import { afterCharge, changed, requireAction, requireVersion } from './rules.ts';
import { savePayment } from './save.ts';
import type { PaymentFilter, PaymentReads, PaymentSort } from './store.ts';

const getPayment = readOperation({
  name: 'getPayment',
  summary: 'Reads one payment.',
  scope: 'payments:read',
  tokens: 1,
  input: z.strictObject({ id: anyId }),
  output: one('payment'),
  run({ read }, { id }) {
    return andThen(read.payment(id), (payment) => {
      if (!payment) throw notFound('payment', id);
      return payment;
    });
  },
});

const getPaymentsByIds = readOperation({
  name: 'getPaymentsByIds',
  summary:
    'Reads up to 100 payments at once; the results are in the order of the ids, null for an id that is not found.',
  scope: 'payments:read',
  tokens: 1,
  input: z.strictObject({ ids: manyIds }),
  output: batch('payment'),
  async run({ read, size }, { ids }) {
    return inOrder(size, ids, await read.payments(ids));
  },
});

export const paymentSorts = ['-created_at', 'created_at', '-amount', 'amount'] as const;

const listPayments = readOperation({
  name: 'listPayments',
  summary: 'Lists payments, newest first unless sorted otherwise.',
  scope: 'payments:read',
  tokens: 1,
  input: z.strictObject({
    ...pageShape,
    status: z.enum(paymentStatuses).optional(),
    customer: idOf('cus').optional(),
    /** Inclusive. */
    createdFrom: timeSchema.optional(),
    /** Exclusive. */
    createdBefore: timeSchema.optional(),
    amountMin: z.int().min(0).max(maxAmountMinor).optional(),
    amountMax: z.int().min(0).max(maxAmountMinor).optional(),
    sort: z.enum(paymentSorts).default('-created_at'),
  }),
  output: page('payment'),
  async run({ read, size, merchantId, cursors }, input) {
    const { limit, cursor, sort, ...filter } = input;
    const binding = bindingOf('listPayments', merchantId, filter, sort);
    const after = cursor === undefined ? undefined : cursors.open(cursor, binding);
    const window = { limit: limit + 1, after };
    const { payments, stoppedAt } = await read.listPayments(filter, sort, window);
    const early = stoppedAt && cursors.seal(stoppedAt, binding);
    const sealLast = (last: Payment) =>
      cursors.seal({ value: sortValue(last, sort), id: last.id }, binding);
    return toPage(size, payments, limit, sealLast, early);
  },
});

const bindingOf = (name: string, merchantId: string, filter: PaymentFilter, sort: PaymentSort) =>
  JSON.stringify([name, merchantId, filter, sort]);

const sortValue = (payment: Payment, sort: PaymentSort): number =>
  sort.endsWith('amount') ? payment.amount : payment.createdAt;

const chargeOf = (payment: Payment): Charge | undefined =>
  payment.status === 'processing'
    ? {
        paymentId: payment.id,
        amount: payment.amount,
        currency: payment.currency,
        paymentMethod: payment.paymentMethod,
      }
    : undefined;

export const settlement: Settlement<Payment> = {
  charge: chargeOf,
  async resume(context, paymentId) {
    const payment = await requirePayment(context.tx, paymentId);
    return payment.status === 'requires_confirmation' ? toProcessing(context, payment) : payment;
  },
  async settle(context, paymentId, outcome, again) {
    const payment = await requirePayment(context.tx, paymentId);
    // Another caller, for example the background look-up, may have been first.
    if (payment.status !== 'processing' || !outcome) return answerOf(payment);
    // A look-up that is due stays due: retries must not postpone it.
    if (again && isOpen(outcome)) return answerOf(payment, outcome);
    return answerOf(await settlePayment(context, payment, outcome), outcome);
  },
};

const isOpen = ({ kind }: ChargeOutcome): boolean => kind === 'pending' || kind === 'timeout';

/** Saves a processing payment after the network's outcome. */
export async function settlePayment(
  context: Pick<WriteContext, 'tx' | 'nowMs' | 'newId'>,
  payment: Payment,
  outcome: ChargeOutcome,
): Promise<Payment> {
  const next = afterCharge(payment, outcome, context.nowMs) ?? payment;
  return savePayment(
    context,
    payment,
    next,
    'retryAtMs' in outcome ? outcome.retryAtMs : undefined,
  );
}

/** What the caller gets for a payment in this state after this outcome. */
function answerOf(payment: Payment, outcome?: ChargeOutcome): Settled<Payment> {
  if (payment.failure) {
    const { code, message } = payment.failure;
    return {
      result: { error: new PaymentsError(code, message, { metadata: { payment: payment.id } }) },
      final: true,
    };
  }
  if (outcome?.kind === 'unavailable') {
    const error = new PaymentsError(
      'processor_unavailable',
      `The card network cannot be reached; payment '${payment.id}' was not charged.`,
      { retryAfterMs: 1000, metadata: { payment: payment.id } },
    );
    return { result: { error }, final: false };
  }
  if (outcome?.kind === 'timeout') {
    const error = new PaymentsError(
      'timeout',
      `The card network did not answer in time; payment '${payment.id}' is still processing.`,
      { retryAfterMs: 1000, metadata: { payment: payment.id } },
    );
    return { result: { error }, final: false };
  }
  return { result: { output: payment }, final: true };
}

const createPayment = writeOperation({
  name: 'createPayment',
  summary: 'Creates a payment, and confirms it at once if `confirm` is true.',
  scope: 'payments:write',
  tokens: 5,
  input: z.strictObject({
    amount: amountSchema,
    currency: currencySchema,
    customer: idOf('cus').nullable().default(null),
    paymentMethod: z.enum(paymentMethods),
    captureMethod: z.enum(captureMethods).default('automatic'),
    confirm: z.boolean().default(false),
    description: textUpTo(500).nullable().default(null),
    metadata: metadataSchema.default({}),
  }),
  output: created('payment'),
  async run(context, input) {
    const { tx, nowMs } = context;
    if (input.customer !== null && !(await tx.customer(input.customer))) {
      throw invalid({
        path: ['customer'],
        code: 'not_found',
        message: `expected the id of a customer, and there is no '${input.customer}'`,
      });
    }
    const { confirm, ...fields } = input;
    const payment: Payment = {
      id: context.newId('pay', nowMs),
      ...fields,
      amountCaptured: 0,
      amountRefunded: 0,
      status: confirm ? 'processing' : 'requires_confirmation',
      failure: null,
      createdAt: nowMs,
      updatedAt: nowMs,
      version: 1,
    };
    return savePayment(context, undefined, payment);
  },
  settlement,
});

const confirmPayment = writeOperation({
  name: 'confirmPayment',
  summary: 'Confirms a payment: asks the card network to authorise or to charge its amount.',
  scope: 'payments:write',
  tokens: 5,
  takesVersion: true,
  input: z.strictObject({ id: anyId }),
  output: one('payment'),
  async run(context, { id }) {
    const payment = await requirePayment(context.tx, id);
    requireAction(payment, 'confirm');
    return toProcessing(context, payment);
  },
  settlement,
});

const toProcessing = (context: WriteContext, payment: Payment): Promise<Payment> =>
  changePayment(context, payment, changed(payment, context.nowMs, { status: 'processing' }));

const capturePayment = writeOperation({
  name: 'capturePayment',
  summary: 'Captures the authorised amount, or less of it.',
  scope: 'payments:write',
  tokens: 5,
  takesVersion: true,
  input: z.strictObject({
    id: anyId,
    /** Minor units. Defaults to the authorised amount. */
    amount: amountSchema.optional(),
  }),
  output: one('payment'),
  async run(context, input) {
    const payment = await requirePayment(context.tx, input.id);
    requireAction(payment, 'capture');
    const amountCaptured = input.amount ?? payment.amount;
    if (amountCaptured > payment.amount) {
      throw invalid({
        path: ['amount'],
        code: 'too_big',
        message: `expected at most the ${payment.amount} authorised, got ${amountCaptured}`,
      });
    }
    const captured = changed(payment, context.nowMs, { status: 'succeeded', amountCaptured });
    return changePayment(context, payment, captured);
  },
});

const cancelPayment = writeOperation({
  name: 'cancelPayment',
  summary: 'Cancels a payment that was not captured.',
  scope: 'payments:write',
  tokens: 5,
  takesVersion: true,
  input: z.strictObject({ id: anyId }),
  output: one('payment'),
  async run(context, { id }) {
    const payment = await requirePayment(context.tx, id);
    requireAction(payment, 'cancel');
    const canceled = changed(payment, context.nowMs, { status: 'canceled' });
    return changePayment(context, payment, canceled);
  },
});

/** @throws PaymentsError `not_found` */
export async function requirePayment(
  tx: Pick<PaymentReads, 'payment'>,
  id: string,
): Promise<Payment> {
  const payment = await tx.payment(id);
  if (!payment) throw notFound('payment', id);
  return payment;
}

/**
 * Saves a change that a caller requested.
 * @throws PaymentsError `version_mismatch`
 */
export async function changePayment(
  context: WriteContext,
  before: Payment,
  payment: Payment,
): Promise<Payment> {
  requireVersion(context, before);
  return savePayment(context, before, payment);
}

/** The operations on payments. */
export const paymentOperations = {
  createPayment,
  getPayment,
  getPaymentsByIds,
  listPayments,
  confirmPayment,
  capturePayment,
  cancelPayment,
};
