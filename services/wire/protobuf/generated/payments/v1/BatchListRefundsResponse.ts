// Original file: protos/payments/v1/refunds.proto

import type { Refund as _payments_v1_Refund, Refund__Output as _payments_v1_Refund__Output } from '../../payments/v1/Refund.ts';

export interface _payments_v1_BatchListRefundsResponse_RefundsOfPayment {
  'refunds'?: (_payments_v1_Refund)[];
  'nextPageToken'?: (string);
}

export interface _payments_v1_BatchListRefundsResponse_RefundsOfPayment__Output {
  'refunds': (_payments_v1_Refund__Output)[];
  'nextPageToken': (string);
}

export interface BatchListRefundsResponse {
  'payments'?: (_payments_v1_BatchListRefundsResponse_RefundsOfPayment)[];
}

export interface BatchListRefundsResponse__Output {
  'payments': (_payments_v1_BatchListRefundsResponse_RefundsOfPayment__Output)[];
}
