import type { Client } from '../../services/core/client.ts';
import type { Event } from '../../services/core/events/event.ts';
import { createMetronome, type Pacer } from '../generator/metronome.ts';
import { runOpenLoop } from '../generator/open-loop.ts';
import { uniformSchedule } from '../generator/schedule.ts';
import { countedBetween } from '../link/link-count.ts';
import { connectLinks } from '../link/links.ts';
import type { DeliverySample } from '../result/result.ts';
import type { WireName } from '../result/wires.ts';
import { createHistogram, encodeHistogram, recordMs } from '../statistics/histogram.ts';
import { adminKey, connectClient, openClient, portOf } from '../subject/clients.ts';
import { metered } from '../subject/meter.ts';
import { createOne } from '../subject/payments.ts';
import { proveEqual } from './proof.ts';
import { check, type TrialSetup } from './scenario.ts';
import { type Watcher, watch } from './watcher.ts';

/** Events are published at a steady rate, and every watcher should get each of them. */

export const eventsPerSecond = 100;
export const pollMs = 250;
const warmUpMs = 100;
const stragglersMs = 1500;
const countedEvents = 10;
/** Streams opened to see how long the first event takes. */
const openings = 5;

/** Creates a payment, which is one event. The number comes back in the event. */
const publish = (publisher: Client, number: string) =>
  createOne(publisher, { amount: 100, metadata: { number } });

const numberOf = ({ data }: Event): string | undefined =>
  data.kind === 'payment' ? data.payment.metadata.number : undefined;

/** Publishes for a time. @param onCall gets the number of an event and its intended time */
const publishFor = (
  durationMs: number,
  on: { readonly publisher: Client; readonly pacer: Pacer; readonly series: string },
  onCall: (number: string, intendedMs: number) => void = () => {},
) =>
  runOpenLoop({
    schedule: uniformSchedule(eventsPerSecond, durationMs),
    pacer: on.pacer,
    call: (index, intendedMs) => {
      const number = `${on.series} ${index}`;
      onCall(number, intendedMs);
      return publish(on.publisher, number);
    },
    maxInFlight: 64,
    timeoutMs: stragglersMs,
  });

/** Resolves when `done` holds, or after a while. */
async function untilDone(done: () => boolean): Promise<void> {
  const endMs = performance.now() + stragglersMs;
  while (!done() && performance.now() < endMs) await new Promise((wake) => setTimeout(wake, 5));
}

/** Bytes that an event takes to and from one watcher, at the rate of the trial. */
async function bytesPerEvent(
  { address, link }: TrialSetup,
  wire: WireName,
  publisher: Client,
  pacer: Pacer,
) {
  const { host, ca, key = adminKey } = address;
  const links = await connectLinks(link.controlPort);
  const counting = await links.open({ host, targetPort: portOf(address, wire), rttMs: 0 });
  const watcher = await watch(await openClient(wire, counting.port, { pollMs, ca, key }));
  const before = await counting.count();
  const durationMs = (countedEvents / eventsPerSecond) * 1000;
  await publishFor(durationMs, { publisher, pacer, series: 'counted' });
  await untilDone(() => watcher.events.length >= countedEvents);
  const spent = countedBetween(before, await counting.count());
  await watcher.close();
  await links.close();
  return {
    sentBytesPerEvent: spent.sentBytes / countedEvents,
    receivedBytesPerEvent: spent.receivedBytes / countedEvents,
  };
}

/** How long a new client takes from its start to an event that is already there. */
async function measureFirstEvents({ address }: TrialSetup, wire: WireName, after: number) {
  const firstEvent = createHistogram();
  for (let opening = 0; opening < openings; opening += 1) {
    const startedMs = performance.now();
    const client = await connectClient(address, wire, { pollMs });
    const stop = new AbortController();
    const stream = await client.watchEvents({ after, types: [] }, { signal: stop.signal });
    for await (const _event of stream) {
      // The first opening loads the client's code.
      if (opening > 0) recordMs(firstEvent, performance.now() - startedMs);
      break;
    }
    stop.abort();
    await client.close();
  }
  return firstEvent;
}

const misplaced = (events: readonly Event[]): number =>
  events.filter((event, at) => at > 0 && event.sequence <= (events[at - 1]?.sequence ?? 0)).length;

/** Checks that every watcher got the same events, and that the list has them. */
async function proveStreams(publisher: Client, watchers: readonly Watcher[]): Promise<void> {
  for (const { events } of watchers) {
    const [first] = events;
    check(first !== undefined, 'each watcher to get events');
    let after = (first?.sequence ?? 1) - 1;
    const listed: Event[] = [];
    while (listed.length < events.length) {
      const page = await publisher.listEvents({ after, limit: 100 });
      listed.push(...page.items);
      after = page.items.at(-1)?.sequence ?? after;
      if (!page.hasMore) break;
    }
    proveEqual(events, listed.slice(0, events.length));
  }
}

/** @param count how many watch; without watchers, publishing alone is measured */
export async function measureDelivery(
  setup: TrialSetup,
  { wire, count, durationMs }: { wire: WireName; count: number; durationMs: number },
): Promise<DeliverySample> {
  const { address } = setup;
  const publisher = await connectClient(address, 'rest', { connections: 8 });
  const pacer = await createMetronome();
  const delay = createHistogram();
  const intended = new Map<string, number>();
  const onEvent = (event: Event) => {
    const at = intended.get(numberOf(event) ?? '');
    if (at !== undefined) recordMs(delay, performance.now() - at);
  };
  const bytes =
    count > 0
      ? await bytesPerEvent(setup, wire, publisher, pacer)
      : { sentBytesPerEvent: 0, receivedBytesPerEvent: 0 };
  const watchers = await Promise.all(
    Array.from({ length: count }, async () =>
      watch(await connectClient(address, wire, { pollMs }), onEvent),
    ),
  );
  try {
    const warm = await publishFor(warmUpMs, { publisher, pacer, series: 'warm' });
    const { result: timed, spent } = await metered(address, async () => {
      const on = { publisher, pacer, series: 'timed' };
      const run = await publishFor(durationMs, on, (number, ms) => intended.set(number, ms));
      await untilDone(() => delay.totalCount >= run.completed * count);
      return run;
    });
    check(warm.failed + timed.failed + timed.overflow === 0, 'every event to be published');
    await proveStreams(publisher, watchers);
    const newest = watchers[0]?.events.at(-1)?.sequence;
    const firstEvent =
      newest === undefined ? createHistogram() : await measureFirstEvents(setup, wire, newest - 1);
    return {
      watchers: count,
      published: timed.completed,
      delivered: delay.totalCount,
      missing: timed.completed * count - delay.totalCount,
      misplaced: watchers.reduce((sum, { events }) => sum + misplaced(events), 0),
      delay: encodeHistogram(delay),
      firstEvent: encodeHistogram(firstEvent),
      lateness: encodeHistogram(timed.lateness),
      serverCpuMicros: spent.cpuMicros,
      ...bytes,
    };
  } finally {
    await Promise.all(watchers.map((watcher) => watcher.close()));
    await Promise.all([pacer.close(), publisher.close()]);
  }
}
