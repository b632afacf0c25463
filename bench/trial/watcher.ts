import type { Event } from '../../services/core/events/event.ts';
import type { WireName } from '../result/wires.ts';
import type { SubjectClients } from '../subject/clients.ts';

/** A client that watches events, over a connection of its own. */
export interface Watcher {
  /** Those that came so far. */
  readonly events: readonly Event[];
  close(): Promise<void>;
}

/** Watches every event from now on. A stream that fails ends; its events are then missing. */
export async function watch(
  client: SubjectClients[WireName],
  onEvent: (event: Event) => void = () => {},
): Promise<Watcher> {
  const stop = new AbortController();
  const stream = await client.watchEvents({ types: [] }, { signal: stop.signal });
  const events: Event[] = [];
  const reading = (async () => {
    for await (const event of stream) {
      onEvent(event);
      events.push(event);
    }
  })();
  reading.catch(() => {});
  return {
    events,
    async close() {
      stop.abort();
      await reading.catch(() => {});
      await client.close();
    },
  };
}
