import { once } from 'node:events';
import type { handleServerStreamingCall } from '@grpc/grpc-js';
import { PaymentsError } from '../core/errors.ts';
import type { Event, EventData } from '../core/events/event.ts';
import type { Core } from '../core/invoke.ts';
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
import { callerOf } from './caller.ts';
import { pageInput } from './page.ts';
import { shutdownError } from './refusals.ts';
import { failStream, type Handler, requireMessage } from './unary.ts';

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
  // A resource of a newer contract, of which generated code sees nothing.
  return { kind: 'unknown' } as never;
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

/**
 * Streams until the client leaves, its deadline passes, its key is revoked, or `closing` aborts:
 * UNAVAILABLE then.
 */
export function watchEvents(core: Core, closing: AbortSignal): WatchEvents {
  return async (call) => {
    const { request } = call;
    const caller = callerOf(call);
    caller.operation = 'watchEvents';
    const shutDown = () => caller.abort(shutdownError());
    closing.addEventListener('abort', shutDown, { once: true });
    if (closing.aborted) shutDown();
    try {
      requireMessage(request);
      const events = await core.watch('watchEvents', caller, {
        after: request.after,
        types: request.types.map(eventType.given),
      });
      const metadata = caller.metadata();
      metadata.set('x-sequence', String(events.start));
      call.sendMetadata(metadata);
      const { signal } = caller;
      for await (const event of events) {
        // Waiting here leaves what comes meanwhile to core's bounded buffer.
        if (!call.write(encodeEvent(event))) await once(call, 'drain', { signal }).catch(() => {});
        if (signal.aborted) break;
      }
      if (signal.reason instanceof PaymentsError) throw signal.reason;
      call.end();
    } catch (thrown) {
      await failStream(core, call, thrown);
    } finally {
      closing.removeEventListener('abort', shutDown);
    }
  };
}
