import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Makes a function that runs `work` soon after it is called. A call during a run, or during the
 * pause after one, makes `work` run again, and so does a failure.
 *
 * @param pauseMs between the end of one run and the start of the next
 */
export function onceAtATime(work: () => Promise<void>, pauseMs: number): () => void {
  let asked = false;
  let running = false;
  async function run(): Promise<void> {
    running = true;
    while (asked) {
      asked = false;
      await work().catch(() => {
        asked = true;
      });
      await sleep(pauseMs, undefined, { ref: false });
    }
    running = false;
  }
  return () => {
    asked = true;
    // Cannot reject: failures of `work` are caught, and nothing else fails.
    if (!running) void run();
  };
}
