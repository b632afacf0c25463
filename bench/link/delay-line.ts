/** Time as a line sees it, milliseconds; tests bring a virtual one. */
export interface Timer {
  now(): number;
  /** Runs at this time or as soon after it as the machine can, at once if it has passed. */
  at(ms: number, run: () => void): void;
}

/** What travels: data, the end of the stream, or that the connection is broken. */
export type Passage = Uint8Array | 'end' | 'reset';

/**
 * Puts bytes on the wire one after the other, the lines of all the connections that share it
 * included: a chunk waits for those before it, and then takes its length to be sent.
 * @returns when the last byte is on its way
 */
export type Transmitter = (nowMs: number, bytes: number) => number;

export function createTransmitter(bytesPerSecond = Number.POSITIVE_INFINITY): Transmitter {
  let freeMs = 0;
  return (nowMs, bytes) => {
    freeMs = Math.max(freeMs, nowMs) + (bytes / bytesPerSecond) * 1000;
    return freeMs;
  };
}

/**
 * As much as a Linux receiver lets be under way to it, with its default settings (the maximum of
 * `net.ipv4.tcp_rmem`): a real sender has to wait there, too. No less will do, for a line is only
 * filled by its bandwidth times its delay: at 75 ms each way, this much lets 80 MB/s pass.
 */
export const windowBytes = 6 * 1024 * 1024;

interface DelayLineOptions {
  /** One way. */
  readonly delayMs: number;
  readonly transmit: Transmitter;
  readonly timer: Timer;
  /** `taken` is to be called when the far end has room for more. */
  deliver(passage: Passage, taken: () => void): void;
  /** More than `windowBytes` wait, here or at the far end. */
  pause(): void;
  resume(): void;
}

/** One direction of one connection. */
interface DelayLine {
  send(passage: Passage): void;
  /** Sent, but not yet taken by the far end. */
  waitingBytes(): number;
}

/**
 * What is sent comes out in the same order, `delayMs` after its last byte was on its way. A chunk
 * is not taken apart: its first byte comes out with its last one.
 */
export function createDelayLine(options: DelayLineOptions): DelayLine {
  const { delayMs, transmit, timer, deliver, pause, resume } = options;
  const queue: { readonly passage: Passage; readonly bytes: number; readonly dueMs: number }[] = [];
  let waitingBytes = 0;
  let isPaused = false;

  function taken(bytes: number): void {
    waitingBytes -= bytes;
    if (!isPaused || waitingBytes > windowBytes) return;
    isPaused = false;
    resume();
  }

  function deliverDue(): void {
    for (let next = queue[0]; next && next.dueMs <= timer.now(); next = queue[0]) {
      queue.shift();
      const { passage, bytes } = next;
      deliver(passage, () => taken(bytes));
    }
    const [next] = queue;
    if (next) timer.at(next.dueMs, deliverDue);
  }

  return {
    send(passage) {
      const bytes = typeof passage === 'string' ? 0 : passage.length;
      const dueMs = transmit(timer.now(), bytes) + delayMs;
      waitingBytes += bytes;
      queue.push({ passage, bytes, dueMs });
      if (queue.length === 1) timer.at(dueMs, deliverDue);
      if (isPaused || waitingBytes <= windowBytes) return;
      isPaused = true;
      pause();
    },
    waitingBytes: () => waitingBytes,
  };
}

/**
 * The three-way handshake (RFC 9293 §3.5): SYN, SYN-ACK, ACK. The client may send after one round
 * trip; the server knows that there is a connection after one and a half, with the client's first
 * bytes at the earliest, and only then can it say something of its own accord.
 */
export const handshake = (startMs: number, rttMs: number) => ({
  synArrivesMs: startMs + rttMs / 2,
  clientSendsMs: startMs + rttMs,
  serverSendsMs: startMs + rttMs * 1.5,
});
