/** Waits for the other side to be heard of. */
export interface Silence {
  /** It was heard: the wait begins anew. */
  heard(): void;
  /** Nobody listens for now, so that nothing can be heard. */
  suspend(): void;
  /** Somebody listens again. */
  resume(): void;
}

const longestMs = 2 ** 31 - 1;

/**
 * Calls `onSilent` when nothing came from the other side for `ms`. TCP reports a peer that ended,
 * but not one whose machine or network is gone: a client that only reads would wait forever.
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
        // What came while this process did not run is read first.
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
