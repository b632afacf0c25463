import { isMainThread, parentPort, Worker } from 'node:worker_threads';

/** Time as the open loop sees it; tests bring a virtual one. */
export interface Pacer {
  /** Milliseconds, monotonic. */
  now(): number;
  /** Resolves at this time or as soon after it as the machine can. */
  sleepUntil(ms: number): Promise<void>;
  close(): Promise<void>;
}

/**
 * A pacer whose beats come from a thread that waits with a deadline: timers of the event loop
 * round to whole milliseconds and slip by what ran before them.
 */
export async function createMetronome(): Promise<Pacer> {
  const worker = new Worker(new URL(import.meta.url));
  let beat = () => {};
  worker.on('message', () => beat());
  await new Promise<void>((resolve, reject) => {
    beat = resolve;
    worker.once('error', reject);
  });
  return {
    now: () => performance.now(),
    sleepUntil: (ms) =>
      new Promise((resolve) => {
        beat = resolve;
        worker.postMessage(performance.timeOrigin + ms);
      }),
    async close() {
      await worker.terminate();
    },
  };
}

if (!isMainThread && parentPort) {
  const port = parentPort;
  const cell = new Int32Array(new SharedArrayBuffer(4));
  port.on('message', (epochMs: number) => {
    const waitMs = epochMs - performance.timeOrigin - performance.now();
    if (waitMs > 0) Atomics.wait(cell, 0, 0, waitMs);
    port.postMessage(0);
  });
  port.postMessage(0);
}
