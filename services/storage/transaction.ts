import type { Event } from '../core/events/event.ts';
import type { MerchantTransaction } from '../core/store.ts';
import type { Dialect, Queries } from './queries.ts';
import type { Prepare } from './query.ts';
import { createReads } from './reads.ts';
import {
  fromApiKey,
  fromCustomer,
  fromEvent,
  fromIdempotencyRecord,
  fromPayment,
  fromRefund,
  toApiKey,
} from './rows.ts';
import type { OfMerchant } from './views.ts';

/**
 * The transaction of the port over prepared queries.
 *
 * @param appended gets each event, to be announced once it is committed
 */
export function createTransaction(
  prepare: Prepare,
  queries: Queries,
  dialect: Dialect,
  appended: (merchantId: string, event: Event) => void,
): MerchantTransaction & ThisType<OfMerchant> {
  const insertApiKey = prepare(queries.insertApiKey);
  const revokeApiKey = prepare(queries.revokeApiKey);
  const insertPayment = prepare(queries.insertPayment);
  const updatePayment = prepare(queries.updatePayment);
  const replacePayment = prepare(queries.replacePayment);
  const insertRefund = prepare(queries.insertRefund);
  const insertCustomer = prepare(queries.insertCustomer);
  const nextSequence = prepare(queries.nextSequence);
  const insertEvent = prepare(queries.insertEvent);
  const putIdempotencyRecord = prepare(queries.putIdempotencyRecord);

  return {
    ...createReads(prepare, queries, dialect),

    async insertApiKey(key) {
      await insertApiKey.run(fromApiKey({ ...key, merchantId: this.merchantId }));
    },
    async revokeApiKey(id, nowMs) {
      const row = await revokeApiKey.get({ merchantId: this.merchantId, id, nowMs });
      return row && toApiKey(row);
    },
    async insertPayment(payment, settleAt) {
      await insertPayment.run(fromPayment(this.merchantId, payment, settleAt));
    },
    async updatePayment(payment, settleAt) {
      const row = fromPayment(this.merchantId, payment, settleAt);
      if ((await updatePayment.run(row)) === 1) return;
      if ((await replacePayment.run(row)) === 1) return;
      throw new Error(`expected payment ${payment.id} to update, found none`);
    },
    async insertRefund(refund) {
      await insertRefund.run(fromRefund(this.merchantId, refund));
    },
    async insertCustomer(customer) {
      await insertCustomer.run(fromCustomer(this.merchantId, customer));
    },
    async appendEvent(draft) {
      const row = await nextSequence.get({ merchantId: this.merchantId });
      if (!row) throw new Error(`expected merchant ${this.merchantId} to exist, found none`);
      const event: Event = { ...draft, sequence: row[0] };
      await insertEvent.run(fromEvent(this.merchantId, event));
      appended(this.merchantId, event);
      return event;
    },
    async putIdempotencyRecord(record) {
      await putIdempotencyRecord.run(fromIdempotencyRecord(this.merchantId, record));
    },
  };
}
