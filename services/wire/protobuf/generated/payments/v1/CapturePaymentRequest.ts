// Original file: protos/payments/v1/payments.proto

import type { Long } from '@grpc/proto-loader';

export interface CapturePaymentRequest {
  'requestId'?: (string);
  'id'?: (string);
  'amount'?: (number | string | Long);
  '_amount'?: "amount";
}

export interface CapturePaymentRequest__Output {
  'requestId': (string);
  'id': (string);
  'amount'?: (number);
}
