// Original file: protos/payments/v1/events.proto

import type { Event as _payments_v1_Event, Event__Output as _payments_v1_Event__Output } from '../../payments/v1/Event.ts';

export interface ListEventsResponse {
  'events'?: (_payments_v1_Event)[];
  'nextPageToken'?: (string);
}

export interface ListEventsResponse__Output {
  'events': (_payments_v1_Event__Output)[];
  'nextPageToken': (string);
}
