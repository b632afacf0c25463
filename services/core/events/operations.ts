import { z } from 'zod';
import type { Principal } from '../caller.ts';
import { readOperation, streamOperation } from '../operation.ts';
import { page, stream } from '../output.ts';
import { invalidCursor, pageShape, toPage } from '../page.ts';
import { type EventType, eventTypes, resourceOf, scopeOfEvents } from './event.ts';
import { followEvents, requirePosition } from './follow.ts';

const sequence = z.int().min(0);
const types = z.array(z.enum(eventTypes)).max(eventTypes.length).default([]);

/**
 * Returns those of `wanted` that the key may read, because an event shows the resource that it is
 * about. Empty means every type; undefined means no type.
 */
function typesFor(
  { scopes }: Pick<Principal, 'scopes'>,
  wanted: readonly EventType[],
): readonly EventType[] | undefined {
  const readable = eventTypes.filter((type) => scopes.includes(scopeOfEvents(type)));
  const shown = wanted.length === 0 ? readable : readable.filter((type) => wanted.includes(type));
  if (shown.length === 0) return undefined;
  return shown.length === eventTypes.length ? [] : shown;
}

const listEvents = readOperation({
  name: 'listEvents',
  summary: 'Lists events after a sequence, oldest first, of resources that the key may read.',
  scope: 'events:read',
  tokens: 1,
  input: z.strictObject({
    ...pageShape,
    /** A sequence; the list starts with the event after it. A cursor is never before it. */
    after: sequence.default(0),
    /** Event types to include. Empty means all types. */
    types,
  }),
  output: page('event'),
  async run({ read, size, merchantId, principal, cursors }, input) {
    const { limit, cursor, after, types: wanted } = input;
    const binding = JSON.stringify(['listEvents', merchantId, wanted]);
    const from = cursor === undefined ? after : Number(cursors.open(cursor, binding).value);
    if (from < after) throw invalidCursor();
    const shown = typesFor(principal, wanted);
    const range = shown
      ? await read.eventsAfter(from, shown, limit + 1)
      : { events: [], through: from, hasMore: false };
    if (range.events.length === 0 && from > 0) {
      requirePosition(from, await read.lastSequence());
    }
    const seal = (at: number) => cursors.seal({ value: at, id: '' }, binding);
    const early = range.hasMore ? seal(range.through) : undefined;
    return toPage(size, range.events, limit, (last) => seal(last.sequence), early, resourceOf);
  },
});

const watchEvents = streamOperation({
  name: 'watchEvents',
  summary:
    'Streams events as they are committed, of resources that the key may read; resumes after a' +
    ' sequence without gap or repeat.',
  scope: 'events:read',
  tokens: 1,
  input: z.strictObject({
    /** The sequence to resume after. If omitted, only new events are delivered. */
    after: sequence.optional(),
    types,
  }),
  output: stream('event'),
  run({ read, feed, merchantId, principal, signal, pace }, input) {
    const shown = typesFor(principal, input.types);
    return followEvents({ read, feed, merchantId, signal, pace, after: input.after, types: shown });
  },
});

/** The operations on events. */
export const eventOperations = {
  listEvents,
  watchEvents,
};
