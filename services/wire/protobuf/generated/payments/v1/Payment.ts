// Original file: protos/payments/v1/payments.proto

import type { PaymentStatus as _payments_v1_PaymentStatus, PaymentStatus__Output as _payments_v1_PaymentStatus__Output } from '../../payments/v1/PaymentStatus.ts';
import type { CaptureMethod as _payments_v1_CaptureMethod, CaptureMethod__Output as _payments_v1_CaptureMethod__Output } from '../../payments/v1/CaptureMethod.ts';
import type { PaymentFailure as _payments_v1_PaymentFailure, PaymentFailure__Output as _payments_v1_PaymentFailure__Output } from '../../payments/v1/PaymentFailure.ts';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';
import type { Long } from '@grpc/proto-loader';

export interface Payment {
  'id'?: (string);
  'amount'?: (number | string | Long);
  'amountCaptured'?: (number | string | Long);
  'amountRefunded'?: (number | string | Long);
  'currency'?: (string);
  'status'?: (_payments_v1_PaymentStatus);
  'captureMethod'?: (_payments_v1_CaptureMethod);
  'customer'?: (string);
  'paymentMethod'?: (string);
  'description'?: (string);
  'metadata'?: ({[key: string]: string});
  'failure'?: (_payments_v1_PaymentFailure | null);
  'createdAt'?: (_google_protobuf_Timestamp | null);
  'updatedAt'?: (_google_protobuf_Timestamp | null);
  'version'?: (number | string | Long);
  'etag'?: (string);
  '_customer'?: "customer";
  '_description'?: "description";
}

export interface Payment__Output {
  'id': (string);
  'amount': (number);
  'amountCaptured': (number);
  'amountRefunded': (number);
  'currency': (string);
  'status': (_payments_v1_PaymentStatus__Output);
  'captureMethod': (_payments_v1_CaptureMethod__Output);
  'customer'?: (string);
  'paymentMethod': (string);
  'description'?: (string);
  'metadata': ({[key: string]: string});
  'failure': (_payments_v1_PaymentFailure__Output | null);
  'createdAt': (_google_protobuf_Timestamp__Output | null);
  'updatedAt': (_google_protobuf_Timestamp__Output | null);
  'version': (number);
  'etag': (string);
}
