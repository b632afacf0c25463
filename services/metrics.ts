import type { CallRecord, Store } from './core/ports.ts';

/** Counters of this process in the Prometheus text format 0.0.4. */
export interface Metrics {
  readonly record: (call: CallRecord) => void;
  render(): string;
}

export function createMetrics(store: Pick<Store, 'queryCount'>): Metrics {
  const calls = new Map<string, Map<string, number>>();
  return {
    record({ operation, code }) {
      let ofOperation = calls.get(operation);
      if (!ofOperation) {
        ofOperation = new Map();
        calls.set(operation, ofOperation);
      }
      ofOperation.set(code, (ofOperation.get(code) ?? 0) + 1);
    },
    render() {
      const cpu = process.cpuUsage();
      const lines = [
        '# HELP fivewire_store_queries_total Database statements executed for calls.',
        '# TYPE fivewire_store_queries_total counter',
        `fivewire_store_queries_total ${store.queryCount}`,
        '# HELP fivewire_calls_total Calls that ended, by operation and result code.',
        '# TYPE fivewire_calls_total counter',
        ...[...calls].flatMap(([operation, codes]) =>
          [...codes].map(
            ([code, count]) =>
              `fivewire_calls_total{operation="${operation}",code="${code}"} ${count}`,
          ),
        ),
        '# HELP process_cpu_seconds_total User and system CPU time of the process.',
        '# TYPE process_cpu_seconds_total counter',
        `process_cpu_seconds_total ${(cpu.user + cpu.system) / 1e6}`,
        '# HELP process_resident_memory_bytes Resident memory of the process.',
        '# TYPE process_resident_memory_bytes gauge',
        `process_resident_memory_bytes ${process.memoryUsage.rss()}`,
      ];
      return `${lines.join('\n')}\n`;
    },
  };
}
