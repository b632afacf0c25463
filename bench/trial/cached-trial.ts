import { randomUUID } from 'node:crypto';
import type { Payment } from '../../services/core/payments/payment.ts';
import { createMetronome } from '../generator/metronome.ts';
import { connectLinks } from '../link/links.ts';
import type { CallWire } from '../result/wires.ts';
import type { Address } from '../subject/address.ts';
import { adminKey, connectClient, openClient } from '../subject/clients.ts';
import { readOne } from '../subject/payments.ts';
import type { Kept, OpenReader, Reader } from './cached-readers.ts';
import { countBytes } from './count-bytes.ts';
import { proveEqual } from './proof.ts';
import { openSampleOf } from './samples.ts';
import { nothingMeasured, type Trial, type TrialSetup } from './scenario.ts';
import { type OpenStep, runOpenStep, warmUp } from './steps.ts';

/** Readers share one copy of a payment while a writer changes it. */

export const writesPerSecond = 20;
const workload = 'read';
const connections = 8;
const warmUpInFlight = 8;
const perSecond = 1000;
const wireCalls = 50;

/** Refunds of one minor unit each, at a steady pace, until ended. */
async function startWriter(address: Address, id: string) {
  const client = await connectClient(address, 'rest');
  const pacer = await createMetronome();
  const { version } = await readOne(client, id);
  const startMs = pacer.now();
  let writes = 0;
  let isEnding = false;
  const writing = (async () => {
    // One after the other, because each refund makes one more version.
    for (let beat = 0; !isEnding; beat += 1) {
      await pacer.sleepUntil(startMs + (beat * 1000) / writesPerSecond);
      await client.refundPayment({ payment: id, amount: 1 }, { idempotencyKey: randomUUID() });
      writes += 1;
    }
  })();
  // `end` reports it.
  writing.catch(() => {});
  return {
    /** The version that the writer knows to be durable. */
    acknowledged: () => version + writes,
    /** @returns how many writes there were. @throws if one failed */
    async end(): Promise<number> {
      isEnding = true;
      try {
        await writing;
      } finally {
        await Promise.all([pacer.close(), client.close()]);
      }
      return writes;
    },
  };
}

/** Reads by a client that keeps a copy, and counts requests, saved transfers and stale reads. */
function createReading(reader: Reader) {
  let kept: Kept | undefined;
  const counts = { reads: 0, asked: 0, saved: 0, stale: 0 };
  return {
    counts,
    /** @param known the version that was acknowledged to its writer before */
    async read(known: number): Promise<Payment> {
      const read = await reader.read(kept);
      // Responses may overtake each other: the newest copy is kept.
      if (!kept || read.kept.payment.version > kept.payment.version) kept = read.kept;
      counts.reads += 1;
      if (read.asked) counts.asked += 1;
      if (read.saved) counts.saved += 1;
      if (read.kept.payment.version < known) counts.stale += 1;
      return read.kept.payment;
    },
  };
}

/** Bytes of a read while nothing changes. */
async function countReads(setup: TrialSetup, wire: CallWire, openReader: OpenReader, id: string) {
  const links = await connectLinks(setup.link.controlPort);
  const { ca, key = adminKey } = setup.address;
  const counted = { name: workload, wire, calls: wireCalls };
  const bytes = await countBytes(setup, counted, links, async (port) => {
    const reader = await openReader((of) => openClient(of, port, { ca, key }), id);
    const reading = createReading(reader);
    return {
      call: () => reading.read(0),
      requests: () => reading.counts.asked,
      close: () => reader.close(),
    };
  });
  await links.close();
  return bytes;
}

/** @param warmUpPhase id of the phase without a writer, which is not measured */
export async function openCachedTrial(
  setup: TrialSetup,
  { wire, openReader }: { readonly wire: CallWire; readonly openReader: OpenReader },
  warmUpPhase: string,
): Promise<Trial> {
  const { address, fixtures } = setup;
  const id = fixtures.refundableId;
  const reader = await openReader((of) => connectClient(address, of, { connections }), id);
  proveEqual((await reader.read(undefined)).kept.payment, setup.reference);
  const bytes = await countReads(setup, wire, openReader, id);
  const pacer = await createMetronome();
  const reading = createReading(reader);
  const steps = new Map<number, OpenStep>();
  let writes = 0;
  let warmUpMs = 0;
  return {
    async step({ phase, ms, at }) {
      if (phase === warmUpPhase) {
        warmUpMs += await warmUp(address, () => reader.read(undefined), warmUpInFlight, ms);
        return;
      }
      const writer = await startWriter(address, id);
      const call = () => reading.read(writer.acknowledged());
      const seed = setup.seed + setup.round * 1000 + at;
      const rate = { perSecond, durationMs: ms, arrivals: 'poisson', seed } as const;
      steps.set(at, await runOpenStep({ address, call, at }, pacer, rate));
      writes += await writer.end();
    },
    async finish(machine) {
      const context = { workload, rttMs: 0, achievedRttMs: 0, connections };
      const rate = { perSecond, share: null, arrivals: 'poisson', driver: 'client' } as const;
      return {
        ...nothingMeasured,
        warmUpMs,
        open: steps.size === 0 ? [] : [openSampleOf(context, rate, [...steps.values()], machine)],
        wire: [bytes],
        caching: { ...reading.counts, writes },
      };
    },
    close: async () => void (await Promise.all([reader.close(), pacer.close()])),
  };
}
