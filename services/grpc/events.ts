import { once } from 'node:events';
import { type handleServerStreamingCall, status } from '@grpc/grpc-js';
import { toPaymentsError } from '../core/errors.ts';
import type { Event, EventData } from '../core/events/event.ts';
import type { Core, Receipt } from '../core/invoke.ts';
import type { Page } from '../core/page.ts';
import { eventType } from '../wire/protobuf/enums.ts';
import type {
  Event__Output,
  Event as EventMessage,
} from '../wire/protobuf/generated/payments/v1/Event.ts';
import type { ListEventsRequest__Output } from '../wire/protobuf/generated/payments/v1/ListEventsRequest.ts';
import type {
  ListEventsResponse,
  ListEventsResponse__Output,
} from '../wire/protobuf/generated/payments/v1/ListEventsResponse.ts';
import type { WatchEventsRequest__Output } from '../wire/protobuf/generated/payments/v1/WatchEventsRequest.ts';
import {
  decodeCustomer,
  decodePage,
  decodePayment,
  decodeRefund,
  encodeCustomer,
  encodePayment,
  encodeRefund,
} from '../wire/protobuf/messages.ts';
import { encodeTime, requireTime } from '../wire/protobuf/timestamp.ts';
import { callerOf, callIdOf } from './caller.ts';
import { signalOf } from './deadline.ts';
import { encodeError } from './errors.ts';
import { pageInput } from './page.ts';
import { type Handler, metadataOf, requireMessage } from './unary.ts';

function encodeData(data: EventData): Pick<EventMessage, EventData['kind']> {
  switch (data.kind) {
    case 'payment':
      return { payment: encodePayment(data.payment) };
    case 'refund':
      return { refund: encodeRefund(data.refund) };
    case 'customer':
      return { customer: encodeCustomer(data.customer) };
  }
}

function decodeData({ payment, refund, customer }: Event__Output): EventData {
  if (payment) return { kind: 'payment', payment: decodePayment(payment) };
  if (refund) return { kind: 'refund', refund: decodeRefund(refund) };
  if (customer) return { kind: 'customer', customer: decodeCustomer(customer) };
  throw new Error('Expected an event with a payment, a refund or a customer, got none of them.');
}

export const encodeEvent = (event: Event): EventMessage => ({
  id: event.id,
  sequence: event.sequence,
  type: eventType.names[event.type],
  createdAt: encodeTime(event.createdAt),
  ...encodeData(event.data),
});

export const decodeEvent = (message: Event__Output): Event => ({
  id: message.id,
  sequence: message.sequence,
  type: eventType.answered(message.type),
  createdAt: requireTime(message.createdAt),
  data: decodeData(message),
});

export const decodeEventPage = (message: ListEventsResponse__Output): Page<Event> =>
  decodePage(message, message.events.map(decodeEvent));

export const listEvents: Handler<ListEventsRequest__Output, ListEventsResponse> = async (
  core,
  caller,
  request,
) => {
  const { limit, cursor } = pageInput(request);
  const page = await core.invoke('listEvents', caller, {
    limit,
    cursor,
    after: request.after,
    types: request.types.map(eventType.given),
  });
  return { events: page.items.map(encodeEvent), nextPageToken: page.nextCursor ?? '' };
};

type WatchEvents = handleServerStreamingCall<WatchEventsRequest__Output, EventMessage>;

/** Streams until the client leaves, its key is revoked, or `closing` aborts: UNAVAILABLE then. */
export function watchEvents(core: Core, closing: AbortSignal): WatchEvents {
  return async (call) => {
    const { request } = call;
    const requestId = callIdOf(call);
    const receipt: Receipt = {};
    const signal = AbortSignal.any([signalOf(call), closing]);
    try {
      requireMessage(request);
      const caller = { ...callerOf(call, request, requestId, receipt), signal };
      const events = await core.watch('watchEvents', caller, {
        after: request.after,
        types: request.types.map(eventType.given),
      });
      call.sendMetadata(metadataOf(requestId, receipt));
      for await (const event of events) {
        // Waiting here leaves what comes meanwhile to core's bounded buffer.
        if (!call.write(encodeEvent(event))) await once(call, 'drain', { signal }).catch(() => {});
        if (signal.aborted) break;
      }
      if (closing.aborted) call.emit('error', shuttingDown);
      else call.end();
    } catch (thrown) {
      call.emit('error', encodeError(toPaymentsError(thrown), metadataOf(requestId, receipt)));
    }
  };
}

const shuttingDown = { code: status.UNAVAILABLE, details: 'The server is shutting down.' };
