import { decodeInput, outputs } from '../wire/json.ts';
import type { Handlers } from './calls.ts';

/** Refunds: what a `call` of each operation does. */
export const refunds: Handlers<
  'refundPayment' | 'getRefund' | 'listRefunds' | 'getRefundsByPaymentIds'
> = {
  refundPayment: async (core, caller, input) =>
    outputs.refundPayment.encode(await core.invoke('refundPayment', caller, decodeInput(input))),
  getRefund: async (core, caller, input) =>
    outputs.getRefund.encode(await core.invoke('getRefund', caller, decodeInput(input))),
  listRefunds: async (core, caller, input) =>
    outputs.listRefunds.encode(await core.invoke('listRefunds', caller, decodeInput(input))),
  getRefundsByPaymentIds: async (core, caller, input) =>
    outputs.getRefundsByPaymentIds.encode(
      await core.invoke('getRefundsByPaymentIds', caller, decodeInput(input)),
    ),
};
