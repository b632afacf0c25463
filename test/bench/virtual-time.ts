import { setImmediate as turn } from 'node:timers/promises';
import type { Pacer } from '../../bench/generator/metronome.ts';

export interface VirtualTime {
  readonly pacer: Pacer;
  /** Resolves at a time. */
  at(atMs: number): Promise<void>;
}

/** As many turns as no exchange over a socket of this machine needs. */
const mostTurns = 2_000_000;

/**
 * Time that passes only when the open loop sleeps: seconds of a run in milliseconds, exactly.
 *
 * @param isQuiet whether nothing is on its way: until then time stands still. With sockets, that is
 *   when every request has arrived at its server, and every answer at its client.
 */
export function createVirtualTime(isQuiet: () => boolean = () => true): VirtualTime {
  let nowMs = 0;
  const events: { readonly atMs: number; readonly happen: () => void }[] = [];

  async function calmDown(): Promise<void> {
    let turns = 0;
    do {
      await turn();
      turns += 1;
      if (turns > mostTurns) throw new Error('Expected sockets that fall quiet, got none.');
    } while (!isQuiet());
  }

  return {
    pacer: {
      now: () => nowMs,
      async sleepUntil(ms) {
        await calmDown();
        for (;;) {
          events.sort((a, b) => a.atMs - b.atMs);
          const next = events[0];
          if (!next || next.atMs > ms) break;
          events.shift();
          nowMs = Math.max(nowMs, next.atMs);
          next.happen();
          await calmDown();
        }
        nowMs = Math.max(nowMs, ms);
      },
      async close() {},
    },
    at: (atMs) =>
      new Promise((happen) => {
        events.push({ atMs, happen });
      }),
  };
}

/** When a server answers a call that arrives at a time, virtual milliseconds; undefined: never. */
export type AnswersAt = (arrivedMs: number, index: number) => number | undefined;

/** Takes `serviceMs` for a call, and does nothing at all from `fromMs` for `forMs`. */
export const stalling =
  (serviceMs: number, { fromMs, forMs }: { readonly fromMs: number; readonly forMs: number }) =>
  (arrivedMs: number): number =>
    (arrivedMs >= fromMs && arrivedMs < fromMs + forMs ? fromMs + forMs : arrivedMs) + serviceMs;

/** Takes exactly `serviceMs` for a call, as many at a time as it has workers; others queue. */
export function queueing(serviceMs: number, workers: number): AnswersAt {
  const freeMs = Array.from({ length: workers }, () => 0);
  return (arrivedMs) => {
    const next = freeMs.indexOf(Math.min(...freeMs));
    const doneMs = Math.max(arrivedMs, freeMs[next] ?? 0) + serviceMs;
    freeMs[next] = doneMs;
    return doneMs;
  };
}

/** A call of a server in the same virtual time. */
export const callOf =
  ({ pacer, at }: VirtualTime, answersAt: AnswersAt) =>
  (index: number): Promise<void> => {
    const atMs = answersAt(pacer.now(), index);
    return atMs === undefined ? new Promise(() => {}) : at(atMs);
  };
