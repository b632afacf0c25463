import { randomUUID } from 'node:crypto';
import type { Client } from '../../services/core/client.ts';
import type { Payment } from '../../services/core/payments/payment.ts';
import { createMetronome } from '../generator/metronome.ts';
import { connectLinks } from '../link/links.ts';
import { type CallWire, labels } from '../result/wires.ts';
import type { Address } from '../subject/address.ts';
import { adminKey, type Clients, connectClient, openClient } from '../subject/clients.ts';
import { subjectOf } from '../trial/contenders.ts';
import { countBytes } from '../trial/count-bytes.ts';
import { proveEqual } from '../trial/proof.ts';
import { openSampleOf } from '../trial/samples.ts';
import {
  type Contender,
  nothingMeasured,
  type Scenario,
  type Trial,
  type TrialSetup,
} from '../trial/scenario.ts';
import { type OpenStep, runOpenStep, warmUp } from '../trial/steps.ts';

const workload = 'read';
const connections = 8;
const inFlight = 8;
const perSecond = 1000;
const warming = 'warm-up';
const writesPerSecond = 20;
const keptMs = 100;
const wireCalls = 50;

interface Kept {
  readonly etag: string;
  readonly payment: Payment;
}

/** A read that may use the copy kept. */
interface CachedRead {
  readonly kept: Kept;
  /** The server was asked. */
  readonly asked: boolean;
  /** No payment came over the wire. */
  readonly saved: boolean;
}

interface Reader {
  read(kept: Kept | undefined): Promise<CachedRead>;
  close(): Promise<void>;
}

type OpenReader = (
  open: <Wire extends CallWire>(wire: Wire) => Promise<Clients[Wire]>,
  id: string,
) => Promise<Reader>;

const plain =
  (wire: CallWire): OpenReader =>
  async (open, id) => {
    const client: Client = await open(wire);
    return {
      async read() {
        const payment = await client.getPayment({ id });
        return { kept: { etag: '', payment }, asked: true, saved: false };
      },
      close: () => client.close(),
    };
  };

/** The answer to a conditional read, together with the copy that it was asked with. */
function conditional(
  answer: { readonly etag: string; readonly payment: Payment | undefined } | undefined,
  kept: Kept | undefined,
): CachedRead {
  if (answer?.payment) {
    return { kept: { etag: answer.etag, payment: answer.payment }, asked: true, saved: false };
  }
  if (!kept) throw new Error('Expected a payment where no copy was kept, got "not changed".');
  return { kept, asked: true, saved: true };
}

const restByEtag: OpenReader = async (open, id) => {
  const client = await open('rest');
  return {
    read: async (kept) => conditional(await client.getPaymentConditionally(id, kept?.etag), kept),
    close: () => client.close(),
  };
};

/** Does not ask at all for a while: the only one that can be wrong. */
const restUnasked: OpenReader = async (open, id) => {
  const reader = await restByEtag(open, id);
  let askedMs = Number.NEGATIVE_INFINITY;
  return {
    async read(kept) {
      // Lets the event loop turn: a loop of answers from memory would never end its phase.
      await new Promise((resolve) => setImmediate(resolve));
      const nowMs = performance.now();
      if (kept && nowMs - askedMs < keptMs) return { kept, asked: false, saved: true };
      askedMs = nowMs;
      return reader.read(kept);
    },
    close: () => reader.close(),
  };
};

const graphqlPersisted: OpenReader = async (open, id) => {
  const client = await open('graphql');
  return {
    read: async (kept) => conditional(await client.getPaymentPersisted(id, kept?.etag), kept),
    close: () => client.close(),
  };
};

const grpcByEtag: OpenReader = async (open, id) => {
  const client = await open('grpc');
  return {
    read: async (kept) => conditional(await client.getPaymentConditionally(id, kept?.etag), kept),
    close: () => client.close(),
  };
};

type CachedContender = Contender & { readonly open: OpenReader };

const contender = (
  wire: CallWire,
  name: string,
  way: string,
  open: OpenReader,
): CachedContender => ({
  name,
  label: `${labels[wire]}, ${way}`,
  kind: 'room',
  wire,
  // The writer writes over REST, whatever wire the readers read on.
  subject: subjectOf(wire),
  open,
});

const contenders: readonly CachedContender[] = [
  contender('rest', 'rest', 'GET', plain('rest')),
  contender('rest', 'rest-etag', 'ETag and 304', restByEtag),
  contender('rest', 'rest-unasked', `kept ${keptMs} ms unasked`, restUnasked),
  contender('graphql', 'graphql-post', 'POST', plain('graphql')),
  contender('graphql', 'graphql-persisted', 'GET, ETag and 304', graphqlPersisted),
  contender('grpc', 'grpc', 'plain', plain('grpc')),
  contender('grpc', 'grpc-etag', 'etag', grpcByEtag),
];

