import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Runs `work` soon after it is asked for, again where that was while it ran or in the pause after,
 * and again where it failed.
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
