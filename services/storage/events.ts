import type { Event } from '../core/events/event.ts';
import type { EventRange, EventReads, EventWrites } from '../core/events/store.ts';
import type { Dialect } from './dialect.ts';
import { insertInto } from './merchant-queries.ts';
import type { MerchantTables } from './merchants.ts';
import { compile, type Prepare } from './query.ts';
import {
  firstOf,
  integer,
  json,
  nullableGroup,
  readerOf,
  type TablesOf,
  tableOf,
  text,
} from './table.ts';
import type { OfMerchant } from './views.ts';

export const events = tableOf<Event>()(
  'events',
  { id: text(), sequence: integer(), type: text(), createdAt: integer(), data: json() },
  { merchantId: text() },
);
type EventTables = TablesOf<typeof events>;

/** Maximum events that a read skips to find wanted ones. */
export const steppedEvents = 2000;

/** An event of a wanted type, beside the merchant's newest sequence. */
interface TypedEvent {
  /** Null if there is no such event. */
  readonly event: Event | null;
  readonly lastSequence: number;
}
const readTyped = readerOf<TypedEvent>({
  event: nullableGroup(events.own),
  lastSequence: integer(),
});

interface TypedValues {
  readonly merchantId: string;
  readonly after: number;
  readonly upTo: number;
  readonly types: string;
  readonly limit: number;
}

/**
 * Reads events of some types within a range of the log, each with the merchant's newest sequence;
 * returns one row without an event if the range has none. An index finds them that holds their type
 * and no large column.
 */
const eventsOfTypesAfter = ({ builder, byIndex, among }: Dialect) =>
  compile<TypedValues, TypedEvent>(
    (values) =>
      builder
        .$extendTables<MerchantTables & EventTables>()
        .selectFrom('merchants')
        .leftJoin(
          byIndex<EventTables['events'], 'stepped'>('events', 'events_by_type', 'stepped'),
          (join) =>
            join
              .on('stepped.merchant_id', '=', values.merchantId)
              .on('stepped.sequence', '>', values.after)
              .on('stepped.sequence', '<=', values.upTo)
              .on((eb) => among(eb.ref('stepped.type'), values.types)),
        )
        .leftJoin('events', (join) =>
          join
            .on('events.merchant_id', '=', values.merchantId)
            .onRef('events.sequence', '=', 'stepped.sequence'),
        )
        .select(events.names.map((name) => `events.${name}` as const))
        .select('merchants.last_sequence')
        .where('merchants.id', '=', values.merchantId)
        .orderBy('stepped.sequence')
        .limit(values.limit),
    readTyped,
  );

export function eventQueries(dialect: Dialect) {
  const db = dialect.builder.$extendTables<MerchantTables & EventTables>();
  return {
    eventsAfter: compile<{ merchantId: string; after: number; limit: number }, Event>(
      ({ merchantId, after, limit }) =>
        db
          .selectFrom('events')
          .select(events.names)
          .where('merchant_id', '=', merchantId)
          .where('sequence', '>', after)
          .orderBy('sequence')
          .limit(limit),
      events.fromRow,
    ),
    eventsOfTypesAfter: eventsOfTypesAfter(dialect),
    lastSequence: compile<{ merchantId: string }, number>(
      ({ merchantId }) =>
        db.selectFrom('merchants').select('last_sequence').where('id', '=', merchantId),
      firstOf(integer()),
    ),
    /** Locks the merchant's row in databases that lock rows: sequences are assigned one by one. */
    nextSequence: compile<{ merchantId: string }, number>(
      ({ merchantId }) =>
        db
          .updateTable('merchants')
          .set((eb) => ({ last_sequence: eb('last_sequence', '+', 1) }))
          .where('id', '=', merchantId)
          .returning('last_sequence'),
      firstOf(integer()),
    ),
    insertEvent: insertInto<EventTables['events']>(dialect, events),
  };
}
type Queries = ReturnType<typeof eventQueries>;

export function eventReads(
  prepare: Prepare,
  queries: Queries,
  { listOf }: Dialect,
): EventReads & ThisType<OfMerchant> {
  const all = prepare(queries.eventsAfter);
  const ofTypes = prepare(queries.eventsOfTypesAfter);
  const last = prepare(queries.lastSequence);
  return {
    async eventsAfter(after, types, limit) {
      const { merchantId } = this;
      if (types.length === 0)
        return wholeRange(await all.all({ merchantId, after, limit }), after, limit);
      const upTo = Math.min(after + steppedEvents, Number.MAX_SAFE_INTEGER);
      const values = { merchantId, after, upTo, types: listOf(types), limit };
      return typedRange(await ofTypes.all(values), values);
    },
    async lastSequence() {
      return (await last.get({ merchantId: this.merchantId })) ?? 0;
    },
  };
}

const wholeRange = (found: readonly Event[], after: number, limit: number): EventRange => ({
  events: found,
  through: found.at(-1)?.sequence ?? after,
  hasMore: found.length === limit,
});

function typedRange(
  rows: readonly TypedEvent[],
  { after, upTo, limit }: Pick<TypedValues, 'after' | 'upTo' | 'limit'>,
): EventRange {
  // A merchant that does not exist has no row.
  const lastSequence = rows[0]?.lastSequence ?? after;
  const found = rows.flatMap(({ event }) => event ?? []);
  const through =
    found.length === limit
      ? (found.at(-1)?.sequence ?? after)
      : Math.max(after, Math.min(upTo, lastSequence));
  return { events: found, through, hasMore: through < lastSequence };
}

/** @param appended gets each event, to be announced after its commit */
export function eventWrites(
  prepare: Prepare,
  queries: Queries,
  appended: (merchantId: string, event: Event) => void,
): EventWrites & ThisType<OfMerchant> {
  const nextSequence = prepare(queries.nextSequence);
  const insert = prepare(queries.insertEvent);
  return {
    async appendEvent(draft) {
      const { merchantId } = this;
      const sequence = await nextSequence.get({ merchantId });
      if (!sequence) throw new Error(`expected merchant ${merchantId} to exist, found none`);
      const event: Event = { ...draft, sequence };
      await insert.run(events.toRow(event, this));
      appended(merchantId, event);
      return event;
    },
  };
}
