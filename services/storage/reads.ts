import type { Window } from '../core/page.ts';
import type { MerchantReads } from '../core/store.ts';
import { steppedEvents } from './paging.ts';
import { type PaymentListValues, type StoppedRow, toPaymentRange } from './payment-list.ts';
import type { Dialect, Queries } from './queries.ts';
import type { Prepare, Prepared } from './query.ts';
import { toCustomer, toEvent, toIdempotencyRecord, toPayment, toRefund } from './rows.ts';
import type { EventRow, PaymentRow } from './schema.ts';
import type { OfMerchant } from './views.ts';

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
): MerchantReads & ThisType<OfMerchant> {
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

  const paymentLists = new Map<string, Prepared<PaymentListValues, PaymentRow | StoppedRow>>();
  const listRefunds = ofFour((payment, after) => prepare(queries.listRefunds({ payment, after })));
  const listCustomers = ofFour((email, after) => prepare(queries.listCustomers({ email, after })));

  return {
    async payment(id) {
      const row = await payment.get({ merchantId: this.merchantId, id });
      return row && toPayment(row);
    },
    async payments(ids) {
      return (await payments.all({ merchantId: this.merchantId, ids: listOf(ids) })).map(toPayment);
    },
    async listPayments(filter, sort, window) {
      const filters = filterNames.filter((name) => filter[name] !== undefined);
      const after = window.after !== undefined;
      const shape = `${sort} ${after} ${filters}`;
      let list = paymentLists.get(shape);
      if (!list) {
        list = prepare(queries.listPayments({ sort, filters, after }));
        paymentLists.set(shape, list);
      }
      const rows = await list.all({ ...filter, ...pageValues(this.merchantId, window) });
      return toPaymentRange(rows, sort);
    },
    async refund(id) {
      const row = await refund.get({ merchantId: this.merchantId, id });
      return row && toRefund(row);
    },
    async listRefunds({ payment }, window) {
      const list = listRefunds(payment !== undefined, window.after !== undefined);
      return (await list.all({ payment, ...pageValues(this.merchantId, window) })).map(toRefund);
    },
    async refundsOfPayments(paymentIds, limitEach) {
      const rows = await refundsOfPayments.all({
        merchantId: this.merchantId,
        ids: listOf(paymentIds),
        limitEach,
      });
      return rows.map(toRefund);
    },
    async customer(id) {
      const row = await customer.get({ merchantId: this.merchantId, id });
      return row && toCustomer(row);
    },
    async customers(ids) {
      return (await customers.all({ merchantId: this.merchantId, ids: listOf(ids) })).map(
        toCustomer,
      );
    },
    async listCustomers({ email }, window) {
      const list = listCustomers(email !== undefined, window.after !== undefined);
      return (await list.all({ email, ...pageValues(this.merchantId, window) })).map(toCustomer);
    },
    async eventsAfter(after, types, limit) {
      if (types.length === 0) {
        const rows = await eventsAfter.all({ merchantId: this.merchantId, after, limit });
        const events = rows.map(toEvent);
        return {
          events,
          through: events.at(-1)?.sequence ?? after,
          hasMore: events.length === limit,
        };
      }
      const upTo = Math.min(after + steppedEvents, Number.MAX_SAFE_INTEGER);
      const values = { merchantId: this.merchantId, after, upTo, types: listOf(types), limit };
      const rows = await eventsOfTypesAfter.all(values);
      const lastSequence = Number(rows[0]?.at(-1) ?? after);
      // The columns of an event come first.
      const events = rows
        .filter((row) => row[0] !== null)
        .map((row) => toEvent(row as unknown as EventRow));
      const through =
        events.length === limit
          ? (events.at(-1)?.sequence ?? after)
          : Math.max(after, Math.min(upTo, lastSequence));
      return { events, through, hasMore: through < lastSequence };
    },
    async lastSequence() {
      return (await lastSequence.get({ merchantId: this.merchantId }))?.[0] ?? 0;
    },
    async idempotencyRecord(key, nowMs) {
      const row = await idempotencyRecord.get({ merchantId: this.merchantId, key, nowMs });
      return row && toIdempotencyRecord(row);
    },
  };
}

const pageValues = (merchantId: string, { limit, after }: Window) => ({
  merchantId,
  limit,
  afterValue: after && Number(after.value),
  afterId: after?.id,
});

/** Makes each of the four cases at its first use, and remembers it. */
function ofFour<Made>(make: (first: boolean, second: boolean) => Made) {
  const made = new Map<number, Made>();
  return (first: boolean, second: boolean): Made => {
    const place = (first ? 2 : 0) + (second ? 1 : 0);
    const known = made.get(place) ?? make(first, second);
    made.set(place, known);
    return known;
  };
}
