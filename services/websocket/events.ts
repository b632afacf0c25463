import type { EventStream } from '../core/events/follow.ts';
import { eventOperations } from '../core/events/operations.ts';
import type { Core, StreamCaller } from '../core/invoke.ts';
import { eventText } from '../wire/event-text.ts';
import { decodeInput } from '../wire/json-input.ts';
import { handlersOf } from './calls.ts';
import type { FrameOf } from './frames.ts';
import type { Outbox } from './outbox.ts';
import { rateOf } from './rate.ts';

export const eventHandlers = handlersOf(eventOperations);

/** The parameters of a `subscribe`. */
export const watched = 'watchEvents';

/** One subscription of a connection. */
export interface Subscription {
  readonly stop: AbortController;
  /** Undefined until it is admitted. */
  stream?: EventStream;
  /** The last sequence that the peer was sent for this subscription. */
  reported: number;
}

/**
 * Serves one subscription until `caller.signal` aborts: `subscribed`, then one `event` frame each.
 * Events wait in the core while the peer is behind.
 *
 * @throws PaymentsError if the subscription is refused or the key was revoked
 */
export async function serveEvents(
  core: Core,
  caller: StreamCaller,
  { id, type: _type, traceparent: _traceparent, ...input }: FrameOf<'subscribe'>,
  subscription: Subscription,
  outbox: Outbox,
): Promise<void> {
  const { signal, requestId, receipt } = caller;
  const stream = await core.watch(watched, caller, decodeInput(input));
  if (signal.aborted) return;
  const sequence = stream.start;
  const rate = receipt?.rate && rateOf(receipt.rate);
  outbox.send(JSON.stringify({ id, type: 'subscribed', request_id: requestId, rate, sequence }));
  subscription.stream = stream;
  subscription.reported = sequence;
  const head = `{"id":${JSON.stringify(id)},"type":"event","sequence":`;
  for await (const event of stream) {
    if (signal.aborted) return;
    outbox.send(`${head}${event.sequence},"event":${eventText(event)}}`);
    subscription.reported = event.sequence;
    if (outbox.full) await outbox.drained;
  }
}

/**
 * A `heartbeat` frame with the positions that advanced without an event, by subscription: where to
 * resume after types that rarely come. Undefined if no position advanced.
 */
export function heartbeatFrame(
  subscriptions: ReadonlyMap<string, Subscription>,
): string | undefined {
  const positions: [id: string, sequence: number][] = [];
  for (const [id, subscription] of subscriptions) {
    const { stream, reported } = subscription;
    if (!stream || stream.position <= reported) continue;
    subscription.reported = stream.position;
    positions.push([id, stream.position]);
  }
  if (positions.length === 0) return undefined;
  return JSON.stringify({ type: 'heartbeat', positions: Object.fromEntries(positions) });
}
