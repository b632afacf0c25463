import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Reads } from '../ports.ts';
import type { Event, EventType } from './event.ts';
import type { EventFeed } from './feed.ts';

/** Events kept in memory for a reader that is behind; past it the reader goes back to the store. */
export const bufferedEvents = 1000;
const pageOfEvents = 100;

/**
 * All events after `after`, in order, each once, until `signal` aborts. Resolves when subscribed:
 * whatever is committed from then on is delivered. A reader that keeps up is served from memory;
 * one that falls behind by more than `bufferedEvents` reads the store again, so that a slow reader
 * costs bounded memory and loses nothing. Aborting `signal` is the way to end it.
 */
export async function followEvents(options: {
  readonly read: Pick<Reads, 'eventsAfter' | 'lastSequence'>;
  readonly feed: EventFeed;
  readonly merchantId: string;
  readonly after?: number | undefined;
  readonly types: readonly EventType[];
  readonly signal: AbortSignal;
}): Promise<AsyncIterable<Event>> {
  const { read, feed, merchantId, signal } = options;
  let buffer: Event[] = [];
  let overflowed = false;
  let wake: () => void = () => {};

  const unsubscribe = feed.subscribe(
    merchantId,
    (events) => {
      if (buffer.length + events.length > bufferedEvents) overflowed = true;
      else if (!overflowed) buffer.push(...events);
      wake();
    },
    () => {
      // Another process announces nothing here: the store has it.
      overflowed = true;
      wake();
    },
  );
  const end = () => {
    unsubscribe();
    wake();
  };
  signal.addEventListener('abort', end, { once: true });
  if (signal.aborted) end();

  // Read after subscribing, so that no event can fall between.
  const start = options.after ?? (await read.lastSequence(merchantId));
  const wanted = new Set(options.types);

  async function* follow(): AsyncGenerator<Event, void, void> {
    let last = start;
    let behind = options.after !== undefined;
    try {
      while (!signal.aborted) {
        let batch: readonly Event[];
        if (behind) {
          const range = await read.eventsAfter(merchantId, last, [], pageOfEvents);
          batch = range.events;
          behind = range.hasMore;
          // A store that answers at once would keep everybody else waiting until the last page.
          if (behind) await nextTurn();
        } else if (overflowed) {
          buffer = [];
          overflowed = false;
          behind = true;
          continue;
        } else if (buffer.length > 0) {
          batch = buffer;
          buffer = [];
        } else {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
          continue;
        }
        for (const event of batch) {
          if (event.sequence <= last) continue;
          if (event.sequence > last + 1) {
            // Commits of several processes may be announced out of order: the store has the rest.
            behind = true;
            break;
          }
          last = event.sequence;
          if (wanted.size === 0 || wanted.has(event.type)) yield event;
          if (signal.aborted) return;
        }
      }
    } finally {
      signal.removeEventListener('abort', end);
      unsubscribe();
    }
  }
  return follow();
}
