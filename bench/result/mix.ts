import { z } from 'zod';

const count = z.int().min(0);

/** Calls of a mix, all counted: sent + overflow = scheduled, completed + failed = sent. */
const mixCalls = {
  scheduled: count,
  sent: count,
  /** Not sent, because as many calls as may be were in flight. */
  overflow: count,
  completed: count,
  /** Failed and timed out. */
  failed: count,
  timedOut: count,
};

/** A base rate, a multiple of it for a while, and the base rate again: one open loop. */
const spike = z.strictObject({
  ...mixCalls,
  failures: z.record(z.string(), count),
  basePerSecond: z.number(),
  spikePerSecond: z.number(),
  /** When the multiple began, after the start, and how long it lasted. */
  fromMs: z.number(),
  forMs: z.number(),
  /** Of the calls before it; null if there were too few. */
  p99BeforeMs: z.number().nullable(),
  /** From its end until responses were as quick as before; null if they never were. */
  recoveryMs: z.number().nullable(),
  windowMs: z.number(),
  /** By the intended start of calls, one after the other. */
  windows: z.array(
    z.strictObject({
      fromMs: z.number(),
      scheduled: count,
      completed: count,
      /** Failed, timed out, or not sent. */
      failed: count,
      /** Null if nothing was answered. */
      p99Ms: z.number().nullable(),
    }),
  ),
});

/** The search for the highest rate that meets the objective, by halving. */
const rateSearch = z.strictObject({
  /** Why its rate must not be used. Valid if empty. */
  invalid: z.array(z.string()),
  /** Calls in a closed loop, from which the search starts. */
  closed: z.strictObject({
    perSecond: z.number(),
    completed: count,
    failed: count,
    serverCpuMicros: z.number().nullable(),
    clientCpuShare: z.number(),
  }),
  /** Null if no rate met the objective. */
  perSecond: z.number().nullable(),
  steps: z.array(
    z.strictObject({
      ...mixCalls,
      perSecond: z.number(),
      met: z.boolean(),
      /** Of the rate: below 1 if calls failed, did not fit, or piled up until the end. */
      achieved: z.number(),
      /** The objective's quantile. */
      quantileMs: z.number(),
      clientCpuShare: z.number(),
    }),
  ),
});

/** A mix of operations, each with its share of the calls. */
export const mix = z.strictObject({
  connections: count,
  /** A quantile of the response, in milliseconds, and the share of calls that succeed. */
  objective: z.strictObject({ quantile: z.number(), ms: z.number(), succeeding: z.number() }),
  /** All operations together. */
  whole: rateSearch,
  /** Nothing but reads of one payment, by the same client on the same process. */
  readAlone: rateSearch,
  /** Calls of each operation of the mix, over all steps and the spike. */
  calls: z.record(z.string(), count),
  spike: spike.nullable(),
});

export type RateSearchSample = z.infer<typeof rateSearch>;
export type MixSample = z.infer<typeof mix>;
export type SpikeSample = z.infer<typeof spike>;
