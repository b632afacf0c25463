/** The rates between which a search begins, as shares of the rate of a closed loop. */
const searchFrom = 0.5;
const searchTo = 1.1;

/** Searches for the highest rate that meets an objective, by halving the range that it is in. */
interface RateSearch {
  /** The rate to try next, calls a second. */
  next(): number;
  /** @param met whether the rate that was tried met the objective */
  add(met: boolean): void;
  /** The highest rate that met it; null if none did. */
  best(): number | null;
}

/**
 * A rate counts as too high only if it misses the objective twice. Otherwise a disturbance of the
 * machine would end the search far below what the server can do.
 * @param closedPerSecond calls a second that a closed loop showed
 */
export function createRateSearch(closedPerSecond: number): RateSearch {
  let low = 0;
  let high = closedPerSecond * searchTo;
  // The search goes below this rate if the server misses the objective here.
  let trying = closedPerSecond * searchFrom;
  let best: number | null = null;
  let hasMissed = false;
  return {
    next: () => trying,
    best: () => best,
    add(met) {
      if (!met && !hasMissed) {
        hasMissed = true;
        return;
      }
      hasMissed = false;
      if (met) {
        best = trying;
        low = trying;
      } else {
        high = trying;
      }
      trying = (low + high) / 2;
    },
  };
}
