import { randomUUID } from 'node:crypto';
import type { Payment } from '../../services/core/payments/payment.ts';
import { createMetronome } from '../load/metronome.ts';
import type { Measured } from '../report/result.ts';
import type { Address } from '../subject/subject.ts';
import { measureClosed, measureWire } from './phases.ts';
import { proveEqual } from './proof.ts';
import {
  type Contender,
  type Effort,
  type Lab,
  nothingMeasured,
  type Scenario,
  type Work,
} from './scenario.ts';
import { type CallWire, labels, openClient, portOf, roomOf } from './wires.ts';

const connections = 8;
const inFlight = 8;
const lengths = {
  quick: { warmUpMs: 100, closedMs: 250 },
  normal: { warmUpMs: 600, closedMs: 350 },
  full: { warmUpMs: 6000, closedMs: 3000 },
} as const satisfies Record<Effort, object>;
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

type OpenReader = (port: number, connections: number, id: string) => Promise<Reader>;

const plain =
  (wire: CallWire): OpenReader =>
  async (port, connections, id) => {
    const client = await openClient(wire, port, { connections });
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

const restByEtag: OpenReader = async (port, connections, id) => {
  const client = await openClient('rest', port, { connections });
  return {
    read: async (kept) => conditional(await client.getPaymentConditionally(id, kept?.etag), kept),
    close: () => client.close(),
  };
};

/** Does not ask at all for a while: the only one that can be wrong. */
const restUnasked: OpenReader = async (port, connections, id) => {
  const reader = await restByEtag(port, connections, id);
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

const graphqlPersisted: OpenReader = async (port, connections, id) => {
  const client = await openClient('graphql', port, { connections });
  return {
    read: async (kept) => conditional(await client.getPaymentPersisted(id, kept?.etag), kept),
    close: () => client.close(),
  };
};

const grpcByEtag: OpenReader = async (port, connections, id) => {
  const client = await openClient('grpc', port, { connections });
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
  rounds?: number,
): CachedContender => ({
  name,
  label: `${labels[wire]}, ${way}`,
  kind: 'room',
  wire,
  // The writer writes over REST, whatever wire the readers read on.
  subject: { wires: [...new Set(['rest', roomOf(wire)])] },
  open,
  ...(rounds !== undefined && { rounds }),
});

const contenders: readonly CachedContender[] = [
  contender('rest', 'rest', 'GET', plain('rest')),
  contender('rest', 'rest-etag', 'ETag and 304', restByEtag),
  contender('rest', 'rest-unasked', `kept ${keptMs} ms unasked`, restUnasked, 1),
  contender('graphql', 'graphql-post', 'POST', plain('graphql')),
  contender('graphql', 'graphql-persisted', 'GET, ETag and 304', graphqlPersisted),
  contender('grpc', 'grpc-etag', 'etag', grpcByEtag),
];

/** Refunds of one minor unit each, at a steady pace, until ended. */
async function startWriter(address: Address, id: string) {
  const client = await openClient('rest', portOf(address, 'rest'));
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

function asWork(reader: Reader, acknowledged: () => number) {
  let kept: Kept | undefined;
  const counts = { reads: 0, asked: 0, saved: 0, stale: 0 };
  const work: Work = {
    async call() {
      const known = acknowledged();
      const read = await reader.read(kept);
      // Answers may overtake each other: the newest copy is kept.
      if (!kept || read.kept.payment.version > kept.payment.version) kept = read.kept;
      counts.reads += 1;
      if (read.asked) counts.asked += 1;
      if (read.saved) counts.saved += 1;
      if (read.kept.payment.version < known) counts.stale += 1;
    },
    answer: async () => (await reader.read(undefined)).kept.payment,
    requests: () => counts.asked,
    close: () => reader.close(),
  };
  return { work, counts };
}

async function measure(lab: Lab): Promise<Measured> {
  const { address, fixtures } = lab;
  const id = fixtures.refundableId;
  const found = contenders.find(({ name }) => name === lab.contender);
  if (!found) throw new Error(`Expected a contender of cached, got '${lab.contender}'.`);
  const port = portOf(address, found.wire);
  const reader = await found.open(port, connections, id);
  try {
    proveEqual(await asWork(reader, () => 0).work.answer(), lab.reference);
    const wire = await measureWire(
      address,
      port,
      async (linkPort) => asWork(await found.open(linkPort, 1, id), () => 0).work,
      wireCalls,
    );
    const { warmUpMs, closedMs } = lengths[lab.effort];
    const writer = await startWriter(address, id);
    const { work, counts } = asWork(reader, writer.acknowledged);
    const closed = await measureClosed(address, work, {
      connections,
      inFlight,
      warmUpMs,
      durationMs: closedMs,
    });
    const writes = await writer.end();
    return { ...nothingMeasured, wire, closed, caching: { ...counts, writes } };
  } finally {
    await reader.close();
  }
}

/** (5) The same payment is read again and again by a client that may cache. */
export const cached: Scenario = {
  name: 'cached',
  title: 'The same payment read again and again by a client that may cache',
  what: `${inFlight} readers share one copy, while a writer changes the payment ${writesPerSecond} times a second. Bytes are those of a read while nothing changes.`,
  baseline: 'rest',
  contenders,
  rounds: 3,
  estimateMs: (_contender, effort) => 200 + lengths[effort].warmUpMs + lengths[effort].closedMs,
  async reference(address, { refundableId }) {
    const reader = await plain('rest')(portOf(address, 'rest'), 1, refundableId);
    try {
      return await asWork(reader, () => 0).work.answer();
    } finally {
      await reader.close();
    }
  },
  measure,
};
