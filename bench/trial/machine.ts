import { writeFileSync } from 'node:fs';
import { pin } from '../process/child.ts';
import type { MachineSpeed } from '../result/result.ts';
import { median, sortedAt } from '../statistics/paired.ts';
import { startControl } from '../subject/subject.ts';
import type { Copies } from '../subject/template.ts';
import { nullConstants } from './constants.ts';
import type { StartLoadGenerator } from './tasks.ts';

/**
 * Measures the speed of the machine before and after the steps of a run. On shared machines calls
 * slow down by half for seconds to minutes while arithmetic does not, so the work resembles a call.
 */
export interface Machine {
  /** Sends requests to a null server for a moment. @returns requests a second; null if it failed */
  read(): Promise<number | null>;
  /** Whether a reading lies in a spell that is slower than the run's usual. */
  isSlow(perSecond: number): boolean;
  /** Whether there is time to take a step of this length again; if so, counts it as spent. */
  mayRepeat(ms: number): boolean;
  /** Counts a step in a slow spell that is kept, because no time is left to take it again. */
  keep(): void;
  speed(): MachineSpeed | null;
  stop(): Promise<void>;
}

const readMs = 25;
const readWithinMs = 10_000;
/** Time until the code of both processes is compiled. */
const warmUpMs = 600;
/** Factor over the usual time of a request at which the machine counts as slow. */
const slowAt = 1.25;
/** Minimum readings before there is a usual speed. */
const readingsNeeded = 8;
const repeatOverheadMs = 60;

/** @param repeatsMs time for steps that are taken again, in the whole run */
export function createMachine(
  source: { readonly read: () => Promise<number>; readonly stop: () => Promise<void> },
  repeatsMs: number,
): Machine {
  const readings: number[] = [];
  let leftMs = repeatsMs;
  let [repeated, kept] = [0, 0];
  return {
    async read() {
      try {
        const perSecond = await source.read();
        readings.push(perSecond);
        return perSecond;
      } catch {
        // A figure without it is one of an older result.
        return null;
      }
    },
    isSlow: (perSecond) =>
      readings.length >= readingsNeeded && perSecond * slowAt < median(readings),
    mayRepeat(ms) {
      if (leftMs < ms + repeatOverheadMs) return false;
      leftMs -= ms + repeatOverheadMs;
      repeated += 1;
      return true;
    },
    keep() {
      kept += 1;
    },
    speed: () =>
      readings.length === 0
        ? null
        : {
            perSecond: median(readings),
            low: sortedAt(readings, 0.05),
            high: sortedAt(readings, 0.95),
            times: readings.length,
            repeated,
            kept,
          },
    stop: source.stop,
  };
}

/** Starts a null server and a load generator that run until the end of the run. */
export async function startMachine(
  copies: Copies,
  startGenerator: StartLoadGenerator,
  repeatsMs: number,
): Promise<Machine> {
  const path = copies.file('machine.json');
  writeFileSync(path, JSON.stringify(nullConstants));
  const [subject, generator] = await Promise.all([startControl('null', path), startGenerator()]);
  const { address: server } = subject;
  const stop = async () => void (await Promise.all([generator.stop(), subject.stop()]));
  try {
    if (server.pid !== null) await pin(server.pid, 0);
    await pin(generator.pid, 1);
    await generator.run('gauge', { server, ms: warmUpMs }, readWithinMs);
  } catch (thrown) {
    await stop();
    throw thrown;
  }
  const read = () => generator.run('gauge', { server, ms: readMs }, readWithinMs);
  return createMachine({ read, stop }, repeatsMs);
}
