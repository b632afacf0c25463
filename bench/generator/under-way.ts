import { isMainThread, Worker, workerData } from 'node:worker_threads';

/** How many calls are under way, sampled by a thread of its own: no latency has a part in it. */
export interface UnderWayCounter {
  /** Says how many there are from now on. */
  set(calls: number): void;
  start(): void;
  stop(): { readonly samples: number; readonly mean: number };
  close(): Promise<void>;
}

/** Of the shared memory. The cell of the state is the one that the thread waits at. */
const cell = { state: 0, calls: 1, sum: 2, samples: 3 } as const;
const state = { off: 0, on: 1 } as const;
/** Two samples lie between these apart, at random: a fixed beat could follow that of the calls. */
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
