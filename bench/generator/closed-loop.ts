import { createHistogram, type Histogram, recordMs } from '../statistics/histogram.ts';

interface ClosedLoopOptions {
  /** One unit of work; rejects an unexpected response. */
  readonly call: () => Promise<unknown>;
  /** Calls in flight at any time. */
  readonly inFlight: number;
  readonly durationMs: number;
  /** Time to wait after the end for calls in flight, ms. Defaults to 2,000. */
  readonly graceMs?: number;
  /** The loop ends early after this many failures, because the cell is invalid anyway. */
  readonly maxFailures?: number;
  /** Gets the number of calls under way whenever it changes. */
  readonly onUnderWay?: (calls: number) => void;
}

export interface ClosedLoopResult {
  /** Successful responses within the duration. */
  readonly completed: number;
  /** All successful responses, including those after the end: the server worked for them, too. */
  readonly answered: number;
  readonly failed: number;
  /** Failures by message, the first few kinds. */
  readonly failures: Readonly<Record<string, number>>;
  readonly elapsedMs: number;
  readonly perSecond: number;
  /** Throughput of the second half over that of the first: 1 is stationary. */
  readonly drift: number;
  /** Of all successful responses; without those after the end, the longest would be missing. */
  readonly latency: Histogram;
}

const kindsOfFailure = 5;

/** Counts failures by message, so that a report can say what went wrong and how often. */
export function createFailureLog() {
  const kinds: Record<string, number> = {};
  let count = 0;
  return {
    add(thrown: unknown): void {
      count += 1;
      const message = thrown instanceof Error ? thrown.message : String(thrown);
      const known = message in kinds || Object.keys(kinds).length < kindsOfFailure;
      const kind = known ? message.slice(0, 200) : 'others';
      kinds[kind] = (kinds[kind] ?? 0) + 1;
    },
    get count() {
      return count;
    },
    kinds: kinds as Readonly<Record<string, number>>,
  };
}

/**
 * Keeps N calls in flight for a time: the next one starts when one ends. This suits capacity. Its
 * latency is that of a server under exactly N calls, and a stalled server gets fewer calls.
 */
export async function runClosedLoop(options: ClosedLoopOptions): Promise<ClosedLoopResult> {
  const { call, inFlight, durationMs, graceMs = 2000, maxFailures = 100 } = options;
  const { onUnderWay = () => {} } = options;
  const latency = createHistogram();
  const failures = createFailureLog();
  let completed = 0;
  let answered = 0;
  let firstHalf = 0;
  let out = 0;
  const startedMs = performance.now();
  const halfMs = startedMs + durationMs / 2;
  const endMs = startedMs + durationMs;

  async function keepCalling(): Promise<void> {
    for (;;) {
      const sentMs = performance.now();
      if (sentMs >= endMs || failures.count >= maxFailures) return;
      out += 1;
      onUnderWay(out);
      try {
        await call();
        const nowMs = performance.now();
        recordMs(latency, nowMs - sentMs);
        answered += 1;
        if (nowMs <= endMs) {
          completed += 1;
          if (nowMs <= halfMs) firstHalf += 1;
        }
      } catch (thrown) {
        failures.add(thrown);
      }
      out -= 1;
      onUnderWay(out);
    }
  }

  const loops = Promise.all(Array.from({ length: inFlight }, keepCalling));
  const late = Promise.withResolvers<void>();
  const timer = setTimeout(late.resolve, durationMs + graceMs);
  await Promise.race([loops, late.promise]);
  clearTimeout(timer);
  for (let unanswered = out; unanswered > 0; unanswered -= 1) {
    failures.add(new Error(`no response within ${graceMs} ms after the end`));
  }
  const elapsedMs = Math.min(performance.now() - startedMs, durationMs);
  return {
    completed,
    answered,
    failed: failures.count,
    failures: failures.kinds,
    elapsedMs,
    perSecond: completed / (elapsedMs / 1000),
    drift: firstHalf === 0 ? Number.NaN : (completed - firstHalf) / firstHalf,
    latency,
  };
}
