import type { FailureKind } from './log.ts';

/**
 * Reports rejections and exceptions that nothing else caught, and keeps the process serving.
 *
 * After such an exception, Node's documentation advises to end the process, because the state of
 * what threw is unknown. Here the process goes on: the state of payments is in the database, which
 * changes by whole transactions, and a process that one client's input can end would end for all
 * clients, as often as that input is sent. Both are counted in `/metrics`, where any count above
 * zero is a bug.
 */
export function catchTheRest(report: (kind: FailureKind, error: unknown) => void): void {
  // If the reader of the log is gone, each write fails, and that failure must not be logged in
  // turn.
  process.stdout.on('error', () => {});
  process.stderr.on('error', () => {});
  process.on('unhandledRejection', (reason) => report('rejection', reason));
  process.on('uncaughtException', (error) => report('exception', error));
}
