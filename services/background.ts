/** Work between calls. */
export interface Task {
  readonly everyMs: number;
  run(): Promise<unknown>;
}

/**
 * Runs each task again and again, never twice at once. A failure is reported, and the work is tried
 * again at the next turn; one that repeats itself is reported once until the work succeeds.
 *
 * @returns ends all of it; resolves when nothing runs any more
 */
export function runInBackground(
  tasks: readonly Task[],
  report: (error: unknown) => void,
): () => Promise<void> {
  const stops = tasks.map((task) => runOne(task, report));
  return async () => {
    await Promise.all(stops.map((stop) => stop()));
  };
}

function runOne({ everyMs, run }: Task, report: (error: unknown) => void): () => Promise<void> {
  let running: Promise<void> | undefined;
  let reported: string | undefined;

  async function turn(): Promise<void> {
    try {
      await run();
      reported = undefined;
    } catch (error) {
      if (String(error) !== reported) report(error);
      reported = String(error);
    } finally {
      running = undefined;
    }
  }

  const timer = setInterval(() => {
    running ??= turn();
  }, everyMs);
  return async () => {
    clearInterval(timer);
    await running;
  };
}
