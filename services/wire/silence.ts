/** Waits for signs of life from the other side. */
export interface Silence {
  /** Something arrived: the wait begins anew. */
  heard(): void;
  /** Nobody is reading, so nothing can arrive. */
  suspend(): void;
  /** Reading resumes. */
  resume(): void;
}

const longestMs = 2 ** 31 - 1;

/**
 * Calls `onSilent` if nothing arrived from the other side for `ms`. TCP reports a peer that ended,
 * but not one whose machine or network is gone, so a client that only reads would wait forever.
 */
export function awaitSilence(ms: number, onSilent: () => void): Silence {
  let suspended = false;
  let timer: NodeJS.Timeout | undefined;
  const stop = () => {
    clearTimeout(timer);
    timer = undefined;
  };
  const begin = () => {
    stop();
    const begun = setTimeout(
      () => {
        // Reads first what arrived while this process did not run.
        setImmediate(() => {
          if (timer === begun) onSilent();
        });
      },
      Math.min(ms, longestMs),
    ).unref();
    timer = begun;
  };
  begin();
  return {
    heard() {
      if (!suspended) begin();
    },
    suspend() {
      suspended = true;
      stop();
    },
    resume() {
      suspended = false;
      begin();
    },
  };
}
