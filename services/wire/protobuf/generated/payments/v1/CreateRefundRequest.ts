// Original file: protos/payments/v1/refunds.proto

import type { Long } from '@grpc/proto-loader';

export interface CreateRefundRequest {
  'requestId'?: (string);
  'payment'?: (string);
  'amount'?: (number | string | Long);
  'reason'?: (string);
  '_amount'?: "amount";
  '_reason'?: "reason";
}

export interface CreateRefundRequest__Output {
  'requestId': (string);
  'payment': (string);
  'amount'?: (number);
  'reason'?: (string);
}
