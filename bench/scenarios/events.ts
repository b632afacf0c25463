import { randomUUID } from 'node:crypto';
import type { Client } from '../../services/core/client.ts';
import type { Event } from '../../services/core/events/event.ts';
import { createMetronome } from '../generator/metronome.ts';
import { runOpenLoop } from '../generator/open-loop.ts';
import { uniformSchedule } from '../generator/schedule.ts';
import { countedBetween } from '../link/link-count.ts';
import { connectLinks } from '../link/links.ts';
import type { DeliverySample } from '../result/result.ts';
import { labels, type WireName } from '../result/wires.ts';
import { createHistogram, encodeHistogram, recordMs } from '../statistics/histogram.ts';
import { adminKey, type Clients, connectClient, openClient, portOf } from '../subject/clients.ts';
import { metered } from '../subject/meter.ts';
import { subjectOf } from '../trial/contenders.ts';
import { proveEqual } from '../trial/proof.ts';
import {
  type Contender,
  check,
  nothingMeasured,
  type Scenario,
  type TrialSetup,
} from '../trial/scenario.ts';
import { singlePhaseTrial } from '../trial/single-phase-trial.ts';

const watchersOfAll = 8;
const perSecond = 100;
const warmUpMs = 100;
const pollMs = 250;
const stragglersMs = 1500;
const countedEvents = 10;
/** Streams opened to see how long the first event takes. */
const openings = 9;

const contender = (wire: WireName, label: string = labels[wire]): Contender => ({
  name: wire,
  label,
  kind: 'room',
  wire,
  // Events are published over REST, whatever wire carries them to the watchers.
  subject: subjectOf(wire),
});

const nobody: Contender = {
  ...contender('rest', 'nobody watching'),
  name: 'nobody',
  kind: 'control',
};

const contenders: readonly Contender[] = [
  contender('sse'),
  { ...contender('sse', 'SSE again'), name: 'sse-again', kind: 'again' },
  contender('websocket'),
  contender('grpc'),
  contender('graphql', 'GraphQL subscription'),
  contender('rest', `REST, polling every ${pollMs} ms`),
  nobody,
];

/** Creates a payment, which is one event. The number comes back in the event. */
const publish = (publisher: Client, number: string) =>
  publisher.createPayment(
    { amount: 100, currency: 'GBP', paymentMethod: 'pm_card_ok', metadata: { number } },
    { idempotencyKey: randomUUID() },
  );

const numberOf = ({ data }: Event): string | undefined =>
  data.kind === 'payment' ? data.payment.metadata.number : undefined;

interface Watcher {
  readonly events: Event[];
  close(): Promise<void>;
}

async function watch(client: Clients[WireName], onEvent: (event: Event) => void): Promise<Watcher> {
  const stop = new AbortController();
  const stream = await client.watchEvents({ types: [] }, { signal: stop.signal });
  const events: Event[] = [];
  const reading = (async () => {
    for await (const event of stream) {
      onEvent(event);
      events.push(event);
    }
  })();
  // What a watcher lost is told by what it has not got.
  reading.catch(() => {});
  return {
    events,
    async close() {
      stop.abort();
      await reading.catch(() => {});
      await client.close();
    },
  };
}

/** Resolves when `done` holds, or after a while. */
async function untilDone(done: () => boolean): Promise<void> {
  const endMs = performance.now() + stragglersMs;
  while (!done() && performance.now() < endMs) await new Promise((wake) => setTimeout(wake, 5));
}

/** Bytes a watcher costs per event, at the rate of the scenario. */
async function bytesPerEvent({ address, link }: TrialSetup, wire: WireName, publisher: Client) {
  const { host, ca, key = adminKey } = address;
  const links = await connectLinks(link.controlPort);
  const counting = await links.open({ host, targetPort: portOf(address, wire), rttMs: 0 });
  const watcher = await watch(await openClient(wire, counting.port, { pollMs, ca, key }), () => {});
  const pacer = await createMetronome();
  const before = await counting.count();
  await runOpenLoop({
    schedule: uniformSchedule(perSecond, (countedEvents / perSecond) * 1000),
    pacer,
    call: (index) => publish(publisher, `counted ${index}`),
    maxInFlight: 64,
    timeoutMs: stragglersMs,
  });
  await untilDone(() => watcher.events.length >= countedEvents);
  const spent = countedBetween(before, await counting.count());
  await Promise.all([pacer.close(), watcher.close()]);
  await links.close();
  return {
    sentBytesPerEvent: spent.sentBytes / countedEvents,
    receivedBytesPerEvent: spent.receivedBytes / countedEvents,
  };
}

