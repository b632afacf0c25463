import { SingleBar } from 'cli-progress';
import type { ImportReport } from './report.ts';

export interface ImportProgress {
  readonly done: number;
  readonly total: number;
}

/** Shows an import's progress on stderr: a bar on a terminal, else a line at its start and end. */
export interface ProgressDisplay {
  update(progress: ImportProgress): void;
  /** Says how it ended. */
  end(report: ImportReport): void;
  /** Gives the terminal back, also after a failure. */
  close(): void;
}

const count = (rows: number): string => rows.toLocaleString('en-GB');

export function showProgress(): ProgressDisplay {
  const startedMs = performance.now();
  const bar = process.stderr.isTTY ? createBar() : undefined;
  let started = false;

  return {
    update({ done, total }) {
      if (started) return bar?.update(done);
      started = true;
      if (bar) bar.start(total, done);
      else console.error(`importing ${count(total)} invoices`);
    },
    end({ file, left, earlier }) {
      bar?.stop();
      const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
      const done = `${count(file.count - left.count)} invoices in ${seconds} s`;
      const before = earlier > 0 ? `, ${count(earlier)} of them imported earlier` : '';
      if (left.count === 0) return console.error(`imported ${done}${before}`);
      const rest = `${count(left.count)} are left, and npm run import continues there`;
      console.error(`stopped after ${done}${before}: ${rest}`);
    },
    close() {
      bar?.stop();
    },
  };
}

const createBar = (): SingleBar =>
  new SingleBar({
    format: 'importing [{bar}] {percentage}%  {value}/{total} invoices  {eta_formatted} left',
    stream: process.stderr,
    hideCursor: true,
    // Averaged over about a tenth of the year, so that the time left does not jump.
    etaBuffer: 20,
    // Whoever runs the import decides what a signal means.
    gracefulExit: false,
  });
