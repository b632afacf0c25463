import { setImmediate as nextTurn } from 'node:timers/promises';
import { PaymentsError } from '../errors.ts';
import type { Event, EventType } from './event.ts';
import type { EventFeed } from './feed.ts';
import type { EventReads } from './store.ts';

/**
 * Maximum events kept in memory for a reader that is behind; beyond it the reader reads the store.
 */
export const bufferedEvents = 1000;
const pageOfEvents = 100;
/** What one rate-limit token covers in a replay: events, and rows that are skipped. */
const eventsOfToken = 20;
const rowsOfToken = 2000;

/** The events of a merchant as they come; can be iterated once. */
export interface EventStream extends AsyncIterable<Event> {
  /**
   * The stream delivers every wanted event after this sequence; known before the first event is.
   */
  readonly start: number;
  /**
   * Up to this sequence every wanted event was delivered, so a reader that is cut off now can
   * resume after it. Unwanted events advance it too.
   */
  readonly position: number;
}

/** `stream`, iterated by `items` instead. */
export const withItems = (stream: EventStream, items: AsyncIterator<Event>): EventStream => ({
  start: stream.start,
  get position() {
    return stream.position;
  },
  [Symbol.asyncIterator]: () => items,
});

/** @throws PaymentsError `position_out_of_range` */
export function requirePosition(after: number, lastSequence: number): void {
  if (after <= lastSequence) return;
  throw new PaymentsError(
    'position_out_of_range',
    `Expected a position up to ${lastSequence}, the newest event, got ${after}.`,
    { metadata: { after: String(after), lastSequence: String(lastSequence) } },
  );
}

/**
 * Streams all events after `after`, in order, each once, until `signal` aborts. Resolves when
 * subscribed: events committed after that are delivered. A reader that keeps up is served from
 * memory; one that falls behind by more than `bufferedEvents` reads the store again, so that a slow
 * reader costs bounded memory and loses nothing. Abort `signal` to end the stream.
 *
 * @param options.types the types to deliver; empty means all types, undefined means no type
 * @param options.pace takes rate-limit tokens for what is read from the store
 * @throws PaymentsError `position_out_of_range`
 */
export async function followEvents(options: {
  readonly read: EventReads;
  readonly feed: EventFeed;
  readonly merchantId: string;
  readonly after?: number | undefined;
  readonly types: readonly EventType[] | undefined;
  readonly signal: AbortSignal;
  readonly pace: (tokens: number) => Promise<void>;
}): Promise<EventStream> {
  const { read, types = [], signal } = options;
  const inbox = openInbox(options);
  let start: number;
  try {
    // Read after subscribing, so that no event is missed in between.
    const lastSequence = await read.lastSequence();
    start = options.after ?? lastSequence;
    requirePosition(start, lastSequence);
    options.feed.startsAt(options.merchantId, lastSequence);
  } catch (error) {
    inbox.close();
    throw error;
  }

  const wants =
    types.length > 0
      ? ({ type }: Event) => types.includes(type)
      : () => options.types !== undefined;
  const takeTokens = tokensFor(options.pace);
  let position = start;
  /** Whether the reader asked for past events, or was too slow for current ones. */
  let replaying = options.after !== undefined;
  let behind = replaying;

  async function* fromStore(): AsyncGenerator<Event, void, void> {
    const range = options.types
      ? await read.eventsAfter(position, types, pageOfEvents)
      : { events: [], through: await read.lastSequence(), hasMore: false };
    if (replaying) await takeTokens(range.events.length, range.through - position);
    for (const event of range.events) {
      if (signal.aborted) return;
      position = event.sequence;
      yield event;
    }
    position = Math.max(position, range.through);
    behind = range.hasMore;
    if (!behind) replaying = false;
    // Yields to the event loop: a store that returns synchronously would block all other work until
    // the last page.
    else await nextTurn();
  }

  async function* follow(): AsyncGenerator<Event, void, void> {
    try {
      while (!signal.aborted) {
        if (behind) {
          yield* fromStore();
          continue;
        }
        if (inbox.overflowed) {
          behind = true;
          replaying ||= inbox.overflowed === 'slow reader';
          inbox.clear();
          continue;
        }
        const batch = inbox.take();
        if (batch.length === 0) await inbox.filled();
        for (const event of batch) {
          if (event.sequence <= position) continue;
          if (event.sequence > position + 1) {
            // Commits of several processes may be announced out of order; the store has the missing
            // ones.
            behind = true;
            break;
          }
          position = event.sequence;
          if (wants(event)) yield event;
          if (signal.aborted) return;
        }
      }
    } finally {
      inbox.close();
    }
  }

  const items = follow();
  return {
    start,
    get position() {
      return position;
    },
    [Symbol.asyncIterator]: () => items,
  };
}

/** Counts what a replay reads, and takes tokens for it. */
function tokensFor(pace: (tokens: number) => Promise<void>) {
  let owed = 0;
  return async (events: number, rows: number): Promise<void> => {
    owed += Math.max(events / eventsOfToken, rows / rowsOfToken);
    const tokens = Math.floor(owed);
    owed -= tokens;
    if (tokens > 0) await pace(tokens);
  };
}

/** The announcements for one reader, until `signal` aborts. */
function openInbox({
  feed,
  merchantId,
  signal,
}: {
  readonly feed: EventFeed;
  readonly merchantId: string;
  readonly signal: AbortSignal;
}) {
  let buffer: Event[] = [];
  let overflowed: 'slow reader' | 'other process' | undefined;
  let wake: () => void = () => {};

  const unsubscribe = feed.subscribe(
    merchantId,
    (events) => {
      if (buffer.length + events.length > bufferedEvents) overflowed = 'slow reader';
      else if (!overflowed) buffer.push(...events);
      wake();
    },
    () => {
      // Commits of another process are not announced here, but the store has them.
      overflowed ??= 'other process';
      wake();
    },
  );
  const close = () => {
    signal.removeEventListener('abort', close);
    unsubscribe();
    wake();
  };
  signal.addEventListener('abort', close, { once: true });
  if (signal.aborted) close();

  return {
    close,
    get overflowed() {
      return overflowed;
    },
    clear() {
      buffer = [];
      overflowed = undefined;
    },
    take(): readonly Event[] {
      const taken = buffer;
      buffer = [];
      return taken;
    },
    /** Resolves at the next announcement, or when `signal` aborts. */
    filled: () =>
      new Promise<void>((resolve) => {
        wake = resolve;
        if (signal.aborted || buffer.length > 0 || overflowed) resolve();
      }),
  };
}
