import { idPattern } from '../core/ids.ts';
import type { Core } from '../core/invoke.ts';
import { refundOperations } from '../core/refunds/operations.ts';
import type { Refund } from '../core/refunds/refund.ts';
import { encodeRefund } from '../wire/json.ts';
import { answerPage, cacheControl } from './answer.ts';
import { type Handler, type RestCall, readInput, viewOf } from './call.ts';
import { admitExpanded, admitReads } from './expand.ts';
import { handlersOf } from './handlers.ts';
import { expandPayments } from './payments.ts';

const paymentId = idPattern('pay');

/**
 * The refunds of one payment are only found if the payment exists; an empty list shows that it
 * does.
 */
const listRefunds: Handler = async (core, call) => {
  const { id, caller } = call;
  const view = viewOf(call);
  const input = readInput(call);
  if (view?.expand.size) await admitExpanded(core, call, view);
  // Finding the payment is part of the list of its refunds, and takes no token of its own.
  else if (id !== undefined) await admitReads(core, caller, ['listRefunds']);
  const namesNothing = id !== undefined && !paymentId.test(id);
  if (namesNothing) await core.invoke('getPayment', caller, { id });
  const page = await core.invoke('listRefunds', caller, input);
  if (id !== undefined && page.items.length === 0) await core.invoke('getPayment', caller, { id });
  const encode = await expandRefunds(core, call, page.items, view?.expand ?? new Set());
  return answerPage(call, page, encode, view);
};

export const refundHandlers = {
  ...handlersOf(refundOperations, {
    urlOf: ({ id }) => `/v1/refunds/${id}`,
    // A refund never changes.
    cache: cacheControl.fixed,
    expand: expandRefunds,
  }),
  listRefunds,
};

/** Encodes refunds with their payments: one batch read, and one for the customers. */
async function expandRefunds(
  core: Core,
  call: RestCall,
  refunds: readonly Refund[],
  expanded: ReadonlySet<string>,
): Promise<(refund: Refund) => object> {
  const ids = expanded.has('payment') ? [...new Set(refunds.map(({ payment }) => payment))] : [];
  if (ids.length === 0) return encodeRefund;
  const found = await core.invoke('getPaymentsByIds', call.caller, { ids });
  const payments = found.filter((payment) => payment !== null);
  const deeper = new Set(expanded.has('payment.customer') ? ['customer'] : []);
  const encode = await expandPayments(core, call, payments, deeper);
  const byId = new Map(payments.map((payment) => [payment.id, encode(payment)]));
  return (refund) => ({
    ...encodeRefund(refund),
    payment: byId.get(refund.payment) ?? refund.payment,
  });
}
