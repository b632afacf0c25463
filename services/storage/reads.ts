import type { Reads } from '../core/ports.ts';
import type { Dialect, PaymentListValues, Queries } from './queries.ts';
import type { Prepare, Prepared } from './query.ts';
import { toApiKey, toCustomer, toEvent, toIdempotencyRecord, toPayment, toRefund } from './rows.ts';
import type { PaymentRow } from './schema.ts';

const filterNames = [
  'status',
  'customer',
  'createdFrom',
  'createdBefore',
  'amountMin',
  'amountMax',
] as const;

/** The reads of the port over prepared queries; lists are prepared at their first use. */
export function createReads(
  prepare: Prepare,
  queries: Queries,
  { listOf }: Pick<Dialect, 'listOf'>,
): Reads {
  const apiKeyByHash = prepare(queries.apiKeyByHash);
  const payment = prepare(queries.payment);
  const payments = prepare(queries.payments);
  const refund = prepare(queries.refund);
  const refundsOfPayments = prepare(queries.refundsOfPayments);
  const customer = prepare(queries.customer);
  const customers = prepare(queries.customers);
  const eventsAfter = prepare(queries.eventsAfter);
  const eventsOfTypesAfter = prepare(queries.eventsOfTypesAfter);
  const lastSequence = prepare(queries.lastSequence);
  const idempotencyRecord = prepare(queries.idempotencyRecord);

  const paymentLists = new Map<string, Prepared<PaymentListValues, PaymentRow>>();
  const listRefunds = byTwo((ofPayment, after) => prepare(queries.listRefunds(ofPayment, after)));
  const listCustomers = byTwo((email, after) => prepare(queries.listCustomers(email, after)));

  return {
    async apiKeyByHash(hash) {
      const row = await apiKeyByHash.get({ hash });
      return row && toApiKey(row);
    },
    async payment(merchantId, id) {
      const row = await payment.get({ merchantId, id });
      return row && toPayment(row);
    },
    async payments(merchantId, ids) {
      return (await payments.all({ merchantId, ids: listOf(ids) })).map(toPayment);
    },
    async listPayments(merchantId, filter, sort, { limit, after }) {
      let shape: string = sort;
      for (const name of filterNames) if (filter[name] !== undefined) shape += ` ${name}`;
      if (after) shape += ' afterId';
      let list = paymentLists.get(shape);
      if (!list) {
        // The shape is the sort and the names of the values given.
        const given = new Set(shape.split(' ').slice(1) as (keyof PaymentListValues)[]);
        list = prepare(queries.listPayments(sort, given));
        paymentLists.set(shape, list);
      }
      const rows = await list.all({
        ...filter,
        merchantId,
        afterValue: after && Number(after.value),
        afterId: after?.id,
        limit,
      });
      return rows.map(toPayment);
    },
    async refund(merchantId, id) {
      const row = await refund.get({ merchantId, id });
      return row && toRefund(row);
    },
    async listRefunds(merchantId, filter, { limit, after }) {
      const list = listRefunds(filter.payment !== undefined, after !== undefined);
      const rows = await list.all({
        merchantId,
        payment: filter.payment,
        afterValue: after && Number(after.value),
        afterId: after?.id,
        limit,
      });
      return rows.map(toRefund);
    },
    async refundsOfPayments(merchantId, paymentIds, limitEach) {
      const rows = await refundsOfPayments.all({ merchantId, ids: listOf(paymentIds), limitEach });
      return rows.map(toRefund);
    },
    async customer(merchantId, id) {
      const row = await customer.get({ merchantId, id });
      return row && toCustomer(row);
    },
    async customers(merchantId, ids) {
      return (await customers.all({ merchantId, ids: listOf(ids) })).map(toCustomer);
    },
    async listCustomers(merchantId, filter, { limit, after }) {
      const list = listCustomers(filter.email !== undefined, after !== undefined);
      const rows = await list.all({
        merchantId,
        email: filter.email,
        afterValue: after && Number(after.value),
        afterId: after?.id,
        limit,
      });
      return rows.map(toCustomer);
    },
    async eventsAfter(merchantId, after, types, limit) {
      const values = { merchantId, after, limit };
      const rows =
        types.length === 0
          ? await eventsAfter.all(values)
          : await eventsOfTypesAfter.all({ ...values, types: listOf(types) });
      return rows.map(toEvent);
    },
    async lastSequence(merchantId) {
      return (await lastSequence.get({ merchantId }))?.[0] ?? 0;
    },
    async idempotencyRecord(merchantId, key, nowMs) {
      const row = await idempotencyRecord.get({ merchantId, key, nowMs });
      return row && toIdempotencyRecord(row);
    },
  };
}

/** Remembers what `make` made for each of the four cases. */
function byTwo<Made>(make: (first: boolean, second: boolean) => Made) {
  const made = new Map<number, Made>();
  return (first: boolean, second: boolean): Made => {
    const which = (first ? 2 : 0) + (second ? 1 : 0);
    const known = made.get(which) ?? make(first, second);
    made.set(which, known);
    return known;
  };
}
