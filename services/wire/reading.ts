import type { WebSocket } from 'ws';

/**
 * Frames that take no rate-limit tokens cost little each, but a peer sends millions of them a
 * second: pings, pongs, and whatever comes after the server began to close. Tests bring smaller
 * numbers.
 */
export const defaultFreeFrames = {
  /** What a client sends that answers every ping and pings as often itself is far below. */
  freeFrames: 1000,
  freeFramesMs: 1000,
} as const;

export type FreeFrames = { readonly [Name in keyof typeof defaultFreeFrames]: number };

/** Whether a connection is read. What is not read waits at the peer, by TCP's flow control. */
export interface Reading {
  /** Stops until everybody who holds has let go. */
  hold(): void;
  letGo(): void;
  /** Counts a frame that takes no tokens: past `freeFrames` of them nothing is read for a while. */
  free(): void;
}

/** Reads a connection no faster than its free frames are worth; control frames are counted here. */
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
    // What is left of the bytes that were read already is taken all the same.
    if (seen <= freeFrames || resting) return;
    resting = true;
    hold();
    setTimeout(rested, freeFramesMs).unref();
  };

  ws.on('ping', free);
  ws.on('pong', free);
  return { hold, letGo, free };
}
