import type { Reads, Window } from '../core/ports.ts';
import { steppedEvents } from './paging.ts';
import { type PaymentListValues, type StoppedRow, toPaymentRange } from './payment-list.ts';
import type { Dialect, Queries } from './queries.ts';
import type { Prepare, Prepared } from './query.ts';
import { toApiKey, toCustomer, toEvent, toIdempotencyRecord, toPayment, toRefund } from './rows.ts';
import type { EventRow, PaymentRow } from './schema.ts';

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

  const paymentLists = new Map<string, Prepared<PaymentListValues, PaymentRow | StoppedRow>>();
  const listRefunds = ofFour((payment, after) => prepare(queries.listRefunds({ payment, after })));
  const listCustomers = ofFour((email, after) => prepare(queries.listCustomers({ email, after })));

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
    async listPayments(merchantId, filter, sort, window) {
      const filters = filterNames.filter((name) => filter[name] !== undefined);
      const after = window.after !== undefined;
      const shape = `${sort} ${after} ${filters}`;
      let list = paymentLists.get(shape);
      if (!list) {
        list = prepare(queries.listPayments({ sort, filters, after }));
        paymentLists.set(shape, list);
      }
      const rows = await list.all({ ...filter, ...pageValues(merchantId, window) });
      return toPaymentRange(rows, sort);
    },
    async refund(merchantId, id) {
      const row = await refund.get({ merchantId, id });
      return row && toRefund(row);
    },
    async listRefunds(merchantId, { payment }, window) {
      const list = listRefunds(payment !== undefined, window.after !== undefined);
      return (await list.all({ payment, ...pageValues(merchantId, window) })).map(toRefund);
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
    async listCustomers(merchantId, { email }, window) {
      const list = listCustomers(email !== undefined, window.after !== undefined);
      return (await list.all({ email, ...pageValues(merchantId, window) })).map(toCustomer);
    },
    async eventsAfter(merchantId, after, types, limit) {
      if (types.length === 0) {
        const rows = await eventsAfter.all({ merchantId, after, limit });
        const events = rows.map(toEvent);
        return {
          events,
          through: events.at(-1)?.sequence ?? after,
          hasMore: events.length === limit,
        };
      }
      const upTo = Math.min(after + steppedEvents, Number.MAX_SAFE_INTEGER);
      const values = { merchantId, after, upTo, types: listOf(types), limit };
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
    async lastSequence(merchantId) {
      return (await lastSequence.get({ merchantId }))?.[0] ?? 0;
    },
    async idempotencyRecord(merchantId, key, nowMs) {
      const row = await idempotencyRecord.get({ merchantId, key, nowMs });
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
