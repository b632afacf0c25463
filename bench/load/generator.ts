import type { Measured } from '../report/result.ts';
import { scenarioNamed } from '../scenarios/index.ts';
import type { Lab } from '../scenarios/scenario.ts';
import type { StorageMeasurement } from '../scenarios/storage.ts';

/**
 * The client side of a measurement, a process of its own: gets one job by message, answers with
 * what it measured or why it could not.
 */

export type Job =
  | { readonly kind: 'scenario'; readonly scenario: string; readonly lab: Lab }
  | { readonly kind: 'storage'; readonly folder: string };

export type Report =
  | { readonly kind: 'ready' }
  | { readonly kind: 'measured'; readonly measured: Measured }
  | { readonly kind: 'storage'; readonly storage: StorageMeasurement }
  | { readonly kind: 'failed'; readonly reason: string };

const send = (report: Report): void => {
  process.send?.(report);
};

async function take(job: Job): Promise<Report> {
  if (job.kind === 'storage') {
    // Loaded only here: no load generator has a store in its memory.
    const { measureStorage } = await import('../scenarios/storage.ts');
    return { kind: 'storage', storage: await measureStorage(job.folder) };
  }
  const { scenario, lab } = job;
  process.prependOnceListener('disconnect', () => endSubject(lab.address.pid));
  return { kind: 'measured', measured: await scenarioNamed(scenario).measure(lab) };
}

/** Whoever started both is gone without a word: leaves no server behind. */
function endSubject(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } finally {
    process.exit(1);
  }
}

// The terminal tells the whole group of an interrupt; the process that started this one decides.
process.on('SIGINT', () => {});
process.once('disconnect', () => process.exit(1));
process.once('message', async (job) => {
  try {
    // Only the other side of this file sends messages.
    send(await take(job as Job));
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    send({ kind: 'failed', reason });
  }
});
send({ kind: 'ready' });
