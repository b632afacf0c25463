import { z } from 'zod';
import { readOperation, streamOperation } from '../operation.ts';
import { defaultPageSize, maxPageSize, type Page, toPage } from '../page.ts';
import { type Event, eventTypes } from './event.ts';
import { followEvents } from './follow.ts';

const sequence = z.int().min(0);
const types = z.array(z.enum(eventTypes)).max(eventTypes.length).default([]);

export const listEvents = readOperation({
  name: 'listEvents',
  summary: 'Lists events after a sequence, oldest first.',
  scope: 'events:read',
  price: 1,
  input: z.strictObject({
    limit: z.int().min(1).max(maxPageSize).default(defaultPageSize),
    /** A sequence; the list starts with the event after it. The cursor of this list. */
    after: sequence.default(0),
    /** All types, where empty. */
    types,
  }),
  async run({ read, merchantId }, { limit, after, types: wanted }): Promise<Page<Event>> {
    const range = await read.eventsAfter(merchantId, after, wanted, limit + 1);
    const earlyCursor = range.hasMore ? String(range.through) : undefined;
    return toPage(range.events, limit, (last) => String(last.sequence), earlyCursor);
  },
});

export const watchEvents = streamOperation({
  name: 'watchEvents',
  summary: 'Streams events as they are committed; resumes after a sequence without gap or repeat.',
  scope: 'events:read',
  price: 1,
  input: z.strictObject({
    /** A sequence to resume after; only what is still to come, where absent. */
    after: sequence.optional(),
    types,
  }),
  run: ({ read, feed, merchantId, signal }, input): Promise<AsyncIterable<Event>> =>
    followEvents({ read, feed, merchantId, signal, ...input }),
});
