import { z } from 'zod';

/** How a process was loaded, and what that showed: the shape of loads in a result. */

/** HdrHistogram V2, compressed, base64; whole microseconds. */
export const histogram = z.string().min(1);
export const count = z.int().min(0);
const failures = z.record(z.string(), count);

/**
 * What one step of a load measured, in 200 to 500 ms. Contenders of one round alternate at steps,
 * so their slices at the same place lie beside each other in time.
 */
const slice = z.strictObject({
  at: count,
  elapsedMs: z.number(),
  /** Responses within the slice, and including those after its end. */
  perSecond: z.number(),
  completed: count,
  /** CPU time of the server per call; null if it is not known. */
  cpuMicros: z.number().nullable(),
  /** Latency, in an open loop from the intended start; null without responses. */
  medianMicros: z.number().nullable(),
  meanMicros: z.number().nullable(),
  /** Requests a second to the null server beside it; null if none were sent. */
  machinePerSecond: z.number().nullable(),
});

/** Calls under way, for Little's law: by a thread that samples, and by latencies. */
const underWay = z.strictObject({
  samples: count,
  sampled: z.number(),
  /** Sum of the calls' times over the time in which they were counted. */
  byLatency: z.number(),
});

/** What a measurement has in common, however it was loaded. */
const load = {
  /** The operation, by the scenario's own name for it. */
  workload: z.string().min(1),
  /** Why these figures must not be used. Valid if empty. */
  invalid: z.array(z.string()),
  /** Round-trip time that the link was asked to add, and that it achieved; 0 without a link. */
  rttMs: z.number(),
  achievedRttMs: z.number(),
  connections: count,
  elapsedMs: z.number(),
  /** Good answers, also those that came after the end: what cost is divided by. */
  completed: count,
  failed: count,
  failures,
  /** Null if the process's CPU time is not known. */
  serverCpuMicros: z.number().nullable(),
  /** Of one core, 0 to 1; of both sides. */
  serverCpuShare: z.number().nullable(),
  clientCpuShare: z.number(),
  /** The longest that the event loop was held up, of both sides. */
  serverLoopDelayMs: z.number().nullable(),
  clientLoopDelayMs: z.number(),
  /** Empty of autocannon, and of results before version 5. */
  slices: z.array(slice),
  /** Null if nothing sampled. */
  underWay: underWay.nullable(),
};

const loadSample = z.strictObject(load);

export const closedLoop = z.strictObject({
  ...load,
  /** `lean`: encoded beforehand; `client`: the room's own client; `autocannon`. */
  driver: z.enum(['lean', 'client', 'autocannon']),
  inFlight: count,
  perSecond: z.number(),
  /** Throughput of the last step over that of the first: 1 is stationary. */
  drift: z.number().nullable(),
  /** Null of autocannon. */
  latency: histogram.nullable(),
});

export const openLoop = z.strictObject({
  ...load,
  driver: z.enum(['lean', 'client']),
  perSecond: z.number(),
  /** Of this process's own capacity, if the rate was chosen by it. */
  share: z.number().nullable(),
  arrivals: z.enum(['poisson', 'uniform']),
  /** Of the rate: below 1 if calls failed, did not fit, or piled up until the end. */
  achieved: z.number(),
  scheduled: count,
  sent: count,
  overflow: count,
  /** From the intended start, from the sending, and how late the sending was. */
  response: histogram,
  service: histogram,
  lateness: histogram,
});

/** The highest rate that meets an objective, found by halving. */
export const capacity = z.strictObject({
  workload: z.string().min(1),
  /** Why it must not be used. Valid if empty. */
  invalid: z.array(z.string()),
  objective: z.strictObject({ quantile: z.number(), ms: z.number() }),
  /** Null if no rate met it. */
  perSecond: z.number().nullable(),
  steps: z.array(z.strictObject({ perSecond: z.number(), met: z.boolean() })),
});

/** What closed and open loop have in common. */
export type LoadSample = z.infer<typeof loadSample>;
export type ClosedLoopSample = z.infer<typeof closedLoop>;
export type OpenLoopSample = z.infer<typeof openLoop>;
export type CapacitySample = z.infer<typeof capacity>;
export type Slice = z.infer<typeof slice>;
export type UnderWay = z.infer<typeof underWay>;
