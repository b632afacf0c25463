import type { FailureKind } from './log.ts';

/**
 * Reports what nothing else caught, and keeps the process serving.
 *
 * A promise that nobody awaits ends with its own work: all else goes on. After an exception that
 * nothing caught, Node's documentation advises to end the process, because the state of what threw
 * is unknown. It goes on here too: what a payment is stands in the database, which changes by whole
 * transactions, and a process that ends for one client's input ends for all of them, as often as
 * that input is sent. Both are counted in `/metrics`: any count above zero is a bug to mend.
 */
export function catchTheRest(report: (kind: FailureKind, error: unknown) => void): void {
  // A log that nobody reads any more fails each write to it, which must not be logged in turn.
  process.stdout.on('error', () => {});
  process.stderr.on('error', () => {});
  process.on('unhandledRejection', (reason) => report('rejection', reason));
  process.on('uncaughtException', (error) => report('exception', error));
}
