import { decodeInput, outputs } from '../wire/json.ts';
import type { Handlers } from './calls.ts';

/** Payments: what a `call` of each operation does. */
export const payments: Handlers<
  | 'createPayment'
  | 'getPayment'
  | 'getPaymentsByIds'
  | 'listPayments'
  | 'confirmPayment'
  | 'capturePayment'
  | 'cancelPayment'
> = {
  createPayment: async (core, caller, input) =>
    outputs.createPayment.encode(await core.invoke('createPayment', caller, decodeInput(input))),
  getPayment: async (core, caller, input) =>
    outputs.getPayment.encode(await core.invoke('getPayment', caller, decodeInput(input))),
  getPaymentsByIds: async (core, caller, input) =>
    outputs.getPaymentsByIds.encode(
      await core.invoke('getPaymentsByIds', caller, decodeInput(input)),
    ),
  listPayments: async (core, caller, input) =>
    outputs.listPayments.encode(await core.invoke('listPayments', caller, decodeInput(input))),
  confirmPayment: async (core, caller, input) =>
    outputs.confirmPayment.encode(await core.invoke('confirmPayment', caller, decodeInput(input))),
  capturePayment: async (core, caller, input) =>
    outputs.capturePayment.encode(await core.invoke('capturePayment', caller, decodeInput(input))),
  cancelPayment: async (core, caller, input) =>
    outputs.cancelPayment.encode(await core.invoke('cancelPayment', caller, decodeInput(input))),
};
