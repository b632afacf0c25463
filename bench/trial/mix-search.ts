import { runClosedLoop } from '../generator/closed-loop.ts';
import type { Pacer } from '../generator/metronome.ts';
import { type CallEnd, runOpenLoop } from '../generator/open-loop.ts';
import { poissonSchedule, type Schedule } from '../generator/schedule.ts';
import type { RateSearchSample } from '../result/mix.ts';
import { createRandom } from '../statistics/random.ts';
import { achievedAtLeast, faultsOfClient } from '../statistics/validity.ts';
import { cpuMicrosOf } from '../subject/meter.ts';
import { createRateSearch } from './rate-search.ts';
import { timeoutMs } from './steps.ts';

/** The objective of the search: nearly all calls are quick and succeed. */
export const objective = { quantile: 0.99, ms: 200, succeeding: 0.999 };
/** Calls in flight in the closed loop. */
export const inFlight = 64;
/** Room for a second or two of calls; calls that do not fit are counted. */
export const maxInFlight = 8192;
/** Minimum time from the last start to the last response if no calls have piled up. */
const calmDrainMs = 25;

export type Call = () => Promise<unknown>;

async function withClientCpu<Result>(work: () => Promise<Result>) {
  const startedMs = performance.now();
  const before = process.cpuUsage();
  const result = await work();
  const { user, system } = process.cpuUsage(before);
  return { result, clientCpuShare: (user + system) / 1000 / (performance.now() - startedMs) };
}

/** Share of a step whose calls show how long a call takes that waits for no other. */
const beginning = 0.25;

/**
 * Runs one step of the search. Calls have piled up if the last ones take longer than 99 % of those
 * at the beginning did.
 */
export async function runSearchStep(
  schedule: Schedule,
  { pacer, call }: { readonly pacer: Pacer; readonly call: (index: number) => Promise<unknown> },
) {
  const firstMs: number[] = [];
  let timedOut = 0;
  const onEnd = (index: number, end: CallEnd, responseMs: number) => {
    if (end === 'timed out') timedOut += 1;
    if (end === 'completed' && index < schedule.length * beginning) firstMs.push(responseMs);
  };
  const loop = await runOpenLoop({ schedule, pacer, call, maxInFlight, timeoutMs, onEnd });
  const { scheduled, sent, overflow, completed, failed, elapsedMs, drainMs, response } = loop;
  const quantileMs = response.getValueAtPercentile(objective.quantile * 100) / 1000;
  const succeeded = completed / Math.max(1, scheduled);
  const sorted = firstMs.toSorted((a, b) => a - b);
  const usualMs = sorted[Math.ceil(objective.quantile * sorted.length) - 1] ?? 0;
  const piledUpMs = Math.max(0, drainMs - Math.max(calmDrainMs, usualMs));
  const achieved = (succeeded * elapsedMs) / (elapsedMs + piledUpMs);
  const met =
    succeeded >= objective.succeeding && achieved >= achievedAtLeast && quantileMs <= objective.ms;
  const counts = { scheduled, sent, overflow, completed, failed, timedOut };
  return { ...counts, met, achieved, quantileMs };
}

/** One search for the highest rate, of the mix or of reads alone. */
export interface Searching {
  closedStep(call: Call, durationMs: number): Promise<void>;
  searchStep(call: Call, durationMs: number, seed: number): Promise<void>;
  /** The highest rate that met the objective; if none did, that of the closed loop. */
  perSecond(): number;
  sample(): RateSearchSample;
}

export function createSearching(pid: number | null, pacer: Pacer): Searching {
  const closed = { perSecond: 0, completed: 0, failed: 0, serverCpuMicros: 0, clientCpuShare: 0 };
  const steps: RateSearchSample['steps'] = [];
  let failure: string | undefined;
  let isCpuKnown = true;
  let search: ReturnType<typeof createRateSearch> | undefined;
  const cpuNow = () => (pid === null ? undefined : cpuMicrosOf(pid));
  return {
    async closedStep(call, durationMs) {
      const before = cpuNow();
      const { result, clientCpuShare } = await withClientCpu(() =>
        runClosedLoop({ call, inFlight, durationMs }),
      );
      const after = cpuNow();
      if (before === undefined || after === undefined) isCpuKnown = false;
      else closed.serverCpuMicros += after - before;
      // The best of its steps, because other processes may have disturbed the others.
      closed.perSecond = Math.max(closed.perSecond, result.perSecond);
      closed.completed += result.answered;
      closed.failed += result.failed;
      closed.clientCpuShare = Math.max(closed.clientCpuShare, clientCpuShare);
      failure ??= Object.keys(result.failures)[0];
    },
    async searchStep(call, durationMs, seed) {
      // At least 1, because the closed loop may have had no response in time.
      search ??= createRateSearch(Math.max(1, closed.perSecond));
      const perSecond = search.next();
      const schedule = poissonSchedule(perSecond, durationMs, createRandom(seed));
      const { result, clientCpuShare } = await withClientCpu(() =>
        runSearchStep(schedule, { pacer, call }),
      );
      search.add(result.met);
      steps.push({ ...result, perSecond, clientCpuShare });
    },
    perSecond: () => search?.best() ?? closed.perSecond,
    sample: () => ({
      invalid: [
        ...(failure === undefined ? [] : [`unexpected failures: ${closed.failed} × ${failure}`]),
        ...faultsOfClient(Math.max(0, ...steps.map((step) => step.clientCpuShare))),
      ],
      closed: { ...closed, serverCpuMicros: isCpuKnown ? closed.serverCpuMicros : null },
      perSecond: search?.best() ?? null,
      steps,
    }),
  };
}
