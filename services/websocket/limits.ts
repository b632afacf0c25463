import { defaultFreeFrames } from '../wire/reading.ts';

/** Bounds of one connection, so that it cannot harm the others. Tests use smaller ones. */
export const defaultLimits = {
  /** How long a peer may stay connected without a hello. */
  helloMs: 5000,
  /** Maximum frame size. The largest operation input, with full metadata, is below 30 KiB. */
  messageBytes: 64 * 1024,
  ...defaultFreeFrames,
  /** Maximum frames after `hello` before `welcome`, so that clients need not wait a round trip. */
  earlyFrames: 16,
  /**
   * Maximum calls that run at once, far above what one client pipelines; their responses are in
   * memory.
   */
  calls: 1024,
  /** Each subscription may keep a thousand events for a reader that is behind. */
  subscriptions: 32,
  /**
   * Above it no work is accepted: events wait, and no further command is read from the socket (RFC
   * 6455 has no flow control of its own, so TCP's must reach the sender).
   */
  pausedAboveBytes: 256 * 1024,
  /** How long a peer may leave the buffer unread before it is closed with 1013. */
  stalledMs: 10_000,
  /**
   * Responses of running calls cannot wait: above this many bytes the peer is closed with 1013 at
   * once. 64 pages of 100 payments, requested together, are 4 MiB.
   */
  bufferedBytes: 8 * 1024 * 1024,
  /** Below the idle timeouts of common proxies (60 s for nginx and AWS load balancers). */
  pingMs: 20_000,
  /** Maximum missing pongs in a row. */
  missedPings: 2,
  /** How long running calls may continue after the key was revoked or the server shuts down. */
  drainMs: 10_000,
  /**
   * How long the peer may take to read up to the close frame, which has the reason, and respond.
   */
  closeMs: 30_000,
  /**
   * When the server shuts down, how long a peer that was sent everything may take to acknowledge
   * the close: a peer that vanished would delay the process as long as a slow one.
   */
  partingMs: 1000,
  /** When the server shuts down, how long until remaining connections are cut off. */
  stopMs: 11_000,
} as const;

export type Limits = { readonly [Name in keyof typeof defaultLimits]: number };
