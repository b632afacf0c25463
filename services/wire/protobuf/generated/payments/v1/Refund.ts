// Original file: protos/payments/v1/refunds.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';
import type { Long } from '@grpc/proto-loader';

export interface Refund {
  'id'?: (string);
  'payment'?: (string);
  'amount'?: (number | string | Long);
  'currency'?: (string);
  'reason'?: (string);
  'createdAt'?: (_google_protobuf_Timestamp | null);
  '_reason'?: "reason";
}

export interface Refund__Output {
  'id': (string);
  'payment': (string);
  'amount': (number);
  'currency': (string);
  'reason'?: (string);
  'createdAt': (_google_protobuf_Timestamp__Output | null);
}
