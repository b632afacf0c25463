import { fileURLToPath } from 'node:url';
import { endNode, keepLastWords, startNode } from '../process/child.ts';
import type { Task, TaskOrder, TaskReport } from './tasks.ts';

/** A load generator, a fresh process: its compiled code has seen no other contender. */
export interface Generator<Tasks extends { readonly [Name in keyof Tasks]: Task }> {
  readonly pid: number;
  /** @throws Error with the reason of its failure, or after `withinMs` */
  run<Name extends keyof Tasks & string>(
    task: Name,
    order: Parameters<Tasks[Name]>[0],
    withinMs: number,
  ): ReturnType<Tasks[Name]>;
  stop(): Promise<void>;
}

const compileCache = fileURLToPath(new URL('../../.data/compile-cache', import.meta.url));
const readyWithinMs = 60_000;

/**
 * Starts a generator. Resolves when it waits for its first order.
 * @param entry the file of the process, which calls `serveTasks` with its tasks
 */
export async function startGenerator<Tasks extends { readonly [Name in keyof Tasks]: Task }>(
  entry: URL,
): Promise<Generator<Tasks>> {
  const child = startNode({
    args: [fileURLToPath(entry)],
    ipc: true,
    // Compiled once for all the generators of all runs: starting is not what is measured.
    env: { NODE_ENV: 'production', NODE_COMPILE_CACHE: compileCache },
  });
  const lastWords = keepLastWords(child);
  // An order to a process that has just ended: its exit is what is reported.
  child.on('error', () => {});

  const nextReport = (withinMs: number): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const fail = (what: string) =>
        reject(new Error(`Expected a report of the load generator, got ${what}. ${lastWords()}`));
      const timer = setTimeout(() => {
        fail(`none in ${withinMs} ms`);
        // Its late report would be taken for that of the next order.
        void endNode(child);
      }, withinMs);
      const onExit = (code: number | null) => {
        clearTimeout(timer);
        fail(`its end by ${code}`);
      };
      child.once('exit', onExit);
      child.once('message', (message) => {
        clearTimeout(timer);
        child.off('exit', onExit);
        // Only the generator sends messages.
        const report = message as TaskReport;
        if (report.ok) resolve(report.output);
        else reject(new Error(report.reason));
      });
    });

  try {
    await nextReport(readyWithinMs);
  } catch (thrown) {
    await endNode(child);
    throw thrown;
  }
  return {
    // A process that sent a message has an id.
    pid: child.pid as number,
    run<Name extends keyof Tasks & string>(
      task: Name,
      input: Parameters<Tasks[Name]>[0],
      withinMs: number,
    ) {
      const report = child.connected
        ? nextReport(withinMs)
        : Promise.reject(new Error(`Expected a load generator that runs. ${lastWords()}`));
      const order: TaskOrder = { task, input };
      if (child.connected) child.send(order, () => {});
      // What a task returns crosses the channel as it is.
      return report as ReturnType<Tasks[Name]>;
    },
    stop: () => endNode(child),
  };
}
