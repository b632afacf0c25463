import { eventLoopUtilization, monitorEventLoopDelay } from 'node:perf_hooks';
import type { Store } from './core/store.ts';
import type { FailureKind } from './log.ts';
import type { CallRecord } from './observe.ts';

/** Counters of this process in the Prometheus text format 0.0.4. */
export interface Metrics {
  readonly record: (call: CallRecord) => void;
  /** Counts a failure outside of calls. */
  failed(kind: FailureKind): void;
  /** Gauges of the event loop restart with each scrape. */
  render(): string;
  close(): void;
}

export function createMetrics(store: Pick<Store, 'queryCount'>): Metrics {
  const calls = new Map<string, Map<string, number>>();
  const failures: Record<FailureKind, number> = { rejection: 0, exception: 0, background: 0 };
  const eventLoop = watchEventLoop();
  return {
    close: eventLoop.close,
    record({ operation, code }) {
      let ofOperation = calls.get(operation);
      if (!ofOperation) {
        ofOperation = new Map();
        calls.set(operation, ofOperation);
      }
      ofOperation.set(code, (ofOperation.get(code) ?? 0) + 1);
    },
    failed(kind) {
      failures[kind] += 1;
    },
    render() {
      const cpu = process.cpuUsage();
      const lines = [
        '# HELP fivewire_store_queries_total Database statements executed for calls.',
        '# TYPE fivewire_store_queries_total counter',
        `fivewire_store_queries_total ${store.queryCount}`,
        '# HELP fivewire_calls_total Calls that ended, by operation and result code. A GraphQL' +
          ' document is one of operation "document", besides the calls in it.',
        '# TYPE fivewire_calls_total counter',
        ...[...calls].flatMap(([operation, codes]) =>
          [...codes].map(
            ([code, count]) =>
              `fivewire_calls_total{operation="${operation}",code="${code}"} ${count}`,
          ),
        ),
        '# HELP fivewire_failures_total Failures that belong to no call: promises and exceptions that' +
          ' nothing caught, and work between calls.',
        '# TYPE fivewire_failures_total counter',
        ...Object.entries(failures).map(
          ([kind, count]) => `fivewire_failures_total{kind="${kind}"} ${count}`,
        ),
        '# HELP process_cpu_seconds_total User and system CPU time of the process.',
        '# TYPE process_cpu_seconds_total counter',
        `process_cpu_seconds_total ${(cpu.user + cpu.system) / 1e6}`,
        '# HELP process_resident_memory_bytes Resident memory of the process.',
        '# TYPE process_resident_memory_bytes gauge',
        `process_resident_memory_bytes ${process.memoryUsage.rss()}`,
        ...eventLoop.lines(),
      ];
      return `${lines.join('\n')}\n`;
    },
  };
}

/** How long the event loop delayed its work, and how busy it was, since the last scrape. */
function watchEventLoop() {
  // Observes each turn of the loop and causes none, so an idle process stays asleep.
  const turns = monitorEventLoopDelay({ samplePerIteration: true });
  turns.enable();
  let last = eventLoopUtilization();
  return {
    lines(): readonly string[] {
      const longestSeconds = turns.max / 1e9;
      turns.reset();
      const now = eventLoopUtilization();
      const { utilization } = eventLoopUtilization(now, last);
      last = now;
      return [
        '# HELP nodejs_eventloop_lag_max_seconds Longest turn of the event loop that ended since' +
          ' the last scrape, without its wait for events: how long new work had to wait at most.',
        '# TYPE nodejs_eventloop_lag_max_seconds gauge',
        `nodejs_eventloop_lag_max_seconds ${longestSeconds}`,
        '# HELP nodejs_eventloop_utilization Share of the time since the last scrape that the' +
          ' event loop did not wait for events.',
        '# TYPE nodejs_eventloop_utilization gauge',
        `nodejs_eventloop_utilization ${utilization}`,
      ];
    },
    close: () => void turns.disable(),
  };
}
