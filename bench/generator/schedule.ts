import type { Random } from '../statistics/random.ts';

/** When calls are meant to start: milliseconds after the start of the run, ascending. */
export type Schedule = readonly number[];

/** Arrivals at equal distances. */
export const uniformSchedule = (perSecond: number, durationMs: number): Schedule =>
  Array.from(
    { length: Math.floor((perSecond * durationMs) / 1000) },
    (_, index) => (index * 1000) / perSecond,
  );

/** Independent arrivals (a Poisson process); the same seed gives the same arrivals. */
export function poissonSchedule(perSecond: number, durationMs: number, random: Random): Schedule {
  const arrivals: number[] = [];
  for (let atMs = 0; ; ) {
    atMs += (-Math.log(1 - random()) * 1000) / perSecond;
    if (atMs >= durationMs) return arrivals;
    arrivals.push(atMs);
  }
}
