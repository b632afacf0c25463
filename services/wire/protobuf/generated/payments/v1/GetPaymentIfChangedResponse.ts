// Original file: protos/payments/v1/payments.proto

import type { Payment as _payments_v1_Payment, Payment__Output as _payments_v1_Payment__Output } from '../../payments/v1/Payment.ts';

export interface GetPaymentIfChangedResponse {
  'payment'?: (_payments_v1_Payment | null);
}

export interface GetPaymentIfChangedResponse__Output {
  'payment': (_payments_v1_Payment__Output | null);
}
