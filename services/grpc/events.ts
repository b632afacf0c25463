import { once } from 'node:events';
import type { handleServerStreamingCall } from '@grpc/grpc-js';
import { PaymentsError } from '../core/errors.ts';
import { eventOperations } from '../core/events/operations.ts';
import type { Core } from '../core/invoke.ts';
import type { StreamName } from '../core/operations.ts';
import type { Event as EventMessage } from '../wire/protobuf/generated/payments/v1/Event.ts';
import { encodeEvent } from '../wire/protobuf/messages.ts';
import { requestDecoder } from '../wire/protobuf/request.ts';
import { callerOf } from './caller.ts';
import { shutdownError } from './refusals.ts';
import { failStream, handlersOf, requireMessage } from './unary.ts';

export const eventHandlers = handlersOf(eventOperations);

/**
 * Streams until the client leaves, its deadline passes or its key is revoked, or until `closing`
 * aborts, which ends the stream with UNAVAILABLE.
 */
export function serveStream(
  core: Core,
  name: StreamName,
  closing: AbortSignal,
): handleServerStreamingCall<object, EventMessage> {
  const decode = requestDecoder(name);
  return async (call) => {
    const { request } = call;
    const caller = callerOf(call);
    caller.operation = name;
    const shutDown = () => caller.abort(shutdownError());
    closing.addEventListener('abort', shutDown, { once: true });
    if (closing.aborted) shutDown();
    try {
      requireMessage(request);
      const events = await core.watch(name, caller, decode(request));
      const metadata = caller.metadata();
      metadata.set('x-sequence', String(events.start));
      call.sendMetadata(metadata);
      const { signal } = caller;
      for await (const event of events) {
        // Waiting here leaves new events in core's bounded buffer.
        if (!call.write(encodeEvent(event))) await once(call, 'drain', { signal }).catch(() => {});
        if (signal.aborted) break;
      }
      if (signal.reason instanceof PaymentsError) throw signal.reason;
      call.end();
    } catch (thrown) {
      await failStream(core, call, thrown);
    } finally {
      closing.removeEventListener('abort', shutDown);
      caller.observation.end('ok');
    }
  };
}
