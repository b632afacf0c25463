import { type Event, resourceOf } from '../core/events/event.ts';
import type { Page } from '../core/page.ts';
import { type ConnectionArgs, toConnection } from './connection.ts';
import { type GraphqlContext, invoke, withoutNulls } from './context.ts';
import { typeById } from './node.ts';

/** A sequence to start after. Core refuses what is not a number. */
const sequenceOf = (cursor: string | null | undefined): number | string | null =>
  typeof cursor === 'string' && /^-?\d+$/.test(cursor) && Number.isSafeInteger(Number(cursor))
    ? Number(cursor)
    : (cursor ?? null);

interface WatchArgs {
  readonly after?: string | null;
  readonly types?: readonly string[] | null;
}

/**
 * Wraps the core's stream with a `return` that takes effect at once: that of an async generator
 * would wait for the next event first. Its position is never after an event whose result is still
 * to be made or sent: only a reader that requests the next event is done with the one before.
 */
async function watch(
  { after, types }: WatchArgs,
  context: GraphqlContext,
): Promise<AsyncIterableIterator<Event>> {
  const { core, caller } = context;
  const ended = new AbortController();
  const signal = caller.signal ? AbortSignal.any([caller.signal, ended.signal]) : ended.signal;
  const input = withoutNulls({ after: sequenceOf(after), types: types ?? null });
  const events = await core.watch('watchEvents', { ...caller, signal }, input);
  const iterator = events[Symbol.asyncIterator]();
  let done = events.start;
  let waiting = false;
  context.watched = {
    start: events.start,
    get position() {
      return waiting ? events.position : done;
    },
  };
  const endable: AsyncIterableIterator<Event> = {
    async next() {
      done = events.position;
      waiting = true;
      try {
        return await iterator.next();
      } finally {
        waiting = false;
      }
    },
    async return() {
      ended.abort();
      await iterator.return?.();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]: () => endable,
  };
  return endable;
}

export const eventResolvers = {
  Query: {
    events: async (_root: unknown, args: ConnectionArgs, context: GraphqlContext) => {
      const { first, after, types } = args;
      const from = sequenceOf(after);
      const start = typeof from === 'number' ? { after: from } : { cursor: from };
      const input = { limit: first ?? null, ...start, types: types ?? null };
      const page: Page<Event> = await invoke(context, 'listEvents', withoutNulls(input));
      return toConnection(page, args);
    },
  },
  Subscription: {
    events: {
      subscribe: (_root: unknown, args: WatchArgs, context: GraphqlContext) => watch(args, context),
      resolve: (event: Event) => event,
    },
  },
  Event: { data: resourceOf },
  EventData: typeById,
};
