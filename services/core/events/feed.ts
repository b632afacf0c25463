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

/** Of one merchant that somebody watches. */
interface Watched {
  readonly listeners: Set<(events: readonly Event[]) => void>;
  readonly elsewhere: Set<() => void>;
  /** Everything up to this sequence was announced, or read by all; undefined: not known. */
  announced: number | undefined;
}

/** More events of another process than these are read by each reader for itself, in pages. */
const sharedEvents = 100;
const pauseMs = 50;

/**
 * A feed over the store's commits. What another process committed is read once for all who watch,
 * and only of merchants that are watched: thousands of streams must not ask the store each
 * time that somebody else is busy.
 */
export function createEventFeed(
  store: Commits & { of(merchantId: string): EventReads },
): EventFeed {
  const merchants = new Map<string, Watched>();
  store.onCommit(({ merchantId, events }) => {
    const watched = merchants.get(merchantId);
    if (!watched) return;
    const [first] = events;
    // Where events of another process lie between, the next look has them.
    if (first && first.sequence - 1 === watched.announced) noteAnnounced(watched, events);
    for (const listener of watched.listeners) listener(events);
  });
  store.onForeignCommit(
    onceAtATime(async () => {
      for (const [merchantId, watched] of [...merchants]) {
        await lookElsewhere(store.of(merchantId), watched);
        // A store that answers at once would keep everybody else waiting until the last merchant.
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
      // A function of its own for each subscription, so that one that ends takes no other with it.
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
      // Of several readers the one that knows least counts.
      if (watched) watched.announced = Math.min(watched.announced ?? sequence, sequence);
    },
  };
}

function noteAnnounced(watched: Watched, events: readonly Event[]): void {
  watched.announced = events.at(-1)?.sequence ?? watched.announced;
}

/** Announces what is new of one merchant, if anything is. Never fails. */
async function lookElsewhere(read: EventReads, watched: Watched): Promise<void> {
  const since = watched.announced;
  try {
    if (since !== undefined) {
      const { events, hasMore } = await read.eventsAfter(since, [], sharedEvents + 1);
      if (!hasMore) {
        if (events.length === 0) return;
        // Own commits may have been announced meanwhile; who has an event passes it over.
        noteAnnounced(watched, events);
        for (const listener of watched.listeners) listener(events);
        return;
      }
    }
    watched.announced = await read.lastSequence();
  } catch {
    // Each reader asks the store for itself, and fails with what is wrong there.
    watched.announced = undefined;
  }
  for (const hear of watched.elsewhere) hear();
}
