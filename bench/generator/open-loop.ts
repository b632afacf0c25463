import { createHistogram, type Histogram, recordMs } from '../statistics/histogram.ts';
import { createFailureLog } from './closed-loop.ts';
import type { Pacer } from './metronome.ts';
import type { Schedule } from './schedule.ts';

export interface OpenLoopOptions {
  readonly schedule: Schedule;
  readonly pacer: Pacer;
  /** @param intendedMs when the call was meant to start, on the pacer's clock */
  readonly call: (index: number, intendedMs: number) => Promise<unknown>;
  /** Calls that do not fit are counted as overflow, and not sent. */
  readonly maxInFlight: number;
  readonly timeoutMs: number;
  /** Gets each call that was sent, when it has ended. @param responseMs from the intended start */
  readonly onEnd?: (index: number, end: CallEnd, responseMs: number) => void;
  /** Gets the number of calls under way whenever it changes. */
  readonly onUnderWay?: (calls: number) => void;
}

export type CallEnd = 'completed' | 'failed' | 'timed out';

export interface OpenLoopResult {
  readonly scheduled: number;
  readonly sent: number;
  /** Not sent, because `maxInFlight` calls were out: sent + overflow = scheduled. */
  readonly overflow: number;
  readonly completed: number;
  /** Failed and timed out. */
  readonly failed: number;
  readonly failures: Readonly<Record<string, number>>;
  readonly elapsedMs: number;
  /** From the last intended start to the last response: long if calls have piled up. */
  readonly drainMs: number;
  /** From the intended start, as a user waits; with calls that timed out. */
  readonly response: Histogram;
  /** From the actual sending. */
  readonly service: Histogram;
  /** How late the generator sent each call. */
  readonly lateness: Histogram;
}

/** When a call was meant to start, and when it was sent. */
interface Times {
  readonly intendedMs: number;
  readonly sentMs: number;
}

/** Calls that are out, oldest first. @param onChange gets their number */
function createOut(onChange: (calls: number) => void) {
  const out = new Map<number, Times>();
  return {
    size: () => out.size,
    all: () => out.entries(),
    add(index: number, times: Times): void {
      out.set(index, times);
      onChange(out.size);
    },
    /** @returns undefined if it is not out, or no longer */
    take(index: number): Times | undefined {
      const times = out.get(index);
      if (out.delete(index)) onChange(out.size);
      return times;
    },
  };
}

/**
 * Starts calls at the times of an absolute schedule, whatever the server does: a stall is felt by
 * every call that was meant to start during it (no coordinated omission).
 */
export async function runOpenLoop(options: OpenLoopOptions): Promise<OpenLoopResult> {
  const { schedule, pacer, call, maxInFlight, timeoutMs, onEnd, onUnderWay = () => {} } = options;
  const response = createHistogram();
  const service = createHistogram();
  const lateness = createHistogram();
  const failures = createFailureLog();
  const out = createOut(onUnderWay);
  let sent = 0;
  let overflow = 0;
  let completed = 0;
  const startMs = pacer.now();
  let lastAnswerMs = startMs;

  const settle = (index: number, thrown?: { readonly cause: unknown }) => {
    const times = out.take(index);
    if (!times) return;
    const nowMs = pacer.now();
    onEnd?.(index, thrown ? 'failed' : 'completed', nowMs - times.intendedMs);
    if (thrown) {
      failures.add(thrown.cause);
      return;
    }
    completed += 1;
    lastAnswerMs = nowMs;
    recordMs(response, nowMs - times.intendedMs);
    recordMs(service, nowMs - times.sentMs);
  };

  /** All calls wait equally long, so that only the oldest have to be looked at. */
  const giveUpOnOld = () => {
    const nowMs = pacer.now();
    for (const [index, { intendedMs, sentMs }] of out.all()) {
      if (nowMs - sentMs < timeoutMs) return;
      out.take(index);
      failures.add(new Error(`no response within ${timeoutMs} ms`));
      const responseMs = Math.max(nowMs - intendedMs, timeoutMs);
      recordMs(response, responseMs);
      onEnd?.(index, 'timed out', responseMs);
      recordMs(service, Math.max(nowMs - sentMs, timeoutMs));
    }
  };

  for (const [index, offsetMs] of schedule.entries()) {
    const intendedMs = startMs + offsetMs;
    if (pacer.now() < intendedMs) await pacer.sleepUntil(intendedMs);
    giveUpOnOld();
    if (out.size() >= maxInFlight) {
      overflow += 1;
      continue;
    }
    const sentMs = pacer.now();
    recordMs(lateness, sentMs - intendedMs);
    out.add(index, { intendedMs, sentMs });
    sent += 1;
    call(index, intendedMs).then(
      () => settle(index),
      (cause: unknown) => settle(index, { cause }),
    );
  }
  const elapsedMs = pacer.now() - startMs;
  while (out.size() > 0) {
    await pacer.sleepUntil(pacer.now() + 1);
    giveUpOnOld();
  }
  return {
    scheduled: schedule.length,
    sent,
    overflow,
    completed,
    failed: failures.count,
    failures: failures.kinds,
    elapsedMs,
    drainMs: Math.max(0, lastAnswerMs - startMs - (schedule.at(-1) ?? 0)),
    response,
    service,
    lateness,
  };
}
