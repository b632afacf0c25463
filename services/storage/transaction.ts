import type { Event } from '../core/events/event.ts';
import type { Transaction } from '../core/ports.ts';
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
): Transaction {
  const insertMerchant = prepare(queries.insertMerchant);
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

    async insertMerchant(merchant) {
      await insertMerchant.run({ ...merchant, last_sequence: 0 });
    },
    async insertApiKey(key) {
      await insertApiKey.run(fromApiKey(key));
    },
    async revokeApiKey(merchantId, id, nowMs) {
      const row = await revokeApiKey.get({ merchantId, id, nowMs });
      return row && toApiKey(row);
    },
    async insertPayment(merchantId, payment, settleAt) {
      await insertPayment.run(fromPayment(merchantId, payment, settleAt));
    },
    async updatePayment(merchantId, payment, settleAt) {
      const row = fromPayment(merchantId, payment, settleAt);
      if ((await updatePayment.run(row)) === 1) return;
      if ((await replacePayment.run(row)) === 1) return;
      throw new Error(`expected payment ${payment.id} to update, found none`);
    },
    async insertRefund(merchantId, refund) {
      await insertRefund.run(fromRefund(merchantId, refund));
    },
    async insertCustomer(merchantId, customer) {
      await insertCustomer.run(fromCustomer(merchantId, customer));
    },
    async appendEvent(merchantId, draft) {
      const row = await nextSequence.get({ merchantId });
      if (!row) throw new Error(`expected merchant ${merchantId} to exist, found none`);
      const event: Event = { ...draft, sequence: row[0] };
      await insertEvent.run(fromEvent(merchantId, event));
      appended(merchantId, event);
      return event;
    },
    async putIdempotencyRecord(merchantId, record) {
      await putIdempotencyRecord.run(fromIdempotencyRecord(merchantId, record));
    },
  };
}
