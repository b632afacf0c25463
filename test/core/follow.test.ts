import { expect, test } from 'vitest';
import type { Event } from '../../services/core/events/event.ts';
import { bufferedEvents, followEvents } from '../../services/core/events/follow.ts';

/** A log in memory, and a hand on when its commits are announced. */
function createLog() {
  const log: Event[] = [];
  let listener: ((events: readonly Event[]) => void) | undefined;
  let reads = 0;
  return {
    append(count: number): Event[] {
      const added = Array.from(
        { length: count },
        (_, i): Event => ({
          id: `evt_${log.length + i + 1}`,
          sequence: log.length + i + 1,
          type: i % 2 === 0 ? 'customer.created' : 'refund.created',
          createdAt: 0,
          data: {
            kind: 'customer',
            customer: {
              id: 'c',
              name: 'n',
              email: null,
              country: null,
              metadata: {},
              createdAt: 0,
            },
          },
        }),
      );
      log.push(...added);
      return added;
    },
    announce: (events: readonly Event[]) => listener?.(events),
    subscribers: () => (listener ? 1 : 0),
    reads: () => reads,
    feed: {
      subscribe(_merchant: string, subscriber: (events: readonly Event[]) => void) {
        listener = subscriber;
        return () => {
          listener = undefined;
        };
      },
      startsAt() {},
    },
    read: {
      lastSequence: async () => log.length,
      async eventsAfter(after: number, _types: unknown, limit: number) {
        reads += 1;
        const events = log.slice(after, after + limit);
        const through = after + events.length;
        return { events, through, hasMore: through < log.length };
      },
    },
  };
}

const follow = (
  log: ReturnType<typeof createLog>,
  signal: AbortSignal,
  options: {
    after?: number;
    types?: Event['type'][];
    pace?: (tokens: number) => Promise<void>;
  } = {},
) =>
  followEvents({
    read: log.read,
    feed: log.feed,
    merchantId: 'm',
    types: options.types ?? [],
    after: options.after,
    signal,
    pace: options.pace ?? (async () => {}),
  });

async function take(events: AsyncIterable<Event>, count: number): Promise<number[]> {
  const iterator = events[Symbol.asyncIterator]();
  const seen: number[] = [];
  while (seen.length < count) {
    const next = await iterator.next();
    if (next.done) break;
    seen.push(next.value.sequence);
  }
  return seen;
}

const upTo = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i);

test('a stream delivers history and then new commits, each once and in order', async () => {
  const log = createLog();
  log.append(250);
  const end = new AbortController();
  const events = await follow(log, end.signal, { after: 100 });
  log.announce(log.append(5));
  expect(await take(events, 155)).toEqual(upTo(101, 255));
  log.announce(log.append(1));
  expect(await take(events, 1)).toEqual([256]);
  end.abort();
});

test('a stream without a start position delivers only events after the subscription', async () => {
  const log = createLog();
  log.append(10);
  const end = new AbortController();
  const events = await follow(log, end.signal);
  log.announce(log.append(3));
  expect(await take(events, 3)).toEqual([11, 12, 13]);
  expect(log.reads()).toBe(0);
  end.abort();
});

test('a reader that falls behind by more than the buffer reads from the store and loses nothing', async () => {
  const log = createLog();
  const end = new AbortController();
  const events = await follow(log, end.signal);
  for (let i = 0; i < 30; i += 1) log.announce(log.append(100));
  expect(3000).toBeGreaterThan(bufferedEvents);
  expect(await take(events, 3000)).toEqual(upTo(1, 3000));
  expect(log.reads()).toBeGreaterThan(0);
  end.abort();
});

test('commits that are announced out of order are read from the store in order', async () => {
  const log = createLog();
  const end = new AbortController();
  const events = await follow(log, end.signal);
  const [first, second] = [log.append(1), log.append(1)];
  log.announce(second);
  log.announce(first);
  expect(await take(events, 2)).toEqual([1, 2]);
  end.abort();
});

test('events of other types are skipped and do not delay the rest', async () => {
  const log = createLog();
  const end = new AbortController();
  const events = await follow(log, end.signal, { types: ['refund.created'] });
  log.announce(log.append(6));
  expect(await take(events, 3)).toEqual([2, 4, 6]);
  end.abort();
});

test('aborting ends the iteration and the subscription, even before the first read', async () => {
  const log = createLog();
  const end = new AbortController();
  const events = await follow(log, end.signal);
  const waiting = take(events, 1);
  end.abort();
  expect(await waiting).toEqual([]);
  expect(log.subscribers()).toBe(0);
  const never = new AbortController();
  await follow(log, never.signal);
  never.abort();
  expect(log.subscribers()).toBe(0);
});

test('a replay waits for one token per 20 events and lets other work run in between', async () => {
  const log = createLog();
  log.append(1000);
  const end = new AbortController();
  const gate = Promise.withResolvers<void>();
  let tokens = 0;
  let turns = 0;
  const pace = async (more: number) => {
    tokens += more;
    if (tokens > 20) await gate.promise;
  };
  const turn = () => {
    turns += 1;
    if (!end.signal.aborted) setImmediate(turn);
  };
  setImmediate(turn);
  const events = (await follow(log, end.signal, { after: 0, pace }))[Symbol.asyncIterator]();
  for (let i = 0; i < 400; i += 1) await events.next();
  const waiting = events.next();
  await expect.poll(() => tokens).toBe(25);
  gate.resolve();
  expect((await waiting).value?.sequence).toBe(401);
  for (let i = 401; i < 1000; i += 1) await events.next();
  expect(tokens).toBe(50);
  expect(turns).toBeGreaterThanOrEqual(9);
  end.abort();
});

test('a stream reports its start and its position, even past events of other types', async () => {
  const log = createLog();
  log.append(3);
  const end = new AbortController();
  const stream = await follow(log, end.signal, { types: ['refund.created'] });
  expect([stream.start, stream.position]).toEqual([3, 3]);
  const first = stream[Symbol.asyncIterator]().next();
  log.announce(log.append(3));
  expect((await first).value?.sequence).toBe(5);
  expect(stream.position).toBe(5);
  const second = stream[Symbol.asyncIterator]().next();
  await expect.poll(() => stream.position).toBe(6);
  end.abort();
  await second;
});

test('a position that does not exist yet is refused by name', async () => {
  const log = createLog();
  log.append(3);
  const end = new AbortController();
  await expect(follow(log, end.signal, { after: 4 })).rejects.toMatchObject({
    code: 'position_out_of_range',
    details: { metadata: { after: '4', lastSequence: '3' } },
  });
  expect(log.subscribers()).toBe(0);
});
