import type { Awaitable } from '../awaitable.ts';
import type { Event, EventDraft, EventType } from './event.ts';

/** The part of a merchant's event log that one read looked at. */
export interface EventRange {
  readonly events: readonly Event[];
  /** `events` has every wanted event after the requested position, up to this sequence. */
  readonly through: number;
  /** False if `through` is the end of the log; true if there is more, or may be. */
  readonly hasMore: boolean;
}

/** Reads of one merchant's events. */
export interface EventReads {
  /**
   * Events with a sequence above `after`, oldest first; all types when `types` is empty. Looks at
   * 2,000 sequences at most, so it may find fewer events than `limit` before the end of the log.
   */
  eventsAfter(after: number, types: readonly EventType[], limit: number): Awaitable<EventRange>;
  /** Sequence of the merchant's newest event; 0 if there is none. */
  lastSequence(): Awaitable<number>;
}

export interface EventWrites {
  /** Gives the event the merchant's next sequence; announced to `onCommit` after the commit. */
  appendEvent(draft: EventDraft): Promise<Event>;
}

export interface CommittedEvents {
  readonly merchantId: string;
  readonly events: readonly Event[];
}

/** Reports commits as they are made. */
export interface Commits {
  /** Calls `listener` after each commit that appended events, in order of sequence. */
  onCommit(listener: (committed: CommittedEvents) => void): void;
  /** Calls `listener` within half a second after another process committed to the database. */
  onForeignCommit(listener: () => void): void;
}
