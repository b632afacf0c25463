import type { BackgroundWork } from './core/background.ts';

/** Called with the name of the work that failed. */
type Report = (name: string, error: unknown) => void;

/**
 * Runs each work repeatedly, never twice at once. A failure is reported, and the work is tried
 * again at its next turn; a repeated failure is reported once until the work succeeds.
 *
 * @returns a function that ends all of it; it resolves when nothing runs any more
 */
export function runInBackground(
  works: readonly BackgroundWork[],
  report: Report,
): () => Promise<void> {
  const stops = works.map((work) => runOne(work, report));
  return async () => {
    await Promise.all(stops.map((stop) => stop()));
  };
}

function runOne(work: BackgroundWork, report: Report): () => Promise<void> {
  let running: Promise<void> | undefined;
  let reported: string | undefined;

  async function turn(): Promise<void> {
    try {
      await work.run();
      reported = undefined;
    } catch (error) {
      if (String(error) !== reported) report(work.name, error);
      reported = String(error);
    } finally {
      running = undefined;
    }
  }

  const timer = setInterval(() => {
    running ??= turn();
  }, work.everyMs);
  return async () => {
    clearInterval(timer);
    await running;
  };
}
