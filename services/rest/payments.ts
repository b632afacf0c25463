import type { Customer } from '../core/customers/customer.ts';
import type { Core } from '../core/invoke.ts';
import type { Page } from '../core/page.ts';
import type { Payment } from '../core/payments/payment.ts';
import type { Refund } from '../core/refunds/refund.ts';
import { encodeCustomer, encodePayment, encodeRefund } from '../wire/json.ts';
import {
  answerBatch,
  answerPage,
  answerRead,
  answerWrite,
  cacheControl,
  encodeInnerPage,
} from './answer.ts';
import { type Call, type Handler, pick, readBody, readInput, viewOf } from './call.ts';
import { versionTag } from './etag.ts';
import { admitExpanded } from './expand.ts';

const urlOf = (payment: Payment): string => `/v1/payments/${payment.id}`;

export const createPayment: Handler = async (core, call) => {
  const payment = await core.invoke('createPayment', call.caller, await readBody(call));
  return answerWrite(call, payment, encodePayment, {
    location: urlOf(payment),
    tag: versionTag(payment.version),
  });
};

export const getPayment: Handler = async (core, call) => {
  const view = viewOf(call);
  if (view) await admitExpanded(core, call, view);
  const payment = await core.invoke('getPayment', call.caller, readInput(call));
  if (!view) {
    return answerRead(call, payment, encodePayment, {
      cache: cacheControl.changes,
      tag: versionTag(payment.version),
    });
  }
  const encode = await expandPayments(core, call, [payment], view.expand);
  const encodeJson = () => pick(encode(payment), view);
  return answerRead(call, payment, encodeJson, { cache: cacheControl.changes });
};

export const getPaymentsByIds: Handler = async (core, call) => {
  const view = viewOf(call);
  await admitExpanded(core, call, view);
  const payments = await core.invoke('getPaymentsByIds', call.caller, readInput(call));
  const found = payments.filter((payment) => payment !== null);
  const encode = await expandPayments(core, call, found, view?.expand);
  return answerBatch(call, payments, encode, view);
};

export const listPayments: Handler = async (core, call) => {
  const view = viewOf(call);
  await admitExpanded(core, call, view);
  const page = await core.invoke('listPayments', call.caller, readInput(call));
  const encode = await expandPayments(core, call, page.items, view?.expand);
  return answerPage(call, page, encode, view);
};

const answerChanged = (call: Call, payment: Payment): Response =>
  answerWrite(call, payment, encodePayment, {
    content: urlOf(payment),
    tag: versionTag(payment.version),
  });

export const confirmPayment: Handler = async (core, call) =>
  answerChanged(call, await core.invoke('confirmPayment', call.caller, await readBody(call)));

export const capturePayment: Handler = async (core, call) =>
  answerChanged(call, await core.invoke('capturePayment', call.caller, await readBody(call)));

export const cancelPayment: Handler = async (core, call) =>
  answerChanged(call, await core.invoke('cancelPayment', call.caller, await readBody(call)));

const distinct = <Value>(values: Iterable<Value>): Value[] => [...new Set(values)];

/** How to encode payments with their customers and refunds: one batch read for each. */
export async function expandPayments(
  core: Core,
  { caller }: Call,
  payments: readonly Payment[],
  expand: ReadonlySet<string> | undefined,
): Promise<(payment: Payment) => object> {
  const customerIds = expand?.has('customer')
    ? distinct(payments.flatMap(({ customer }) => customer ?? []))
    : [];
  const paymentIds = expand?.has('refunds') ? distinct(payments.map(({ id }) => id)) : [];
  if (customerIds.length === 0 && paymentIds.length === 0) return encodePayment;

  const [customers, refunds] = await Promise.all([
    customerIds.length > 0
      ? core.invoke('getCustomersByIds', caller, { ids: customerIds })
      : ([] as readonly (Customer | null)[]),
    paymentIds.length > 0
      ? core.invoke('getRefundsByPaymentIds', caller, { payments: paymentIds })
      : ([] as readonly Page<Refund>[]),
  ]);
  const customerOf = new Map(customers.map((customer, at) => [customerIds[at], customer]));
  const refundsOf = new Map(refunds.map((list, at) => [paymentIds[at], list]));
  return (payment) => {
    const json: Record<string, unknown> = { ...encodePayment(payment) };
    const customer = customerOf.get(payment.customer ?? undefined);
    if (customer) json.customer = encodeCustomer(customer);
    const ofPayment = refundsOf.get(payment.id);
    if (ofPayment) {
      json.refunds = encodeInnerPage(ofPayment, encodeRefund, `${urlOf(payment)}/refunds`);
    }
    return json;
  };
}