/** From the wish to listen to the first event, where one is waiting: connection and stream. */
async function measureFirstEvents({ address }: TrialSetup, wire: WireName, after: number) {
  const firstEvent = createHistogram();
  for (let opening = 0; opening < openings; opening += 1) {
    const askedMs = performance.now();
    const client = await connectClient(address, wire, { pollMs });
    const stop = new AbortController();
    const stream = await client.watchEvents({ after, types: [] }, { signal: stop.signal });
    for await (const _event of stream) {
      // The first opening loads the client's code.
      if (opening > 0) recordMs(firstEvent, performance.now() - askedMs);
      break;
    }
    stop.abort();
    await client.close();
  }
  return firstEvent;
}

const misplaced = (events: readonly Event[]): number =>
  events.filter((event, at) => at > 0 && event.sequence <= (events[at - 1]?.sequence ?? 0)).length;

async function measure(setup: TrialSetup, durationMs: number): Promise<DeliverySample> {
  const { address } = setup;
  const wire = contenders.find(({ name }) => name === setup.contender)?.wire ?? 'rest';
  const watched = setup.contender !== nobody.name;
  const publisher = await connectClient(address, 'rest', { connections: 8 });
  const pacer = await createMetronome();
  const delay = createHistogram();
  const intended = new Map<string, number>();
  const hear = (event: Event) => {
    const at = intended.get(numberOf(event) ?? '');
    if (at !== undefined) recordMs(delay, performance.now() - at);
  };
  const bytes = watched
    ? await bytesPerEvent(setup, wire, publisher)
    : { sentBytesPerEvent: 0, receivedBytesPerEvent: 0 };
  const watchers = await Promise.all(
    Array.from({ length: watched ? watchersOfAll : 0 }, async () =>
      watch(await connectClient(address, wire, { pollMs }), hear),
    ),
  );
  const publishing = (kind: string, forMs: number) =>
    runOpenLoop({
      schedule: uniformSchedule(perSecond, forMs),
      pacer,
      call: (index, intendedMs) => {
        if (kind === 'timed') intended.set(`timed ${index}`, intendedMs);
        return publish(publisher, `${kind} ${index}`);
      },
      maxInFlight: 64,
      timeoutMs: stragglersMs,
    });
  try {
    const warm = await publishing('warm', warmUpMs);
    const { result: timed, spent } = await metered(address, async () => {
      const run = await publishing('timed', durationMs);
      await untilDone(() => delay.totalCount >= run.completed * watchers.length);
      return run;
    });
    check(warm.failed + timed.failed + timed.overflow === 0, 'every event to be published');
    const [first] = watchers;
    if (first) await proveStreams(publisher, watchers);
    const newest = first?.events.at(-1)?.sequence;
    const firstEvent =
      newest === undefined ? createHistogram() : await measureFirstEvents(setup, wire, newest - 1);
    const expected = timed.completed * watchers.length;
    return {
      watchers: watchers.length,
      published: timed.completed,
      delivered: delay.totalCount,
      missing: expected - delay.totalCount,
      misplaced: watchers.reduce((sum, { events }) => sum + misplaced(events), 0),
      delay: encodeHistogram(delay),
      firstEvent: encodeHistogram(firstEvent),
      lateness: encodeHistogram(timed.lateness),
      serverCpuMicros: spent.cpuMicros,
      ...bytes,
    };
  } finally {
    await Promise.all(watchers.map((watcher) => watcher.close()));
    await pacer.close();
    await publisher.close();
  }
}

/** Every watcher got the same events, which are those that the list has. */
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

/** (4) An event is delivered. */
export const events: Scenario = {
  name: 'events',
  title: 'An event delivered',
  what: `${perSecond} payments a second are created over REST; ${watchersOfAll} watchers hear of each. The delay counts from the intended publication, so the creation is in it.`,
  baseline: 'sse',
  contenders,
  rounds: { quick: 1, normal: 3, full: 8 },
  phases: ({ effort, durationMs }) => [
    { id: 'events', ms: durationMs ?? { quick: 300, normal: 400, full: 6000 }[effort], times: 1 },
  ],
  reference: async () => undefined,
  open: async (setup) =>
    singlePhaseTrial(async (ms) => ({ ...nothingMeasured, delivery: await measure(setup, ms) })),
};
