import { readdirSync } from 'node:fs';
import type { IdleSample } from '../result/result.ts';
import { labels, type WireName } from '../result/wires.ts';
import type { Address } from '../subject/address.ts';
import { connectClient } from '../subject/clients.ts';
import { memoryOf } from '../subject/meter.ts';
import { subjectOf } from '../trial/contenders.ts';
import {
  type Contender,
  check,
  type Effort,
  nothingMeasured,
  type Scenario,
  type TrialSetup,
} from '../trial/scenario.ts';
import { singlePhaseTrial } from '../trial/single-phase-trial.ts';

/**
 * Connections that are open when memory is read for the first time, and for the last: what the
 * first ones need is the server's own, code and buffers that all of them share.
 */
const open = {
  quick: { first: 20, last: 40 },
  normal: { first: 300, last: 1000 },
  full: { first: 1000, last: 8000 },
} as const satisfies Record<Effort, object>;
const openedAtOnce = 20;
/** Until what opening has left behind is collected, as far as it will be. */
const settlingMs = 400;

const contender = (wire: WireName, way: string): Contender => ({
  name: wire,
  label: `${labels[wire]}, ${way}`,
  kind: 'room',
  wire,
  // One that has worked has memory to spare, which connections would take unseen.
  subject: { ...subjectOf(wire), id: `idle ${wire}` },
});

const contenders: readonly Contender[] = [
  contender('rest', 'kept alive'),
  contender('sse', 'stream'),
  contender('websocket', 'subscribed'),
  contender('grpc', 'stream'),
  contender('graphql', 'subscription'),
];

interface Held {
  close(): Promise<void>;
}

/** A client with a connection of its own that hears of nothing, since nothing happens. */
async function hold(address: Address, wire: WireName, paymentId: string): Promise<Held> {
  if (wire === 'rest' || wire === 'rest-http2') {
    const client = await connectClient(address, wire);
    await client.getPayment({ id: paymentId });
    return client;
  }
  const client = await connectClient(address, wire);
  const stop = new AbortController();
  const stream = await client.watchEvents({ types: [] }, { signal: stop.signal });
  const listening = (async () => {
    for await (const _event of stream);
  })();
  // Whoever is cut off is missing in what is counted.
  listening.catch(() => {});
  return {
    async close() {
      stop.abort();
      await listening.catch(() => {});
      await client.close();
    },
  };
}

const filesOf = (pid: number): number => readdirSync(`/proc/${pid}/fd`).length;

async function measure({
  address,
  contender: wire,
  fixtures,
  loading,
}: TrialSetup): Promise<IdleSample> {
  const { pid } = address;
  const before = pid === null ? undefined : memoryOf(pid);
  if (pid === null || !before) return { connections: 0, firstBytes: null, lastBytes: null };
  const { first, last } = open[loading.effort];
  const held: Held[] = [];
  const filesBefore = filesOf(pid);
  const openUpTo = async (count: number) => {
    while (held.length < count) {
      const some = Array.from({ length: Math.min(openedAtOnce, count - held.length) }, () =>
        // The contender is named after its wire.
        hold(address, wire as WireName, fixtures.paymentId),
      );
      held.push(...(await Promise.all(some)));
    }
    await new Promise((wake) => setTimeout(wake, settlingMs));
    const opened = filesOf(pid) - filesBefore;
    check(opened >= count, `${count} connections that are open at once, got ${opened}`);
    return memoryOf(pid)?.residentBytes ?? null;
  };
  try {
    const firstBytes = await openUpTo(first);
    const lastBytes = await openUpTo(last);
    return { connections: last - first, firstBytes, lastBytes };
  } finally {
    await Promise.all(held.map((one) => one.close()));
  }
}

/** (9) A connection is open, and nothing happens. */
export const idle: Scenario = {
  name: 'idle',
  title: 'A connection open, and nothing happening',
  what: 'Clients connect, each over a connection of its own, listen where the wire has streams, and hear nothing. What the server has resident grows by so much with each.',
  baseline: 'websocket',
  contenders,
  rounds: { quick: 1, normal: 0, full: 3 },
  phases: ({ effort }) => [
    { id: 'idle', ms: { quick: 900, normal: 2000, full: 15_000 }[effort], times: 1 },
  ],
  reference: async () => undefined,
  open: async (setup) =>
    singlePhaseTrial(async () => ({ ...nothingMeasured, idle: await measure(setup) })),
};
