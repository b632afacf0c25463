import type { WebSocket } from 'ws';

/**
 * Bounds of frames that take no rate-limit tokens: pings, pongs, and whatever arrives after the
 * server began to close. Each costs little, but a peer may send millions of them a second. Tests
 * use smaller numbers.
 */
export const defaultFreeFrames = {
  /** Far above a client that answers every ping and pings as often itself. */
  freeFrames: 1000,
  freeFramesMs: 1000,
} as const;

export type FreeFrames = { readonly [Name in keyof typeof defaultFreeFrames]: number };

/** Whether a connection is read. Unread data waits at the peer, by TCP's flow control. */
export interface Reading {
  /** Stops reading until every holder has released it. */
  hold(): void;
  letGo(): void;
  /** Counts a frame that takes no tokens: after `freeFrames` of them reading pauses for a while. */
  free(): void;
}

/** Makes a reader that is no faster than its free frames allow; counts control frames itself. */
export function createReading(
  ws: WebSocket,
  { freeFrames, freeFramesMs }: FreeFrames = defaultFreeFrames,
): Reading {
  let holding = 0;
  let seen = 0;
  let sinceMs = performance.now();
  let resting = false;

  const hold = () => {
    holding += 1;
    if (holding === 1) ws.pause();
  };
  const letGo = () => {
    holding -= 1;
    if (holding === 0) ws.resume();
  };
  const rested = () => {
    resting = false;
    seen = 0;
    letGo();
  };
  const free = () => {
    const nowMs = performance.now();
    if (nowMs - sinceMs >= freeFramesMs) {
      sinceMs = nowMs;
      seen = 0;
    }
    seen += 1;
    // Bytes that were already read are processed all the same.
    if (seen <= freeFrames || resting) return;
    resting = true;
    hold();
    setTimeout(rested, freeFramesMs).unref();
  };

  ws.on('ping', free);
  ws.on('pong', free);
  return { hold, letGo, free };
}
