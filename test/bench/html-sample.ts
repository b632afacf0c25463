import type { ClosedLoopSample, OpenLoopSample } from '../../bench/result/loads.ts';
import type { Cell, Result, Sample, WireSample } from '../../bench/result/result.ts';
import { resultVersion } from '../../bench/result/result.ts';
import { createHistogram, encodeHistogram } from '../../bench/statistics/histogram.ts';
import { createRandom, type Random } from '../../bench/statistics/random.ts';
import { type Nature, natures } from './html-natures.ts';

/** A result with every kind of load in it, made up: its numbers are plausible, none is measured. */

const rounds = 4;

/** About 1, a little off. */
const noise = (random: Random, spread = 0.04) => 1 + spread * (random() + random() - 1);

/** Microseconds around a median, with a tail. */
function latencies(random: Random, medianMicros: number, tail = 0.35, count = 1200): string {
  const histogram = createHistogram();
  for (let at = 0; at < count; at += 1) {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    const slow = random() < 0.01 ? 3 : 1;
    const value = medianMicros * slow * Math.exp(tail * normal);
    histogram.recordValue(Math.max(1, Math.round(value)));
  }
  return encodeHistogram(histogram);
}

const load = (workload: string, completed: number, cpu: number, rttMs = 0) => ({
  workload,
  invalid: [],
  rttMs,
  achievedRttMs: rttMs * 1.01,
  connections: 16,
  elapsedMs: 1000,
  completed,
  failed: 0,
  failures: {},
  serverCpuMicros: completed * cpu,
  serverCpuShare: Math.min(1, (completed * cpu) / 1e6),
  clientCpuShare: 0.5,
  serverLoopDelayMs: 3,
  clientLoopDelayMs: 2,
  slices: [],
  underWay: null,
});

interface Closed {
  readonly workload: string;
  readonly cpu: number;
  readonly inFlight?: number;
  readonly rttMs?: number;
}

function closed(
  random: Random,
  { workload, cpu, inFlight = 16, rttMs = 0 }: Closed,
): ClosedLoopSample {
  const micros = cpu * (1 + 0.9 / inFlight ** 0.7) * noise(random);
  const waitMicros = rttMs * 1000 + 40;
  const perSecond = Math.min(1e6 / micros, (inFlight * 1e6) / (micros + waitMicros));
  return {
    ...load(workload, Math.round(perSecond), micros, rttMs),
    connections: inFlight,
    driver: 'lean',
    inFlight,
    perSecond,
    drift: 1.01,
    latency: latencies(random, (inFlight * 1e6) / perSecond, 0.2, 400),
  };
}

function open(
  random: Random,
  workload: string,
  cpu: number,
  { perSecond, share = null }: { readonly perSecond: number; readonly share?: number | null },
): OpenLoopSample {
  const used = Math.min(0.985, (perSecond * cpu) / 1e6);
  const service = cpu + 180;
  const waiting = service / (1 - used);
  const isOver = share !== null && share > 1;
  return {
    ...load(workload, Math.round(perSecond), cpu * noise(random)),
    invalid: isOver ? ['achieved 0.93 of the rate'] : [],
    driver: 'lean',
    perSecond,
    share,
    arrivals: 'poisson',
    achieved: isOver ? 0.93 : 1,
    scheduled: Math.round(perSecond),
    sent: Math.round(perSecond),
    overflow: 0,
    response: latencies(random, waiting * (isOver ? 30 : 1), 0.3 + used / 2),
    service: latencies(random, service, 0.3, 300),
    lateness: latencies(random, 12, 0.5, 300),
  };
}

const wire = (
  workload: string,
  nature: Nature,
  bytes = 0,
  requests = 1,
  queries = 1,
): WireSample => ({
  workload,
  calls: 30,
  sentBytesPerCall: nature.sent * requests,
  receivedBytesPerCall: Math.round(nature.received * requests + bytes * nature.density),
  firstSentBytes: nature.sent * 2,
  firstReceivedBytes: nature.received * 2,
  requestsPerCall: requests,
  queriesPerCall: queries,
});

type Loads = Pick<Sample, 'closed'> &
  Partial<Pick<Sample, 'open' | 'capacity' | 'wire' | 'delivery'>>;

