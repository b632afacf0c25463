import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { capacity, closedLoop, count, histogram, openLoop } from './loads.ts';
import { mix } from './mix.ts';
import { ofOlderVersion, olderVersions } from './older-versions.ts';

/** Version of the result's shape: a reader of a newer version refuses it. */
export const resultVersion = 'fivewire-bench/5';

/** TCP payload of calls one after the other, on one connection that was set up before. */
const wire = z.strictObject({
  workload: z.string().min(1),
  calls: count,
  sentBytesPerCall: z.number(),
  receivedBytesPerCall: z.number(),
  /** Until the first answer: connection set-up and the first call. */
  firstSentBytes: z.number(),
  firstReceivedBytes: z.number(),
  /** Requests of the wire for one call of the scenario. */
  requestsPerCall: z.number(),
  /** Database statements; null if the server does not count them. */
  queriesPerCall: z.number().nullable(),
});

const delivery = z.strictObject({
  watchers: count,
  published: count,
  /** To all watchers together. */
  delivered: count,
  missing: count,
  /** Not in the order of the sequence, or twice. */
  misplaced: count,
  /** From the intended publication to the watcher. */
  delay: histogram,
  /** From the opening of the stream to its first event, one a watcher. */
  firstEvent: histogram,
  lateness: histogram,
  serverCpuMicros: z.number().nullable(),
  sentBytesPerEvent: z.number(),
  receivedBytesPerEvent: z.number(),
});

const caching = z.strictObject({
  reads: count,
  /** Reads that asked the server. */
  asked: count,
  /** Answered with "not changed", or not asked at all. */
  saved: count,
  writes: count,
  /** Reads that missed a write that was acknowledged before they began. */
  stale: count,
});

/** Connections that hear nothing. */
const idle = z.strictObject({
  /** Opened between the two readings. */
  connections: count,
  /** Resident before and after; null if the platform does not report it. */
  firstBytes: z.number().nullable(),
  lastBytes: z.number().nullable(),
});

/** One failure on one wire. */
const failure = z.strictObject({
  failure: z.string(),
  code: z.string(),
  /** As the wire reports it: status line, status, frame. */
  shape: z.string(),
  /** Received for the first failure of its kind on a connection that was in use before. */
  receivedBytes: z.number(),
  /** For the same failure once more: HTTP/2 refers to headers that it has sent before. */
  repeatedBytes: z.number(),
  /** Closed loop, one after the other; null if only the shape was looked at. */
  perCall: z
    .strictObject({
      latency: histogram,
      serverCpuMicros: z.number().nullable(),
      completed: count,
    })
    .nullable(),
});

/** One fresh server process. */
const sample = z.strictObject({
  round: count,
  /** Its place in the run. */
  order: count,
  /** From the start of the process to its word that it listens, ms; null of a target. */
  readyMs: z.number().nullable(),
  /** Resident before the first timed call, and the peak at the end. */
  idleBytes: z.number().nullable(),
  peakBytes: z.number().nullable(),
  /** How long it was warmed up before the first timed step. */
  warmUpMs: z.number(),
  /** Contenders are compared by the first of each workload. */
  closed: z.array(closedLoop),
  open: z.array(openLoop),
  capacity: z.array(capacity),
  wire: z.array(wire),
  delivery: delivery.nullable(),
  caching: caching.nullable(),
  failures: z.array(failure).nullable(),
  idle: idle.nullable(),
  mix: mix.nullable(),
});

const cell = z.strictObject({
  scenario: z.string(),
  contender: z.string(),
  kind: z.enum(['room', 'control', 'again']),
  /** Why its figures must not be used. Valid if empty. */
  invalid: z.array(z.string()),
  samples: z.array(sample),
});

const environment = z.strictObject({
  machine: z.string(),
  platform: z.string(),
  kernel: z.string(),
  cpuModel: z.string(),
  cores: count,
  memoryBytes: z.number(),
  /** Of the first core; null if the platform does not report it. */
  governor: z.string().nullable(),
  pinned: z.boolean(),
  /** How the server's CPU time was read. */
  cpuAccount: z.string(),
  loadBefore: z.number(),
  node: z.string(),
  packages: z.record(z.string(), z.string()),
  /** Null outside of a git working copy. */
  revision: z.string().nullable(),
  /** Whether files differed from the revision. */
  modified: z.boolean().nullable(),
});

const storage = z.strictObject({
  pointRead: z.strictObject({
    /** Payments in the table. */
    rows: count,
    readsPerRound: count,
    rounds: count,
    /** A prepared statement by itself, its row as an object; microseconds a read. */
    bareMicros: z.number(),
    /** The same with its row as an array: the least that the driver can do. */
    bareArrayMicros: z.number(),
    /** `store.of(merchantId).payment`: a payment of the core. */
    storeMicros: z.number(),
    /** Medians of the rounds' differences, store less bare. */
    overBareMicros: z.number(),
    overBareArrayMicros: z.number(),
  }),
  writes: z.strictObject({
    rounds: count,
    /** Payments created with event and idempotency record, each durable before the next. */
    oneByOnePerSecond: z.number(),
    inFlight: count,
    /** The same with that many in flight, so that they share commits. */
    togetherPerSecond: z.number(),
    /** Median of the rounds' ratios, together to one by one. */
    ratio: z.number(),
  }),
});

