import type { Core } from '../core/invoke.ts';
import { encodeCustomer } from '../wire/json.ts';
import {
  answerBatch,
  answerPage,
  answerRead,
  answerWrite,
  cacheControl,
  encodeInnerPage,
} from './answer.ts';
import { type Call, type Handler, pick, readBody, readInput, viewOf } from './call.ts';
import { admitExpanded } from './expand.ts';
import { expandPayments } from './payments.ts';

export const createCustomer: Handler = async (core, call) => {
  const customer = await core.invoke('createCustomer', call.caller, await readBody(call));
  return answerWrite(call, customer, encodeCustomer, { location: `/v1/customers/${customer.id}` });
};

export const getCustomer: Handler = async (core, call) => {
  const view = viewOf(call);
  await admitExpanded(core, call, view);
  const customer = await core.invoke('getCustomer', call.caller, readInput(call));
  const payments = view?.expand.has('payments')
    ? await paymentsOf(core, call, customer.id, view.expand)
    : undefined;
  const encode = () => {
    const json = { ...encodeCustomer(customer), ...(payments && { payments }) };
    return view ? pick(json, view) : json;
  };
  return answerRead(call, customer, encode, { cache: cacheControl.changes });
};

/** The customer's newest payments as the first page of their list. */
async function paymentsOf(
  core: Core,
  call: Call,
  customer: string,
  expand: ReadonlySet<string>,
): Promise<object> {
  const page = await core.invoke('listPayments', call.caller, { customer });
  const deeper = new Set(expand.has('payments.refunds') ? ['refunds'] : []);
  const encode = await expandPayments(core, call, page.items, deeper);
  return encodeInnerPage(page, encode, `/v1/payments?customer=${customer}`);
}

export const getCustomersByIds: Handler = async (core, call) => {
  const view = viewOf(call);
  const customers = await core.invoke('getCustomersByIds', call.caller, readInput(call));
  return answerBatch(call, customers, encodeCustomer, view);
};

export const listCustomers: Handler = async (core, call) => {
  const view = viewOf(call);
  const page = await core.invoke('listCustomers', call.caller, readInput(call));
  return answerPage(call, page, encodeCustomer, view);
};