function cell(
  scenario: string,
  contender: string,
  kind: Cell['kind'],
  loadsOf: (random: Random, round: number) => Loads,
): Cell {
  const seed = [...(scenario + contender)].reduce(
    (sum, letter) => sum * 31 + letter.charCodeAt(0),
    7,
  );
  const random = createRandom(seed >>> 0);
  const samples = Array.from({ length: rounds }, (_, round) => ({
    round,
    order: round * 10 + (seed % 10),
    readyMs: 210,
    idleBytes: 92e6,
    peakBytes: 148e6,
    warmUpMs: 2500,
    open: [],
    capacity: [],
    wire: [],
    delivery: null,
    caching: null,
    failures: null,
    idle: null,
    mix: null,
    ...loadsOf(random, round),
  }));
  return { scenario, contender, kind, invalid: [], samples };
}

const shares = [0.25, 0.5, 0.7, 0.8, 0.9, 1, 1.1];

function pointRead(contender: string, nature: Nature): Cell {
  const workload = 'read';
  const isRoom = nature.kind !== 'control';
  return cell('point-read', contender, nature.kind, (random, round) => {
    const cpu = nature.cpu * noise(random);
    const capacity = 1e6 / cpu;
    return {
      closed: [64, 1, 4, 16, 256]
        .slice(0, isRoom ? 5 : 1)
        .map((inFlight) => closed(random, { workload, cpu, inFlight })),
      open: [
        open(random, workload, cpu, { perSecond: 2000 }),
        ...(isRoom ? shares : []).map((share) => ({
          ...open(random, workload, cpu, { perSecond: capacity * share, share }),
          // One process of several was disturbed.
          ...(share === 1 && round === 0 && { invalid: ['sent late'] }),
        })),
      ],
      capacity: isRoom
        ? [
            {
              workload,
              invalid: [],
              objective: { quantile: 0.99, ms: 20 },
              perSecond: capacity * 0.82,
              steps: [
                { perSecond: capacity * 0.82, met: true },
                { perSecond: capacity * 0.95, met: false },
              ],
            },
          ]
        : [],
      wire: [wire(workload, nature)],
    };
  });
}

const create = (contender: string, nature: Nature): Cell =>
  cell('create', contender, nature.kind, (random) => {
    const cpu = (nature.cpu + 190) * noise(random);
    return {
      closed: [closed(random, { workload: 'create', cpu, inFlight: 64 })],
      open: [open(random, 'create', cpu, { perSecond: 500 })],
      wire: [wire('create', nature, 120, 1, 4)],
    };
  });

/** Acts of the payload scenario, and the bytes of their JSON. */
const payloads = {
  'one refund': 210,
  '1 payment': 640,
  '10 payments': 6400,
  '100 payments': 64_000,
  '100 heavy payments': 1_064_000,
};

const payload = (contender: string, nature: Nature): Cell =>
  cell('payload', contender, nature.kind, (random) => {
    const sizes = Object.entries(payloads);
    const cpuOf = (bytes: number) => nature.cpu + (bytes * nature.cpuPerKilobyte) / 1000;
    return {
      closed: sizes.map(([workload, bytes]) => closed(random, { workload, cpu: cpuOf(bytes) })),
      wire: sizes.map(([workload, bytes]) => wire(workload, nature, bytes)),
    };
  });

/** Server CPU of a read, a layer at a time. */
const layers = {
  'rest-json-h1': 56,
  'rest-protobuf-h1': 58,
  'rest-json-h2': 81,
  'rest-protobuf-h2': 84,
  grpc: 148,
  'node-http': 19,
  'node-http-protobuf': 20,
  'node-http2': 47,
  'node-http2-protobuf': 50,
  hono: 31,
  'grpc-js': 96,
  'node-http-constant': 17,
  'hono-core': 44,
  'node-http2-grpc': 52,
  'grpc-js-constant': 84,
  'grpc-js-core': 118,
};
const graphqlLayers = {
  graphql: 128,
  'graphql-lean': 92,
  'graphql-constant': 21,
  'graphql-json': 27,
  'graphql-execute': 41,
  'graphql-jit': 33,
  'graphql-core': 70,
  yoga: 83,
  'yoga-core': 108,
};
const websocketLayers = { websocket: 52, ws: 14, 'ws-json': 19, 'ws-core': 36 };

const layered = (scenario: string, costs: Readonly<Record<string, number>>) =>
  Object.entries(costs).map(([name, cpu]) =>
    cell(
      scenario,
      name,
      /^(rest|grpc$|graphql$|graphql-lean|websocket)/.test(name) ? 'room' : 'control',
      (random) => ({
        closed: [],
        open: ['read', 'create'].map((workload) =>
          open(random, workload, cpu * (workload === 'read' ? 1 : 2) * noise(random), {
            perSecond: 1000,
          }),
        ),
        wire: ['read', 'create'].map((workload) => wire(workload, natures.rest)),
      }),
    ),
  );

