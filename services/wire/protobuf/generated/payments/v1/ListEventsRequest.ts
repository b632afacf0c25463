// Original file: protos/payments/v1/events.proto

import type { EventType as _payments_v1_EventType, EventType__Output as _payments_v1_EventType__Output } from '../../payments/v1/EventType.ts';
import type { Long } from '@grpc/proto-loader';

export interface ListEventsRequest {
  'pageSize'?: (number);
  'pageToken'?: (string);
  'after'?: (number | string | Long);
  'types'?: (_payments_v1_EventType)[];
}

export interface ListEventsRequest__Output {
  'pageSize': (number);
  'pageToken': (string);
  'after': (number);
  'types': (_payments_v1_EventType__Output)[];
}
