import { setImmediate as nextTurn } from 'node:timers/promises';
import { onceAtATime } from '../once-at-a-time.ts';
import type { Event } from './event.ts';
import type { Commits, EventReads } from './store.ts';

/** Reports each commit to those who watch a merchant's events. */
export interface EventFeed {
  /**
   * @param onElsewhere called after another process committed events of the merchant that
   *   `listener` does not get, but the store has
   * @returns a function that ends the subscription
   */
  subscribe(
    merchantId: string,
    listener: (events: readonly Event[]) => void,
    onElsewhere?: () => void,
  ): () => void;
  /** Called after `subscribe`, with the sequence of the newest event that the reader knows of. */
  startsAt(merchantId: string, sequence: number): void;
}

/** A merchant that is being watched. */
interface Watched {
  readonly listeners: Set<(events: readonly Event[]) => void>;
  readonly elsewhere: Set<() => void>;
  /** Everything up to this sequence was announced, or read by all readers; undefined if unknown. */
  announced: number | undefined;
}

/** If another process committed more events than this, each reader reads them itself, in pages. */
const sharedEvents = 100;
const pauseMs = 50;

/**
 * A feed over the store's commits. Commits of another process are read once for all readers, and
 * only for merchants that are watched, so that thousands of streams do not each query the store
 * whenever another process commits.
 */
export function createEventFeed(
  store: Commits & { of(merchantId: string): EventReads },
): EventFeed {
  const merchants = new Map<string, Watched>();
  store.onCommit(({ merchantId, events }) => {
    const watched = merchants.get(merchantId);
    if (!watched) return;
    const [first] = events;
    // If events of another process lie between, the next check finds them.
    if (first && first.sequence - 1 === watched.announced) noteAnnounced(watched, events);
    for (const listener of watched.listeners) listener(events);
  });
  store.onForeignCommit(
    onceAtATime(async () => {
      for (const [merchantId, watched] of [...merchants]) {
        await lookElsewhere(store.of(merchantId), watched);
        // Yields to the event loop: a store that returns synchronously would block all other work
        // until the last merchant.
        await nextTurn();
      }
    }, pauseMs),
  );
  return {
    subscribe(merchantId, listener, onElsewhere) {
      const watched = merchants.get(merchantId) ?? {
        listeners: new Set(),
        elsewhere: new Set(),
        announced: undefined,
      };
      merchants.set(merchantId, watched);
      watched.listeners.add(listener);
      // Wraps the listener in a new function for each subscription, so that ending one does not end
      // another.
      const hear = onElsewhere && (() => onElsewhere());
      if (hear) watched.elsewhere.add(hear);
      return () => {
        if (hear) watched.elsewhere.delete(hear);
        watched.listeners.delete(listener);
        if (watched.listeners.size === 0 && merchants.get(merchantId) === watched) {
          merchants.delete(merchantId);
        }
      };
    },
    startsAt(merchantId, sequence) {
      const watched = merchants.get(merchantId);
      // Of several readers, the one that is furthest behind counts.
      if (watched) watched.announced = Math.min(watched.announced ?? sequence, sequence);
    },
  };
}

function noteAnnounced(watched: Watched, events: readonly Event[]): void {
  watched.announced = events.at(-1)?.sequence ?? watched.announced;
}

/** Announces the new events of one merchant, if there are any. Never fails. */
async function lookElsewhere(read: EventReads, watched: Watched): Promise<void> {
  const since = watched.announced;
  try {
    if (since !== undefined) {
      const { events, hasMore } = await read.eventsAfter(since, [], sharedEvents + 1);
      if (!hasMore) {
        if (events.length === 0) return;
        // Own commits may have been announced meanwhile; a reader skips events that it already has.
        noteAnnounced(watched, events);
        for (const listener of watched.listeners) listener(events);
        return;
      }
    }
    watched.announced = await read.lastSequence();
  } catch {
    // Each reader then reads the store itself, and fails with the store's own error.
    watched.announced = undefined;
  }
  for (const hear of watched.elsewhere) hear();
}
