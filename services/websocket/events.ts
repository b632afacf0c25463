import type { Caller, Core } from '../core/invoke.ts';
import { eventText } from '../wire/event-text.ts';
import { decodeInput, outputs } from '../wire/json.ts';
import type { Handlers } from './calls.ts';
import type { FrameOf } from './frames.ts';
import type { Outbox } from './outbox.ts';

/** Events: what a `call` of each operation does. */
export const events: Handlers<'listEvents'> = {
  listEvents: async (core, caller, input) =>
    outputs.listEvents.encode(await core.invoke('listEvents', caller, decodeInput(input))),
};

/**
 * Serves one subscription until `caller.signal` aborts: `subscribed`, then an `event` frame each.
 * Events wait in the core while the peer is behind.
 *
 * @throws PaymentsError when the subscription is refused or the key was revoked
 */
export async function serveEvents(
  core: Core,
  caller: Caller & { readonly signal: AbortSignal },
  { id, type: _type, traceparent: _traceparent, ...input }: FrameOf<'subscribe'>,
  outbox: Outbox,
): Promise<void> {
  const { signal, requestId } = caller;
  const watched = await core.watch('watchEvents', caller, decodeInput(input));
  if (signal.aborted) return;
  outbox.send(JSON.stringify({ id, type: 'subscribed', request_id: requestId }));
  const head = `{"id":${JSON.stringify(id)},"type":"event","sequence":`;
  for await (const event of watched) {
    if (signal.aborted) return;
    outbox.send(`${head}${event.sequence},"event":${eventText(event)}}`);
    if (outbox.full) await outbox.drained;
  }
}
