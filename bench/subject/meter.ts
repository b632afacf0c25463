import { readdirSync, readFileSync } from 'node:fs';
import { get as httpGet } from 'node:http';
import { get as httpsGet } from 'node:https';
import { text } from 'node:stream/consumers';
import type { Address } from './address.ts';

/** Since it was last asked. */
const loopDelayGauge = 'nodejs_eventloop_lag_max_seconds';

/**
 * CPU time of a process so far, user and system, all threads, microseconds. The scheduler's own
 * account in nanoseconds (Linux, `/proc/PID/task/TID/schedstat`, first field).
 * @returns undefined if the platform has no such account
 */
export function cpuMicrosOf(pid: number): number | undefined {
  try {
    let nanos = 0;
    for (const task of readdirSync(`/proc/${pid}/task`)) {
      nanos += Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]);
    }
    return nanos > 0 ? nanos / 1000 : undefined;
  } catch {
    return undefined;
  }
}

/** Resident memory of a process now and at its peak, bytes; undefined if it cannot be read. */
export function memoryOf(
  pid: number,
): { readonly residentBytes: number; readonly peakBytes: number } | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const bytesOf = (field: string) =>
      Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) * 1024;
    const memory = { residentBytes: bytesOf('VmRSS'), peakBytes: bytesOf('VmHWM') };
    // Some sandboxes lack a field.
    return Object.values(memory).every(Number.isFinite) ? memory : undefined;
  } catch {
    return undefined;
  }
}

/** A counter of the Prometheus text format. @throws Error if no counter has this name */
export function counterIn(metrics: string, name: string): number {
  const value = new RegExp(`^${name} (\\S+)$`, 'm').exec(metrics)?.[1];
  if (value === undefined) throw new Error(`Expected the counter ${name} in /metrics, found none.`);
  return Number(value);
}

/** What the server has spent; null if that cannot be known. */
export interface ServerUsage {
  readonly cpuMicros: number | null;
  /** Database statements. */
  readonly queries: number | null;
  /** The longest that its event loop was held up. */
  readonly loopDelayMs: number | null;
}

function metricsOf({ host, http, ca }: Address): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { host, port: http, path: '/metrics', agent: false, ca };
    const asking = (ca === undefined ? httpGet : httpsGet)(options, (answer) => {
      text(answer).then(resolve, reject);
    });
    asking.once('error', reject);
  });
}

const cpuOf = ({ pid }: Address): number | undefined =>
  pid === null ? undefined : cpuMicrosOf(pid);

/**
 * Runs `work` and returns what the server spent on it. Counters are fetched outside of the CPU
 * readings, so that asking costs the subject nothing that is counted.
 */
export async function metered<Result>(
  address: Address,
  work: () => Promise<Result>,
): Promise<{ readonly result: Result; readonly spent: ServerUsage }> {
  const before = address.counters ? await metricsOf(address) : undefined;
  const cpuBefore = cpuOf(address);
  const result = await work();
  const cpuAfter = cpuOf(address);
  const after = address.counters ? await metricsOf(address) : undefined;
  const grown = (name: string) =>
    before === undefined || after === undefined
      ? null
      : counterIn(after, name) - counterIn(before, name);
  const ownCpuSeconds = grown('process_cpu_seconds_total');
  const accounted =
    cpuBefore === undefined || cpuAfter === undefined ? undefined : cpuAfter - cpuBefore;
  return {
    result,
    spent: {
      cpuMicros: accounted ?? (ownCpuSeconds === null ? null : ownCpuSeconds * 1e6),
      queries: grown('fivewire_store_queries_total'),
      loopDelayMs: after === undefined ? null : counterIn(after, loopDelayGauge) * 1000,
    },
  };
}
