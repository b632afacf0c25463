import { setImmediate as turn } from 'node:timers/promises';
import type { Pacer } from '../../bench/load/metronome.ts';

/** Time that passes only when the open loop sleeps: seconds of a run in milliseconds, exactly. */
export function createVirtualTime() {
  let nowMs = 0;
  const events: { readonly atMs: number; readonly happen: () => void }[] = [];

  const pacer: Pacer = {
    now: () => nowMs,
    async sleepUntil(ms) {
      for (;;) {
        events.sort((a, b) => a.atMs - b.atMs);
        const next = events[0];
        if (!next || next.atMs > ms) break;
        events.shift();
        nowMs = Math.max(nowMs, next.atMs);
        next.happen();
        await turn();
      }
      nowMs = Math.max(nowMs, ms);
    },
    async close() {},
  };
  return {
    pacer,
    /** Resolves at a time. */
    at: (atMs: number) =>
      new Promise<void>((happen) => {
        events.push({ atMs, happen });
      }),
  };
}

/**
 * A server in virtual time that takes `serviceMs` for a call and does nothing at all from
 * `stall.fromMs` for `stall.forMs`.
 */
export function createStallingServer(
  time: ReturnType<typeof createVirtualTime>,
  serviceMs: number,
  stall?: { readonly fromMs: number; readonly forMs: number },
) {
  const stallEndMs = stall ? stall.fromMs + stall.forMs : 0;
  return (): Promise<void> => {
    const arrivedMs = time.pacer.now();
    const isStalled = stall !== undefined && arrivedMs >= stall.fromMs && arrivedMs < stallEndMs;
    return time.at((isStalled ? stallEndMs : arrivedMs) + serviceMs);
  };
}