/** The screen's ways: what they cost the server, and how many requests one after the other. */
const ways = {
  'rest-chatty': { base: 'rest', requests: 22, turns: 3, cpu: 1400, queries: 42 },
  'rest-expand': { base: 'rest', requests: 1, turns: 1, cpu: 1300, queries: 4 },
  'grpc-batch': { base: 'grpc', requests: 3, turns: 3, cpu: 900, queries: 4 },
  'graphql-loaders': { base: 'graphql', requests: 1, turns: 1, cpu: 1900, queries: 4 },
} as const;

const screens = Object.entries(ways).map(([name, { base, requests, turns, cpu, queries }]) =>
  cell('screen', name, 'room', (random) => ({
    closed: [0, 1, 10, 50, 150]
      .map((rttMs) =>
        closed(random, { workload: 'screen', cpu, inFlight: 8, rttMs: rttMs * turns }),
      )
      .map((one, at) => ({ ...one, rttMs: [0, 1, 10, 50, 150][at] ?? 0 })),
    wire: [wire('screen', natures[base], 9000, requests, queries)],
  })),
);

const delays = {
  sse: 1700,
  'sse-again': 1720,
  grpc: 2100,
  graphql: 2300,
  websocket: 1500,
  rest: 60_000,
};

const events = Object.entries(delays).map(([name, micros]) =>
  cell('events', name, name.endsWith('again') ? 'again' : 'room', (random) => ({
    closed: [],
    delivery: {
      watchers: 10,
      published: 400,
      delivered: 4000,
      missing: 0,
      misplaced: 0,
      delay: latencies(random, micros * noise(random)),
      firstEvent: latencies(random, micros * 2, 0.3, 10),
      lateness: latencies(random, 15),
      serverCpuMicros: 400 * micros * 0.2,
      sentBytesPerEvent: 0,
      receivedBytesPerEvent: 910,
    },
  })),
);

const calls = Object.entries<Nature>(natures);
const isWire = ([, { kind }]: (typeof calls)[number]) => kind !== 'control';

const broken: Cell = {
  ...create('graphql', natures.graphql),
  invalid: ['client above 80 % of its core', 'lateness p50 above half of the response p50'],
};

export const htmlSample: Result = {
  version: resultVersion,
  startedAt: '2026-11-21T09:00:00.000Z',
  finishedAt: '2026-11-21T09:04:48.000Z',
  complete: true,
  environment: {
    machine: 'virtual',
    platform: 'linux x64',
    kernel: 'Linux 6.1.0',
    cpuModel: 'Sample Processor',
    cores: 2,
    memoryBytes: 8 * 2 ** 30,
    governor: null,
    pinned: true,
    cpuAccount: 'scheduler, nanoseconds (/proc/PID/task/TID/schedstat)',
    loadBefore: 0.4,
    node: 'v26.10.0',
    packages: { hono: '4.13.19', '@grpc/grpc-js': '1.14.7', graphql: '17.1.0', ws: '8.23.0' },
    revision: '0123456789abcdef0123456789abcdef01234567',
    modified: false,
  },
  options: {
    seed: 7,
    effort: 'normal',
    only: [],
    wires: [],
    tls: false,
    nodeFlags: [],
    targets: {},
    flags: ['--seed', '7'],
  },
  start: { readyMs: 420, firstAnswerMs: 460, idleBytes: 101e6 },
  ceilings: [
    {
      protocol: 'http1',
      driver: 'lean',
      connections: 64,
      inFlight: 64,
      perSecond: 42_000,
      clientCpuShare: 0.98,
    },
  ],
  link: { points: [{ askedMs: 10, achievedMs: 10.2 }] },
  rates: [],
  machine: null,
  cut: [],
  parts: [],
  cells: [
    ...calls.filter(isWire).map(([name, nature]) => pointRead(name, nature)),
    ...calls
      .filter(isWire)
      .filter(([name]) => name !== 'graphql')
      .map(([name, nature]) => create(name, nature)),
    broken,
    ...calls
      .filter(([, { kind }]) => kind === 'room')
      .map(([name, nature]) => payload(name, nature)),
    ...layered('attribution', layers),
    ...layered('attribution-graphql', graphqlLayers),
    ...layered('attribution-websocket', websocketLayers),
    ...screens,
    ...events,
  ],
  storage: null,
};
