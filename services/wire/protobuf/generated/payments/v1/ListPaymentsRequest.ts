// Original file: protos/payments/v1/payments.proto

import type { PaymentStatus as _payments_v1_PaymentStatus, PaymentStatus__Output as _payments_v1_PaymentStatus__Output } from '../../payments/v1/PaymentStatus.ts';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';
import type { Long } from '@grpc/proto-loader';

export interface ListPaymentsRequest {
  'pageSize'?: (number);
  'pageToken'?: (string);
  'status'?: (_payments_v1_PaymentStatus);
  'customer'?: (string);
  'createdFrom'?: (_google_protobuf_Timestamp | null);
  'createdBefore'?: (_google_protobuf_Timestamp | null);
  'amountMin'?: (number | string | Long);
  'amountMax'?: (number | string | Long);
  'orderBy'?: (string);
  '_customer'?: "customer";
  '_amountMin'?: "amountMin";
  '_amountMax'?: "amountMax";
}

export interface ListPaymentsRequest__Output {
  'pageSize': (number);
  'pageToken': (string);
  'status': (_payments_v1_PaymentStatus__Output);
  'customer'?: (string);
  'createdFrom': (_google_protobuf_Timestamp__Output | null);
  'createdBefore': (_google_protobuf_Timestamp__Output | null);
  'amountMin'?: (number);
  'amountMax'?: (number);
  'orderBy': (string);
}
