// Original file: protos/payments/v1/payments.proto

import type { Payment as _payments_v1_Payment, Payment__Output as _payments_v1_Payment__Output } from '../../payments/v1/Payment.ts';

export interface _payments_v1_BatchGetPaymentsResponse_Result {
  'found'?: (_payments_v1_Payment | null);
  'missing'?: (string);
  'result'?: "found"|"missing";
}

export interface _payments_v1_BatchGetPaymentsResponse_Result__Output {
  'found'?: (_payments_v1_Payment__Output | null);
  'missing'?: (string);
}

export interface BatchGetPaymentsResponse {
  'results'?: (_payments_v1_BatchGetPaymentsResponse_Result)[];
}

export interface BatchGetPaymentsResponse__Output {
  'results': (_payments_v1_BatchGetPaymentsResponse_Result__Output)[];
}
