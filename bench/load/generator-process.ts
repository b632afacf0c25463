import { fileURLToPath } from 'node:url';
import { endNode, keepLastWords, startNode } from '../subject/process.ts';
import type { Order, Report } from './generator.ts';

/** A load generator, fresh: its compiled code has seen no other contender. */
export interface Generator {
  readonly pid: number;
  /** @throws Error with the reason why it could not be done */
  run(order: Order, withinMs: number): Promise<Report>;
  stop(): Promise<void>;
}

const path = fileURLToPath(new URL('./generator.ts', import.meta.url));
const compileCache = fileURLToPath(new URL('../../.data/compile-cache', import.meta.url));
const readyWithinMs = 20_000;

/** Resolves when the generator waits for its job. */
export async function startGenerator(): Promise<Generator> {
  const child = startNode({
    args: [path],
    ipc: true,
    // Compiled once for all the generators of all runs: starting is not what is measured.
    env: { NODE_ENV: 'production', NODE_COMPILE_CACHE: compileCache },
  });
  const lastWords = keepLastWords(child);

  const nextReport = (withinMs: number): Promise<Report> =>
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
      child.once('message', (report) => {
        clearTimeout(timer);
        child.off('exit', onExit);
        // Only the generator sends messages.
        resolve(report as Report);
      });
    });

  try {
    await nextReport(readyWithinMs);
  } catch (thrown) {
    await endNode(child);
    throw thrown;
  }
  return {
    // A process that said something has an id.
    pid: child.pid as number,
    async run(order, withinMs) {
      const report = nextReport(withinMs);
      child.send(order);
      const done = await report;
      if (done.kind === 'failed') throw new Error(done.reason);
      return done;
    },
    stop: () => endNode(child),
  };
}
