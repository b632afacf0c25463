// Original file: protos/payments/v1/events.proto

import type { EventType as _payments_v1_EventType, EventType__Output as _payments_v1_EventType__Output } from '../../payments/v1/EventType.ts';
import type { Long } from '@grpc/proto-loader';

export interface WatchEventsRequest {
  'after'?: (number | string | Long);
  'types'?: (_payments_v1_EventType)[];
  '_after'?: "after";
}

export interface WatchEventsRequest__Output {
  'after'?: (number);
  'types': (_payments_v1_EventType__Output)[];
}
