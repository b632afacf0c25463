import type { Pending } from '../pending.ts';
import type { WriteBatch } from '../write-batch.ts';
import {
  defaults,
  encodeWindowUpdate,
  flag,
  frameHeaderBytes,
  frameType,
  writeFrameHeader,
} from './frames.ts';

/** A request and its answer on a connection of HTTP/2. */
export interface Stream {
  readonly id: number;
  readonly call: Pending;
  status: number;
  /** What has come of the body, `length` bytes of `body`. */
  body: Buffer;
  length: number;
  /** Bytes since the server's window was last opened. */
  unacknowledged: number;
  /** What may be sent; with `unsent` for bodies that do not leave at once. */
  window: number;
  unsent: Buffer;
}

/** What the server may send unasked, on a connection and on a stream: it never has to wait. */
export const windowBytes = 16 * 2 ** 20;

/** Bodies that are too long to leave with their headers, within the windows of the server. */
export function createSender(batch: WriteBatch) {
  const streams = new Set<Stream>();
  let window: number = defaults.windowBytes;
  const sendSome = (stream: Stream) => {
    const most = Math.min(window, stream.window, defaults.maxFrameBytes);
    if (most <= 0) return false;
    const part = stream.unsent.subarray(0, most);
    stream.unsent = stream.unsent.subarray(part.length);
    const isLast = stream.unsent.length === 0;
    const { bytes, at } = batch.reserve(frameHeaderBytes);
    const flags = isLast ? flag.endStream : 0;
    writeFrameHeader(bytes, at, part.length, frameType.data, flags, stream.id);
    batch.add(part);
    window -= part.length;
    stream.window -= part.length;
    if (isLast) streams.delete(stream);
    return !isLast;
  };
  const sendAll = () => {
    for (const stream of streams) while (sendSome(stream));
  };
  return {
    /** @returns whether a body of this length may leave at once, which then counts as sent */
    takes(length: number, streamWindow: number): boolean {
      if (length > Math.min(defaults.maxFrameBytes, window, streamWindow)) return false;
      window -= length;
      return true;
    },
    add(stream: Stream) {
      streams.add(stream);
      sendAll();
    },
    widen(increment: number) {
      window += increment;
      sendAll();
    },
    sendAll,
    delete: (stream: Stream) => streams.delete(stream),
  };
}

/** Takes in DATA: collects bodies, and opens the windows of the server again. */
export function createReceiver(batch: WriteBatch) {
  let unacknowledged = 0;
  return {
    /** @param length of the whole frame, which is what counts against the window (§6.9.1) */
    count(length: number, stream: Stream | undefined): void {
      unacknowledged += length;
      if (unacknowledged > windowBytes / 2) {
        batch.add(encodeWindowUpdate(0, unacknowledged));
        unacknowledged = 0;
      }
      if (!stream) return;
      stream.unacknowledged += length;
      if (stream.unacknowledged > windowBytes / 2) {
        batch.add(encodeWindowUpdate(stream.id, stream.unacknowledged));
        stream.unacknowledged = 0;
      }
    },
    collect(stream: Stream, bytes: Buffer, start: number, end: number): void {
      const length = stream.length + end - start;
      if (length > stream.body.length) {
        const bigger = Buffer.allocUnsafe(Math.max(length, 2 * stream.body.length));
        stream.body.copy(bigger, 0, 0, stream.length);
        stream.body = bigger;
      }
      bytes.copy(stream.body, stream.length, start, end);
      stream.length = length;
    },
  };
}
