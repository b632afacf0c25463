import { parentPort, Worker, workerData } from 'node:worker_threads';
import type { Timer } from './delay-line.ts';

/**
 * Linux lets a sleeper sleep up to 50 µs longer than it asked (PR_SET_TIMERSLACK, prctl(2)), and
 * its message takes some more to arrive: the thread gets up that much before the time, and
 * polling fills what is left.
 */
const earlyNanos = 60_000n;
/** A time that never comes. */
const never = 2n ** 62n;

const nowNanos = (): bigint => process.hrtime.bigint();

/**
 * A timer whose time comes from a thread that waits with a deadline, or sleeps without one:
 * timers of the event loop round to whole milliseconds and slip by up to one more.
 */
export async function createAlarm(): Promise<Timer> {
  // The time of the next ring. The thread waits on it, so a new one wakes the thread as well.
  const cell = new BigInt64Array(new SharedArrayBuffer(8)).fill(never);
  const worker = new Worker(new URL(import.meta.url), { workerData: cell });
  await new Promise<void>((resolve, reject) => {
    worker.once('online', resolve);
    worker.once('error', reject);
  });
  worker.unref();

  const entries: { readonly atMs: number; readonly run: () => void }[] = [];
  const now = () => Number(nowNanos()) / 1e6;
  let isPolling = false;

  function ring(): void {
    for (let first = entries[0]; first && first.atMs <= now(); first = entries[0]) {
      entries.shift();
      first.run();
    }
    setNext();
  }

  function setNext(): void {
    const [first] = entries;
    if (!first || isPolling) return;
    const ringNanos = BigInt(Math.round(first.atMs * 1e6)) - earlyNanos;
    if (ringNanos <= nowNanos()) {
      isPolling = true;
      setImmediate(() => {
        isPolling = false;
        ring();
      });
    } else if (Atomics.exchange(cell, 0, ringNanos) !== ringNanos) {
      Atomics.notify(cell, 0);
    }
  }

  worker.on('message', ring);
  return {
    now,
    at(atMs, run) {
      if (atMs <= now()) return run();
      const before = entries.findLastIndex((entry) => entry.atMs <= atMs);
      entries.splice(before + 1, 0, { atMs, run });
      if (before === -1) setNext();
    },
  };
}

function waitAndReport(cell: BigInt64Array<SharedArrayBuffer>, tell: () => void): never {
  for (;;) {
    const ringNanos = Atomics.load(cell, 0);
    const waitMs =
      ringNanos === never ? Number.POSITIVE_INFINITY : Number(ringNanos - nowNanos()) / 1e6;
    if (waitMs > 0 && Atomics.wait(cell, 0, ringNanos, waitMs) !== 'timed-out') continue;
    Atomics.compareExchange(cell, 0, ringNanos, never);
    tell();
  }
}

if (workerData instanceof BigInt64Array) {
  // The buffer that was passed above is shared.
  const cell = workerData as BigInt64Array<SharedArrayBuffer>;
  waitAndReport(cell, () => parentPort?.postMessage(0));
}