/** Calls a second of one driver against a null server of its protocol, closed loop. */
const ceiling = z.strictObject({
  protocol: z.enum(['http1', 'http2', 'websocket']),
  driver: z.enum(['lean', 'autocannon']),
  connections: count,
  inFlight: count,
  perSecond: z.number(),
  clientCpuShare: z.number(),
});

/** Round trips of single bytes through the link, asked for and achieved. */
const linkProof = z.strictObject({
  points: z.array(z.strictObject({ askedMs: z.number(), achievedMs: z.number() })),
});

/** A server with every wire open, on the imported database, before its first call. */
const startOfAll = z.strictObject({
  readyMs: z.number(),
  firstAnswerMs: z.number(),
  idleBytes: z.number().nullable(),
});

/** A fixed piece of work beside the slices: requests to a null server. */
const machine = z.strictObject({
  /** Requests a second: the median of all, and the middle 90 %. */
  perSecond: z.number(),
  low: z.number(),
  high: z.number(),
  times: count,
  /** Slices taken in a slow spell, and taken again. */
  repeated: count,
  /** Slices taken in a slow spell and kept, because the time was up. */
  kept: count,
});

/** A rate that is the same for all contenders of a scenario. */
const equalRate = z.strictObject({
  scenario: z.string(),
  workload: z.string(),
  perSecond: z.number(),
  /** The contender whose throughput it is half of; null if it was asked for. */
  slowest: z.string().nullable(),
});

/** A share of a full run, measured by itself. */
const partOfRun = z.strictObject({
  name: z.string(),
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime(),
  revision: z.string().nullable(),
  modified: z.boolean().nullable(),
  machine: z.string(),
});

const result = z.strictObject({
  version: z.literal(resultVersion),
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime(),
  /** False if the run was cut short. */
  complete: z.boolean(),
  environment,
  options: z.strictObject({
    seed: z.int(),
    effort: z.enum(['quick', 'normal', 'full']),
    only: z.array(z.string()),
    wires: z.array(z.string()),
    tls: z.boolean(),
    /** Of the runtime of every server that was started to be timed, beside those of `npm start`. */
    nodeFlags: z.array(z.string()),
    /** Servers that somebody else started, by wire. */
    targets: z.record(z.string(), z.string()),
    flags: z.array(z.string()),
  }),
  start: startOfAll.nullable(),
  /** What the load generator itself can do, against servers that do nothing. */
  ceilings: z.array(ceiling),
  /** What the link adds by itself, and whether it keeps what it was asked for. */
  link: linkProof.nullable(),
  rates: z.array(equalRate),
  /** Null if it was not measured. */
  machine: machine.nullable(),
  /** What was left out to keep the time, a sentence each; and the scenarios that it belongs to. */
  cut: z.array(z.strictObject({ scenario: z.string(), what: z.string() })),
  /** What the result was assembled from; empty if it was measured in one run. */
  parts: z.array(partOfRun),
  cells: z.array(cell),
  /** The micro-scenario of the store; null if it was not run. */
  storage: storage.nullable(),
});

export type Result = z.infer<typeof result>;
export type Environment = z.infer<typeof environment>;
export type Cell = z.infer<typeof cell>;
export type Sample = z.infer<typeof sample>;
export type WireSample = z.infer<typeof wire>;
export type DeliverySample = z.infer<typeof delivery>;
export type Ceiling = z.infer<typeof ceiling>;
export type EqualRate = z.infer<typeof equalRate>;
export type MachineSpeed = z.infer<typeof machine>;
/** What the store costs beside the database under it. Medians over alternating rounds. */
export type StoreMeasurement = z.infer<typeof storage>;
export type LinkProof = z.infer<typeof linkProof>;
export type IdleSample = z.infer<typeof idle>;
export type FailureSample = z.infer<typeof failure>;
/** What a load generator brings back; the rest of a sample is the process's own. */
export type Measured = Pick<
  Sample,
  | 'warmUpMs'
  | 'closed'
  | 'open'
  | 'capacity'
  | 'wire'
  | 'delivery'
  | 'caching'
  | 'failures'
  | 'idle'
  | 'mix'
>;

const versionOf = (json: unknown): string | undefined =>
  z.object({ version: z.string() }).safeParse(json).data?.version;

/** @throws Error that names every field that is missing or wrong */
export function parseResult(json: unknown): Result {
  const version = versionOf(json);
  if (version !== undefined && olderVersions.includes(version)) {
    return parseResult(ofOlderVersion(Object(json), resultVersion));
  }
  if (version !== undefined && version !== resultVersion) {
    throw new Error(`Expected a bench result of version ${resultVersion}, got ${version}.`);
  }
  const parsed = result.safeParse(json);
  if (parsed.success) return parsed.data;
  const violations = parsed.error.issues.map(
    (issue) => `${issue.path.join('.') || 'result'}: ${issue.message}`,
  );
  throw new Error(`Expected a bench result of ${resultVersion}.\n${violations.join('\n')}`);
}

/** Reads a result from a file. @throws Error that names the file if it has no complete result */
export function readResult(path: string | URL): Result {
  try {
    return parseResult(JSON.parse(readFileSync(path, 'utf8')));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`Cannot read a bench result from ${path}: ${why}`, { cause });
  }
}
