// Original file: protos/payments/v1/payments.proto

import type { Payment as _payments_v1_Payment, Payment__Output as _payments_v1_Payment__Output } from '../../payments/v1/Payment.ts';

export interface ListPaymentsResponse {
  'payments'?: (_payments_v1_Payment)[];
  'nextPageToken'?: (string);
}

export interface ListPaymentsResponse__Output {
  'payments': (_payments_v1_Payment__Output)[];
  'nextPageToken': (string);
}
