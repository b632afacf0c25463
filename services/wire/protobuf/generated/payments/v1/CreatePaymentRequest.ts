// Original file: protos/payments/v1/payments.proto

import type { CaptureMethod as _payments_v1_CaptureMethod, CaptureMethod__Output as _payments_v1_CaptureMethod__Output } from '../../payments/v1/CaptureMethod.ts';
import type { Long } from '@grpc/proto-loader';

export interface CreatePaymentRequest {
  'requestId'?: (string);
  'amount'?: (number | string | Long);
  'currency'?: (string);
  'customer'?: (string);
  'paymentMethod'?: (string);
  'captureMethod'?: (_payments_v1_CaptureMethod);
  'confirm'?: (boolean);
  'description'?: (string);
  'metadata'?: ({[key: string]: string});
  '_customer'?: "customer";
  '_description'?: "description";
}

export interface CreatePaymentRequest__Output {
  'requestId': (string);
  'amount': (number);
  'currency': (string);
  'customer'?: (string);
  'paymentMethod': (string);
  'captureMethod': (_payments_v1_CaptureMethod__Output);
  'confirm': (boolean);
  'description'?: (string);
  'metadata': ({[key: string]: string});
}