/** Refunds of one minor unit each, at a steady pace, until ended. */
async function startWriter(address: Address, id: string) {
  const client = await connectClient(address, 'rest');
  const pacer = await createMetronome();
  const { version } = await client.getPayment({ id });
  const startMs = pacer.now();
  let writes = 0;
  let isEnding = false;
  const writing = (async () => {
    // One after the other, since each refund is one version more.
    for (let turn = 0; !isEnding; turn += 1) {
      await pacer.sleepUntil(startMs + (turn * 1000) / writesPerSecond);
      await client.refundPayment({ payment: id, amount: 1 }, { idempotencyKey: randomUUID() });
      writes += 1;
    }
  })();
  // Told by `end`.
  writing.catch(() => {});
  return {
    /** The version that the writer knows to be durable. */
    acknowledged: () => version + writes,
    /** @returns how many writes there were. @throws where one failed */
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

/** A client that keeps a copy, and what became of its reads. */
function createReading(reader: Reader) {
  let kept: Kept | undefined;
  const counts = { reads: 0, asked: 0, saved: 0, stale: 0 };
  return {
    counts,
    /** @param known the version that was acknowledged to its writer before */
    async read(known: number): Promise<Payment> {
      const read = await reader.read(kept);
      // Answers may overtake each other: the newest copy is kept.
      if (!kept || read.kept.payment.version > kept.payment.version) kept = read.kept;
      counts.reads += 1;
      if (read.asked) counts.asked += 1;
      if (read.saved) counts.saved += 1;
      if (read.kept.payment.version < known) counts.stale += 1;
      return read.kept.payment;
    },
  };
}

async function open(setup: TrialSetup): Promise<Trial> {
  const { address, fixtures } = setup;
  const id = fixtures.refundableId;
  const found = contenders.find(({ name }) => name === setup.contender);
  if (!found) throw new Error(`Expected a contender of cached, got '${setup.contender}'.`);
  const { wire } = found;
  const reader = await found.open((of) => connectClient(address, of, { connections }), id);
  proveEqual((await reader.read(undefined)).kept.payment, setup.reference);
  const links = await connectLinks(setup.link.controlPort);
  const bytes = await countBytes(
    setup,
    { name: workload, wire, calls: wireCalls },
    links,
    async (port) => {
      const { ca, key = adminKey } = address;
      const over = await found.open((of) => openClient(of, port, { ca, key }), id);
      const reading = createReading(over);
      const requests = () => reading.counts.asked;
      return { call: () => reading.read(0), requests, close: () => over.close() };
    },
  );
  await links.close();
  const pacer = await createMetronome();
  const reading = createReading(reader);
  const steps: OpenStep[] = [];
  let writes = 0;
  let warmUpMs = 0;
  return {
    async step(phase, ms) {
      if (phase === warming) {
        warmUpMs += await warmUp(address, () => reader.read(undefined), inFlight, ms);
        return;
      }
      const writer = await startWriter(address, id);
      const call = () => reading.read(writer.acknowledged());
      const seed = setup.seed + setup.round * 1000 + steps.length;
      const rate = { perSecond, durationMs: ms, arrivals: 'poisson', seed } as const;
      steps.push(await runOpenStep(address, call, pacer, rate));
      writes += await writer.end();
    },
    async finish() {
      const context = { workload, rttMs: 0, achievedRttMs: 0, connections };
      const rate = { perSecond, share: null, arrivals: 'poisson', driver: 'client' } as const;
      return {
        ...nothingMeasured,
        warmUpMs,
        open: steps.length === 0 ? [] : [openSampleOf(context, rate, steps)],
        wire: [bytes],
        caching: { ...reading.counts, writes },
      };
    },
    close: async () => void (await Promise.all([reader.close(), pacer.close()])),
  };
}

/** (5) The same payment is read again and again by a client that may cache. */
export const cached: Scenario = {
  name: 'cached',
  title: 'The same payment read again and again by a client that may cache',
  what: `Readers share one copy, while a writer changes the payment ${writesPerSecond} times a second. Bytes are those of a read while nothing changes.`,
  baseline: 'rest',
  contenders,
  rounds: { quick: 1, normal: 3, full: 6 },
  phases: ({ effort, durationMs }) => [
    {
      id: warming,
      ms: { quick: 100, normal: 400, full: 4000 }[effort],
      times: 1,
      together: true,
    },
    {
      id: 'cached',
      ms: durationMs === undefined ? 50 : durationMs / 6,
      times: { quick: 1, normal: 6, full: 32 }[effort],
    },
  ],
  async reference(address, { refundableId: id }, { name }) {
    const open = contenders.find((one) => one.name === name)?.open ?? plain('rest');
    const reader = await open((wire) => connectClient(address, wire), id);
    try {
      return (await reader.read(undefined)).kept.payment;
    } finally {
      await reader.close();
    }
  },
  open,
};
