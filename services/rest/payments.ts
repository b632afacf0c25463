import type { Customer } from '../core/customers/customer.ts';
import type { Core } from '../core/invoke.ts';
import type { Page } from '../core/page.ts';
import { paymentOperations } from '../core/payments/operations.ts';
import type { Payment } from '../core/payments/payment.ts';
import type { Refund } from '../core/refunds/refund.ts';
import { encodeCustomer, encodePayment, encodeRefund } from '../wire/json.ts';
import { encodeInnerPage } from './answer.ts';
import type { RestCall } from './call.ts';
import { versionTag } from './etag.ts';
import { handlersOf } from './handlers.ts';

const urlOf = (payment: Payment): string => `/v1/payments/${payment.id}`;

export const paymentHandlers = handlersOf(paymentOperations, {
  urlOf,
  tagOf: ({ version }) => versionTag(version),
  expand: expandPayments,
});

const distinct = <Value>(values: Iterable<Value>): Value[] => [...new Set(values)];

/** Encodes payments with their customers and refunds: one batch read for each. */
export async function expandPayments(
  core: Core,
  { caller }: RestCall,
  payments: readonly Payment[],
  expanded: ReadonlySet<string>,
): Promise<(payment: Payment) => object> {
  const customerIds = expanded.has('customer')
    ? distinct(payments.flatMap(({ customer }) => customer ?? []))
    : [];
  const paymentIds = expanded.has('refunds') ? distinct(payments.map(({ id }) => id)) : [];
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
