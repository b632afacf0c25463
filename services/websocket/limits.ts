import { defaultFreeFrames } from '../wire/reading.ts';

/** Bounds of one connection: what it may cost the others. Tests bring smaller ones. */
export const defaultLimits = {
  /** A peer that says nothing for so long holds a socket and no right to it. */
  helloMs: 5000,
  /** The largest operation input, metadata in full, is below 30 KiB; larger is a mistake. */
  messageBytes: 64 * 1024,
  ...defaultFreeFrames,
  /** Frames that may follow `hello` before `welcome`: enough to save the round trip of waiting. */
  earlyFrames: 16,
  /** Calls that run at once. What one client pipelines is far below; the answers are in memory. */
  calls: 1024,
  /** Each may keep a thousand events for a reader that is behind. */
  subscriptions: 32,
  /**
   * Above it nothing is taken on: events wait, and no further command is read from the socket
   * (RFC 6455 has no flow control of its own, so TCP's has to reach the sender).
   */
  pausedAboveBytes: 256 * 1024,
  /** A peer that has not taken what was buffered after so long is closed with 1013. */
  stalledMs: 10_000,
  /**
   * Answers of calls that run already cannot wait: past this many bytes the peer is closed with
   * 1013 at once. 64 pages of 100 payments, asked for together, are 4 MiB.
   */
  bufferedBytes: 8 * 1024 * 1024,
  /** Below the idle timeouts of common proxies (60 s for nginx and AWS load balancers). */
  pingMs: 20_000,
  /** Pings without an answer, in a row, that a living peer may have. */
  missedPings: 2,
  /** How long calls that run may go on after the key was revoked or the server wants to stop. */
  drainMs: 10_000,
  /** How long the peer may take to read up to the close and answer it, to learn why. */
  closeMs: 30_000,
  /**
   * When the server stops, how long a peer that was sent everything may take to answer the close:
   * one that is gone without a word would keep the process for as long as one that is slow.
   */
  partingMs: 1000,
  /** When the server stops, what is not closed after so long is cut off. */
  stopMs: 11_000,
} as const;

export type Limits = { readonly [Name in keyof typeof defaultLimits]: number };
