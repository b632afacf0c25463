// Original file: protos/payments/v1/events.proto

import type { EventType as _payments_v1_EventType, EventType__Output as _payments_v1_EventType__Output } from '../../payments/v1/EventType.ts';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';
import type { Payment as _payments_v1_Payment, Payment__Output as _payments_v1_Payment__Output } from '../../payments/v1/Payment.ts';
import type { Refund as _payments_v1_Refund, Refund__Output as _payments_v1_Refund__Output } from '../../payments/v1/Refund.ts';
import type { Customer as _payments_v1_Customer, Customer__Output as _payments_v1_Customer__Output } from '../../payments/v1/Customer.ts';
import type { Long } from '@grpc/proto-loader';

export interface Event {
  'id'?: (string);
  'sequence'?: (number | string | Long);
  'type'?: (_payments_v1_EventType);
  'createdAt'?: (_google_protobuf_Timestamp | null);
  'payment'?: (_payments_v1_Payment | null);
  'refund'?: (_payments_v1_Refund | null);
  'customer'?: (_payments_v1_Customer | null);
  'data'?: "payment"|"refund"|"customer";
}

export interface Event__Output {
  'id': (string);
  'sequence': (number);
  'type': (_payments_v1_EventType__Output);
  'createdAt': (_google_protobuf_Timestamp__Output | null);
  'payment'?: (_payments_v1_Payment__Output | null);
  'refund'?: (_payments_v1_Refund__Output | null);
  'customer'?: (_payments_v1_Customer__Output | null);
}
