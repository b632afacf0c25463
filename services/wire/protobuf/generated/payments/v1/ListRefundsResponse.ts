// Original file: protos/payments/v1/refunds.proto

import type { Refund as _payments_v1_Refund, Refund__Output as _payments_v1_Refund__Output } from '../../payments/v1/Refund.ts';

export interface ListRefundsResponse {
  'refunds'?: (_payments_v1_Refund)[];
  'nextPageToken'?: (string);
}

export interface ListRefundsResponse__Output {
  'refunds': (_payments_v1_Refund__Output)[];
  'nextPageToken': (string);
}
