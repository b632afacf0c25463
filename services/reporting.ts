import type { Config } from './config.ts';
import type { Observe } from './core/observe.ts';
import { createLog, type Log } from './log.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { recordCalls } from './observe.ts';

/** Log and metrics of one server, which both receive everything. */
export interface Reporting {
  readonly observe: Observe;
  /** Logs and counts a failure that belongs to no call. */
  readonly report: Log['failure'];
  readonly metrics: Metrics;
}

export function createReporting(
  level: Config['log'],
  store: Parameters<typeof createMetrics>[0],
): Reporting {
  const metrics = createMetrics(store);
  const log = createLog(level);
  return {
    metrics,
    observe: recordCalls((call) => {
      metrics.record(call);
      log.call(call);
    }),
    report(kind, error, work) {
      metrics.failed(kind);
      log.failure(kind, error, work);
    },
  };
}
