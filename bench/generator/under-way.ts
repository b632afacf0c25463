import { isMainThread, Worker, workerData } from 'node:worker_threads';

/** Counts the calls under way by a thread that samples, and so independently of latencies. */
export interface UnderWayCounter {
  /** Sets the number of calls under way from now on. */
  set(calls: number): void;
  start(): void;
  stop(): { readonly samples: number; readonly mean: number };
  close(): Promise<void>;
}

/** The cells of the shared memory. The thread waits at `state`. */
const cell = { state: 0, calls: 1, sum: 2, samples: 3 } as const;
const state = { off: 0, on: 1 } as const;
/** Range of the random time between samples: a fixed time could coincide with that of the calls. */
const gapMs = { from: 0.5, to: 1.5 } as const;

export async function createUnderWayCounter(): Promise<UnderWayCounter> {
  const memory = new SharedArrayBuffer(4 * Object.keys(cell).length);
  const cells = new Int32Array(memory);
  const worker = new Worker(new URL(import.meta.url), { workerData: memory });
  await new Promise<void>((resolve, reject) => {
    worker.once('online', resolve);
    worker.once('error', reject);
  });
  const turn = (to: number) => {
    Atomics.store(cells, cell.state, to);
    Atomics.notify(cells, cell.state);
  };
  return {
    set(calls) {
      Atomics.store(cells, cell.calls, calls);
    },
    start() {
      Atomics.store(cells, cell.sum, 0);
      Atomics.store(cells, cell.samples, 0);
      turn(state.on);
    },
    stop() {
      turn(state.off);
      const samples = Atomics.load(cells, cell.samples);
      return { samples, mean: Atomics.load(cells, cell.sum) / Math.max(1, samples) };
    },
    async close() {
      await worker.terminate();
    },
  };
}

function sample(cells: Int32Array): never {
  for (;;) {
    if (Atomics.load(cells, cell.state) === state.off) {
      Atomics.wait(cells, cell.state, state.off);
      continue;
    }
    const waitMs = gapMs.from + Math.random() * (gapMs.to - gapMs.from);
    if (Atomics.wait(cells, cell.state, state.on, waitMs) !== 'timed-out') continue;
    Atomics.add(cells, cell.sum, Atomics.load(cells, cell.calls));
    Atomics.add(cells, cell.samples, 1);
  }
}

if (!isMainThread && workerData instanceof SharedArrayBuffer) sample(new Int32Array(workerData));
