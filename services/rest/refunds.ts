import { idPattern } from '../core/ids.ts';
import type { Core } from '../core/invoke.ts';
import type { Refund } from '../core/refunds/refund.ts';
import { encodeRefund, outputs } from '../wire/json.ts';
import { answerPage, answerRead, answerWrite, cacheControl } from './answer.ts';
import { type Call, type Handler, pick, readBody, readInput, viewOf } from './call.ts';
import { admitExpanded, admitReads } from './expand.ts';
import { expandPayments } from './payments.ts';

export const refundPayment: Handler = async (core, call) => {
  const refund = await core.invoke('refundPayment', call.caller, await readBody(call));
  return answerWrite(call, refund, encodeRefund, { location: `/v1/refunds/${refund.id}` });
};

export const getRefund: Handler = async (core, call) => {
  const view = viewOf(call);
  await admitExpanded(core, call, view);
  const refund = await core.invoke('getRefund', call.caller, readInput(call));
  const encode = await expandRefunds(core, call, [refund], view?.expand);
  return answerRead(call, refund, () => (view ? pick(encode(refund), view) : encode(refund)), {
    // A refund is made once and never changes; the payment in it does.
    cache: view?.expand.size ? cacheControl.changes : cacheControl.fixed,
  });
};

const paymentId = idPattern('pay');

/** The refunds of one payment are found only where the payment is; an empty list says it is. */
export const listRefunds: Handler = async (core, call) => {
  const { id, caller } = call;
  const view = viewOf(call);
  const input = readInput(call);
  if (view?.expand.size) await admitExpanded(core, call, view);
  // Looking for the payment is part of the list of its refunds, and takes no token of its own.
  else if (id !== undefined) await admitReads(core, caller, ['listRefunds']);
  const namesNothing = id !== undefined && !paymentId.test(id);
  if (namesNothing) await core.invoke('getPayment', caller, { id });
  const page = await core.invoke('listRefunds', caller, input);
  if (id !== undefined && page.items.length === 0) await core.invoke('getPayment', caller, { id });
  const encode = await expandRefunds(core, call, page.items, view?.expand);
  return answerPage(call, page, encode, view);
};

export const getRefundsByPaymentIds: Handler = async (core, call) => {
  const lists = await core.invoke('getRefundsByPaymentIds', call.caller, readInput(call));
  return answerRead(call, lists, outputs.getRefundsByPaymentIds.encode, {
    cache: cacheControl.changes,
  });
};

/** How to encode refunds with their payments: one batch read, and one for the customers. */
async function expandRefunds(
  core: Core,
  call: Call,
  refunds: readonly Refund[],
  expand: ReadonlySet<string> | undefined,
): Promise<(refund: Refund) => object> {
  const ids = expand?.has('payment') ? [...new Set(refunds.map(({ payment }) => payment))] : [];
  if (ids.length === 0) return encodeRefund;
  const found = await core.invoke('getPaymentsByIds', call.caller, { ids });
  const payments = found.filter((payment) => payment !== null);
  const deeper = new Set(expand?.has('payment.customer') ? ['customer'] : []);
  const encode = await expandPayments(core, call, payments, deeper);
  const byId = new Map(payments.map((payment) => [payment.id, encode(payment)]));
  return (refund) => ({
    ...encodeRefund(refund),
    payment: byId.get(refund.payment) ?? refund.payment,
  });
}
